"""The figures of the last two pages say what the numbers say."""

import pytest
import torch

from cnnlab import capstone, count, nets, plots


def drawn(kernels):
    with torch.device("meta"):
        table = count.layer_table(nets.small_cnn(kernels, fc=56, classes=9), (1, 28, 28))
    return plots.budget(table, numbers=50_000, macs=2_000_000)


def test_a_bar_is_as_long_as_its_share_of_the_limit():
    figure = drawn((8, 16))
    assert figure.alt == "45,721 parameters, 91% of 50,000; 326,648 MACs, 16% of 2,000,000."
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert sum(widths[:2]) == pytest.approx(100 * 45_721 / 50_000)
    assert sum(widths[2:]) == pytest.approx(100 * 326_648 / 2_000_000)


def test_what_is_too_much_is_cut_at_the_edge_and_said():
    figure = drawn((24, 96))
    assert sum(bar.get_width() for bar in figure.axes[0].patches[:2]) == 200
    assert "too many" in figure.svg()
    assert (figure.get_size_inches() == drawn((8, 16)).get_size_inches()).all()


@pytest.mark.parametrize("cost", ["numbers", "macs"])
def test_every_training_has_a_mark(cost):
    rows = capstone.measured().query("design != 'nearest neighbour'")
    figure = plots.scores_by_cost(rows, cost, limit=50_000, levels={"guessing": 1 / 9})
    marked = [line for line in figure.axes[0].lines if line.get_marker() not in {"None", ""}]
    marks = sum(len(line.get_xdata()) for line in marked)
    assert marks == len(rows)
    assert "separable, changed and noisy: " in figure.alt


def test_each_kind_of_image_has_its_line():
    figure = plots.by_kind({"a": {"moved": 0.5, "noisy": 0.25}, "b": {"moved": 0.75, "noisy": 1.0}})
    assert figure.alt == "Accuracy. a: moved 50%, noisy 25%; b: moved 75%, noisy 100%."
    assert [list(line.get_xdata()) for line in figure.axes[0].lines] == [[0.5, 0.25], [0.75, 1.0]]


def test_shares_are_of_the_whole():
    figure = plots.shares({"net": {"convolutions": 30, "the rest": 10}})
    assert sum(bar.get_width() for bar in figure.axes[0].patches) == pytest.approx(100)
    assert "net, 40: convolutions 75.0%, the rest 25.0%" in figure.alt
    with pytest.raises(ValueError, match="net has the parts"):
        plots.shares({"net": {"kernels": 1}})
