"""The atlas's figures, drawn from a table that was really trained."""

import pytest

from cnnlab import atlas, plots


@pytest.fixture
def rows(gathered):
    table = atlas.load(gathered)
    return table.query("role == 'result' and stop == 'equal steps' and subgrid == 'neurons' and tuned")


def test_every_seed_is_a_dot_inside_the_axes(rows):
    fig = plots.accuracies({"all": rows}, x="neurons", xlabel="neurons", alt="Dots.", levels={"chance": 0.1})
    (ax,) = fig.axes
    dots = ax.collections[1].get_offsets()
    assert len(dots) == len(rows) == 6
    assert sorted(dots[:, 1]) == sorted(rows["test_accuracy"])
    low, high = ax.get_ylim()
    assert low < min(0.1, dots[:, 1].min()) < dots[:, 1].max() < high
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "16"]
    assert {"all", "chance"} == {text.get_text() for text in ax.texts}


def test_means_are_the_intervals(rows):
    (ax,) = plots.accuracies({"all": rows}, x="neurons", xlabel="neurons", alt="Dots.").axes
    means = [atlas.interval(rows[rows["neurons"] == neurons]).mean for neurons in (1, 16)]
    assert list(ax.lines[0].get_ydata()) == pytest.approx(means)


def test_kernels_stand_in_the_order_of_their_size(rows):
    kernels = rows.assign(kernels=rows["neurons"].map({1: "16-32", 16: "4-8"}))
    (ax,) = plots.accuracies({"all": kernels}, x="kernels", xlabel="kernels", alt="Dots.").axes
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["4-8", "16-32"]


def test_two_stops_in_one_curve_are_refused(gathered):
    table = atlas.load(gathered).query("role == 'result' and subgrid == 'neurons' and tuned")
    with pytest.raises(ValueError, match="one row for each"):
        plots.accuracies({"all": table}, x="neurons", xlabel="neurons", alt="Dots.")


def test_differences_are_in_points():
    rows = {"wide": atlas.Interval(0.01, -0.01, 0.03)}
    (ax,) = plots.differences(rows, xlabel="points", alt="One whisker.", margin=0.005).axes
    assert [list(line.get_xdata()) for line in ax.lines] == [[0, 0], [-1, 3], [1]]
    margin = ax.patches[0].get_extents().transformed(ax.transData.inverted())  # whatever shape it is
    assert margin.x0 == pytest.approx(-0.5)
