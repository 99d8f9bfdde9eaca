"""The figures of the lesson How many neurons?: what they show is what they were given."""

import numpy as np
import pandas as pd
import pytest

from cnnlab import plots
from cnnlab.atlas import Interval

COUNTS = [10, 100, 400, 1000]


def measured(test):
    """Two seeds, a tenth of a point apart, that fit from 400 neurons on."""
    return np.stack(
        [np.stack([[0.3, 0.8, 1, 1], np.add(test, more), [5, 50, 5000, 100]], 1) for more in (0, 0.001)]
    )  # (2, 4, 3)


def test_double_descent_says_where_the_test_accuracy_goes():
    figure = plots.double_descent(COUNTS, measured([0.3, 0.5, 0.1, 0.7]), images=400, title="No ridge")
    assert figure.alt == (
        "No ridge. Test accuracy reaches 50% with fewer neurons than the 400 images, "
        "is 10% at 400 and 70% at 1,000."
    )
    test_line = figure.axes[0].lines[1]
    assert test_line.get_ydata() == pytest.approx([0.3005, 0.5005, 0.1005, 0.7005])


def test_double_descent_keeps_its_size_and_axes():
    one, other = (
        plots.double_descent(COUNTS, measured(test), images=400, title="Any")
        for test in ([0.3, 0.5, 0.1, 0.7], [0.9, 0.9, 0.9, 0.9])
    )
    assert one.get_size_inches().tolist() == other.get_size_inches().tolist()
    for ax, same in zip(one.axes, other.axes, strict=True):
        assert (ax.get_xlim(), ax.get_ylim()) == (same.get_xlim(), same.get_ylim())


def test_step_times_shows_medians_and_quartiles_in_milliseconds():
    figure = plots.step_times({1000: [0.001, 0.002, 0.003, 0.004, 0.1], 1024: [0.002] * 5})
    assert "1,000 neurons 3.0 ms, 1,024 neurons 2.0 ms" in figure.alt
    whisker, dot = figure.axes[0].lines[:2]
    assert whisker.get_xdata() == pytest.approx([2, 4])
    assert dot.get_xdata() == pytest.approx([3])


@pytest.mark.parametrize(("neurons", "place"), [(8, 1), (4, 0), (16, 2), (11.313708, 1.5)])
def test_a_network_stands_between_the_widths_of_the_atlas(monkeypatch, neurons, place):
    monkeypatch.setattr("cnnlab.atlas.interval", lambda rows: Interval(0.5, 0.4, 0.6))
    rows = pd.DataFrame({"neurons": [4, 4, 8, 8, 16, 16], "test_accuracy": [0.5] * 6})
    figure = plots.beside_the_atlas({"curve": rows}, neurons, 0.55, title="Yours")
    star = figure.axes[0].lines[-1]
    assert star.get_xdata() == pytest.approx([place])
    assert star.get_ydata() == pytest.approx([0.55])
