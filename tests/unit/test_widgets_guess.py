"""GuessCurve on Python's side: its settings, its words, and what it shows before and after."""

import json

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.atlas import Interval
from cnnlab.widgets import GuessCurve, fallback_html
from cnnlab.widgets.guess_still import description, drawing, sentence

NAMES = {"xlabel": "neurons", "ylabel": "accuracy"}
MEASURED = [0.2, 0.6, 0.8]


def state(widget):
    return json.loads(json.dumps(widget.get_state()))


@pytest.fixture
def curve():
    return GuessCurve([1, 64, 1024], [Interval(m, m - 0.05, m + 0.05) for m in MEASURED], **NAMES)


def test_it_begins_flat_and_hidden(curve):
    assert (curve.guess, curve.revealed) == ([0.5, 0.5, 0.5], False)
    assert [control["text"] for control in curve.controls] == ["1 neuron", "64 neurons", "1,024 neurons"]
    assert [control["tick"] for control in curve.controls] == ["1", "64", "1,024"]


@pytest.mark.parametrize("values", [MEASURED, np.array(MEASURED), [[m, m, m] for m in MEASURED]])
def test_values_are_numbers_or_means_with_bands(values):
    assert [of[0] for of in state(GuessCurve([1, 2, 3], values, **NAMES))["values"]] == MEASURED


@given(st.lists(st.tuples(*[st.integers(0, 100)] * 2), min_size=2, max_size=16))
def test_distance_is_the_mean_absolute_distance(pairs):
    guess, measured = np.array(pairs).T / 100
    curve = GuessCurve(range(1, len(pairs) + 1), measured, **NAMES)
    curve.guess = guess.tolist()
    assert curve.distance == pytest.approx(np.abs(guess - measured).mean())
    written = sentence(state(curve))
    assert f"your curve is {np.floor(curve.distance * 1000 + 0.5) / 10:.1f} points away" in written


def test_the_sentence_names_the_farthest_point(curve):
    curve.guess = [0.3, 0.4, 0.8]
    assert sentence(state(curve)) == (
        "On average your curve is 10.0 points away from what was measured. "
        "It is farthest away at 64 neurons: you drew 40 %, measured was 60 %."
    )
    curve.guess = [0.2, 0.6, 0.0]
    assert sentence(state(curve)).endswith("at 1,024 neurons: you drew 0 %, measured was 80 %.")


@pytest.mark.parametrize(
    ("ylim", "values", "text"),
    [
        (
            (0, 100),
            [20, 60],
            "On average your curve is 20 away from what was measured.",
        ),
        (
            (-1, 1),
            [0.25, -0.5],
            "On average your curve is 0.38 away from what was measured.",
        ),
    ],
)
def test_other_limits_have_plain_numbers(ylim, values, text):
    curve = GuessCurve([1, 2], values, **NAMES, ylim=ylim)
    assert curve.guess == [sum(ylim) / 2] * 2
    assert sentence(state(curve)).startswith(text)


def test_nothing_of_the_measured_values_shows_before(curve):
    hidden = drawing(state(curve))
    assert "easured" not in hidden
    assert not any(f"{round(100 * value)} % at" in hidden for value in MEASURED)
    curve.values = [[0.9, 0.8, 1.0]] * 3
    assert drawing(state(curve)) == hidden


def test_afterwards_both_curves_are_there(curve):
    curve.revealed = True
    shown = BeautifulSoup(drawing(state(curve)), "lxml")
    assert [text.get_text() for text in shown.select(".cnn-name")] == ["measured", "your guess"]
    assert len(shown.select(".cnn-band")) == 1
    measured = "Measured: 20 % at 1 neuron, 60 % at 64 neurons, 80 % at 1,024 neurons."
    assert description(state(curve)).endswith(measured)
    plain = GuessCurve([1, 2, 3], MEASURED, **NAMES)
    plain.revealed = True
    assert "cnn-band" not in drawing(state(plain))


def test_without_javascript_the_values_are_folded_away(curve):
    page = BeautifulSoup(fallback_html(state(curve)), "lxml")
    details = page.details.extract()
    assert [cell.get_text() for cell in details.select("td")] == ["20 %", "60 %", "80 %"]
    assert "20 % at" not in page.svg["aria-label"]
    assert page.select_one(".cnn-measured") is None


def test_texts_are_texts():
    curve = GuessCurve([1, 2], [0.1, 0.2], xlabel="a < b & c", ylabel='say "yes" <b>')
    page = BeautifulSoup(drawing(state(curve)), "lxml")
    assert page.svg["aria-label"].startswith('Your guess of say "yes" <b>: 50 % at 1 a < b & c')
    assert [text.get_text() for text in page.select(".cnn-axis")] == ["a < b & c", 'say "yes" <b>']


@pytest.mark.parametrize(
    ("x", "values", "options", "message"),
    [
        ([1], [0.5], {}, "from 2 to 16 points can be drawn, got 1"),
        (range(17), np.zeros(17), {}, "from 2 to 16 points can be drawn, got 17"),
        ([1, 2], [0.5], {}, r"values needs \(2,\), one for each x, or \(2, 3\) .* got \(1,\)"),
        ([1, 2], [0.5, 1.5], {}, r"values from 0.5 to 1.5 leave ylim=\(0, 1\)"),
        ([1, 2], [0.5, float("nan")], {}, "leave ylim"),
        ([1, 2], [0.5, 0.5], {"ylim": (1, 0)}, "ylim needs a lower and an upper end"),
        ([2, 2], [0.5, 0.5], {}, "each once"),
    ],
)
def test_a_wrong_start_is_refused(x, values, options, message):
    with pytest.raises(ValueError, match=message):
        GuessCurve(x, values, **NAMES, **options)


@pytest.mark.parametrize("guess", [[0.5, 0.5], [0.5, 0.5, 1.2], ["a", 0.5, 0.5]])
def test_a_wrong_guess_is_refused(curve, guess):
    with pytest.raises(traitlets.TraitError, match="guess"):
        curve.guess = guess
    assert curve.guess == [0.5, 0.5, 0.5]
