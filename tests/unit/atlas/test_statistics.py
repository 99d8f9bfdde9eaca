"""Intervals over seeds and test images: held against formulas, and against many made-up experiments."""

import numpy as np
import pandas as pd
import pytest

from cnnlab.atlas import interval, paired, statistics, verdict

IMAGES = 400


@pytest.fixture
def outcomes(monkeypatch):
    """Which images networks get right, made up: `rows` hands out rows of a table for them."""
    made = {}

    def correct(rows):
        return np.stack([made[index] for index in rows.index])

    def rows(right, seeds=None):
        seeds = range(len(right)) if seeds is None else seeds
        start = len(made)
        made.update({start + number: np.asarray(row, bool) for number, row in enumerate(right)})
        return pd.DataFrame({"seed": list(seeds)}, index=range(start, start + len(right)))

    monkeypatch.setattr(statistics, "correct", correct)
    return rows


def draw(rng, S, accuracy, of_seeds=0.0, of_images=0.0):
    """Networks with a common accuracy; seeds and images make it easier or harder."""
    chance = accuracy + of_seeds * rng.standard_normal((S, 1)) + of_images * rng.standard_normal((1, IMAGES))
    return rng.random((S, IMAGES)) < chance


def test_mean_is_the_mean(outcomes):
    right = draw(np.random.default_rng(0), 6, 0.8)
    found = interval(outcomes(right))
    assert found.mean == pytest.approx(right.mean())
    assert found.low < found.mean < found.high


def test_networks_that_agree_leave_the_images_uncertainty(outcomes):
    """All seeds right on the same 320 of 400 images: the interval is the binomial's."""
    right = np.tile(np.arange(IMAGES) < 320, (5, 1))
    found = interval(outcomes(right))
    half = 1.96 * np.sqrt(0.8 * 0.2 / IMAGES)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)


def test_images_that_agree_leave_the_seeds_uncertainty(outcomes):
    """Half of the seeds right everywhere, half nowhere: the interval of forty coin flips."""
    right = np.repeat([[True], [False]] * 20, IMAGES, axis=1)
    found = interval(outcomes(right))
    half = 1.96 * np.std([0, 1] * 20, ddof=1) / np.sqrt(40)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.15)


def test_intervals_cover_the_truth_about_as_often_as_they_say(outcomes):
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(150):
        found = interval(outcomes(draw(rng, 10, 0.75, of_seeds=0.03, of_images=0.1)), confidence=0.90)
        covered += found.low <= 0.75 <= found.high
    assert 0.83 <= covered / 150 <= 0.97


def test_pairing_cancels_what_both_share(outcomes):
    rng = np.random.default_rng(0)
    shared = draw(rng, 10, 0.75, of_seeds=0.05, of_images=0.2)
    better = shared | (rng.random(shared.shape) < 0.02)
    rows, others = outcomes(shared), outcomes(better)
    found = paired(rows, others)
    assert found.mean == pytest.approx(better.mean() - shared.mean())
    assert 0 < found.low < found.high < 0.02
    alone = interval(rows)
    assert found.high - found.low < 0.3 * (alone.high - alone.low)


def test_pairs_are_found_by_seed(outcomes):
    right = draw(np.random.default_rng(0), 4, 0.7)
    rows, shuffled = outcomes(right, seeds=[0, 1, 2, 3]), outcomes(right[[3, 1, 0]], seeds=[3, 1, 0])
    assert paired(rows, shuffled) == (0, 0, 0)


def test_verdicts(outcomes):
    rng = np.random.default_rng(0)
    base = draw(rng, 20, 0.8, of_seeds=0.02)
    rows = outcomes(base)
    assert verdict(rows, outcomes(base ^ (rng.random(base.shape) < 0.002))) == "equivalent"
    assert verdict(rows, outcomes(base & (rng.random(base.shape) < 0.9))) == "different"
    few = draw(rng, 3, 0.8, of_seeds=0.02)
    assert verdict(outcomes(few), outcomes(draw(rng, 3, 0.8, of_seeds=0.02))) == "cannot resolve"


def test_the_same_seed_gives_the_same_interval(outcomes):
    rows = outcomes(draw(np.random.default_rng(0), 5, 0.8))
    assert interval(rows) == interval(rows) != interval(rows, seed=1)


def test_mixed_rows_are_refused(outcomes):
    right = draw(np.random.default_rng(0), 4, 0.8)
    with pytest.raises(ValueError, match="choose one setting, one learning rate and one stop"):
        interval(outcomes(right, seeds=[0, 0, 1, 1]))
    with pytest.raises(ValueError, match="got the seeds"):
        interval(outcomes(right[:1]))
    with pytest.raises(ValueError, match=r"common are \[3\]"):
        paired(outcomes(right, seeds=[0, 1, 2, 3]), outcomes(right, seeds=[3, 4, 5, 6]))
