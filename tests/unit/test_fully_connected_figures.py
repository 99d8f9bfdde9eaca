"""The figures of the lesson Fully connected layers: what they say in words is what they were given."""

import numpy as np
import pytest

from cnnlab import plots

NAMES = ("bird", "cat", "dog")


@pytest.mark.parametrize(("bias", "says"), [(2.0, "to 1; after ReLU the node gives 1"), (0.5, "−0.5; after")])
def test_running_sum_adds_products_and_bias(bias, says):
    figure = plots.running_sum(np.array([2.0, 0.0, -3.0]), bias)
    assert says in figure.alt
    (line,) = (line for line in figure.axes[0].lines if len(line.get_xdata()) == 4)
    assert line.get_ydata().tolist() == [bias, bias + 2, bias + 2, bias - 1]


def test_running_sum_of_a_long_vector_keeps_its_ends():
    products = np.random.default_rng(0).normal(size=12_544)
    line = plots.running_sum(products, 0.1).axes[0].lines[1]
    assert len(line.get_xdata()) == 200
    assert line.get_xdata()[-1] == 12_544
    assert line.get_ydata()[-1] == pytest.approx(0.1 + products.sum())


def test_conventions_give_the_same_numbers_in_pictures_of_one_size():
    x, weight, bias = np.array([2.0, 0, 3]), np.array([[1.0, 4, -1], [-2, 1, 1]]), np.array([2.0, -1])
    shapes = {
        "row": "x (1×3) W (3×2) b (1×2) z (1×2)",
        "column": "W (2×3) x (3×1) b (2×1) z (2×1)",
        "PyTorch": "x (1×3) weight (2×3) b (1×2) z (1×2)",
    }
    figures = {name: plots.conventions(x, weight, bias, name) for name in shapes}
    for name, words in shapes.items():
        assert figures[name].alt == f"{name}: {words}; the result is 1, −2."
    assert len({tuple(figure.get_size_inches()) for figure in figures.values()}) == 1


def test_scores_are_shares_of_large_logits_too():
    assert "cat: logit −1.0, softmax 4.7 %" in plots.scores([2.0, -1.0, -np.inf], NAMES).alt
    assert "bird: logit 1000.0, softmax 50.0 %" in plots.scores([1000.0, 1000.0, 0.0], NAMES).alt


def test_confusion_writes_every_count():
    counts = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 10]])
    figure = plots.confusion(counts, NAMES)
    assert "cat: 1 bird, 9 cat, 0 dog" in figure.alt
    assert [text.get_text() for text in figure.axes[0].texts] == [str(count) for count in counts.flat]


def test_reliability_weighs_bins_by_their_answers():
    said, right = np.array([0.0, 0.5, 0.9, 1.0]), np.array([0.0, 0.6, 0.7, 0.0])
    words = plots.reliability(np.array([0, 30, 10, 0]), said, right).alt
    # (30 · 0.1 + 10 · 0.2) / 40; right 25 of 40, and on average 60 % sure
    assert "expected calibration error 12.5 points" in words
    assert "right 62 %, says 60 %" in words


def test_layer_costs_adds_up_and_keeps_its_scale():
    figure = plots.head_costs({"conv1": (10, 900), "fc1": (1000, 100)}, (2000, 1000), "not trained here")
    assert figure.alt == "1,010 parameters and 1,000 MACs; not trained here."
    assert [ax.get_xlim()[1] for ax in figure.axes] == [2000, 1000]
