"""The figures of the lesson How to compare two networks say what they were given."""

import numpy as np
import pandas as pd
import pytest

from cnnlab import plots

DRAWS = [[0.90, 0.91], [0.92, 0.91], [0.90, 0.90], [0.90, 0.93]]


@pytest.mark.parametrize(("shown", "won"), [(1, (0, 1)), (2, (1, 1)), (3, (1, 1)), (4, (1, 2))])
def test_roulette_counts_the_draws_shown_and_gives_no_tie_to_anybody(shown, won):
    figure = plots.roulette(DRAWS, ("64", "128"), shown)
    assert "64 won {} and 128 won {}.".format(*won) in figure.alt
    first, second = DRAWS[shown - 1]
    assert f"Draw {shown}: 64 {100 * first:.1f} %, 128 {100 * second:.1f} %" in figure.alt


def test_roulette_keeps_every_draw_where_it_fell():
    few, all_of_them = (plots.roulette(DRAWS, ("64", "128"), shown) for shown in (2, 4))
    before, after = ([line.get_xydata().tolist() for line in f.axes[0].lines] for f in (few, all_of_them))
    assert before[:2] == after[:2]
    assert few.axes[0].get_xlim() == all_of_them.axes[0].get_xlim()


def test_draws_pile_up_on_the_side_of_the_winner():
    ax = plots.roulette([[0.9, 0.9006], [0.9, 0.9012], [0.9, 0.8994]], ("a", "b"), 3).axes[0]
    dots = [tuple(line.get_xydata()[0]) for line in ax.lines[:3]]
    assert dots == [(0.125, 1), (0.125, 2), (-0.125, 1)]


def test_pairs_count_who_is_higher():
    figure = plots.pairs([0.8, 0.9, 0.7], [0.9, 0.8, 0.7], ("a", "b"))
    assert "b higher in 1, a in 1" in figure.alt


def test_right_and_wrong_shows_every_network_and_image():
    right = np.random.default_rng(0).random((2, 3, 50)) < 0.5
    figure = plots.right_and_wrong({"a": right[0], "b": right[1]}, alt="Noise.")
    assert [ax.images[0].get_array().shape for ax in figure.axes] == [(3, 50), (3, 50)]


def test_the_moment_decides_the_best_width():
    widths = {2: [[0.5, 0.8], [0.5, 0.9]], 1024: [[0.9, 0.6], [0.8, 0.7]]}
    early, late = (plots.stopped([60, 120], widths, moment) for moment in (60, 120))
    assert early.alt.endswith("Best: 1,024 neurons.")
    assert late.alt == "Stopped after 120 steps: 2 neurons 85.0 %, 1,024 neurons 65.0 %. Best: 2 neurons."


def test_the_rate_decides_the_best_width():
    slow, fast = (
        pd.DataFrame(values, index=[64, 1024])
        for values in ([[0.8, 0.7], [0.9, 0.8]], [[0.8, 0.8], [0.7, 0.6]])
    )
    rates = {0.001: slow, 0.01: fast}
    assert plots.at_rate(rates, 0.001).alt.endswith(
        "64 neurons 75.0 %, 1,024 neurons 85.0 %. Best: 1,024 neurons."
    )
    assert plots.at_rate(rates, 0.01).alt.endswith("Best: 64 neurons.")
    limits = [plots.at_rate(rates, rate).axes[0].get_ylim() for rate in rates]
    assert limits[0] == limits[1]
