"""The figures of single lessons: what they say in words is what they were given."""

import numpy as np
import pytest

from cnnlab import data, plots

BIRD = data.animals().test_images[9, 0]
PATCH = BIRD[10:15, 7:12].round(1)
KERNEL = np.array([[-1, 0, 1]] * 3, dtype=np.float32)


def test_correlation_step_names_its_window_and_value():
    figure = plots.correlation_step(PATCH, KERNEL, position=5)
    assert "rows 2 to 4 and columns 3 to 5" in figure.alt
    assert f"row 2, column 3 is {(PATCH[1:4, 2:5] * KERNEL).sum():.2g}" in figure.alt


def test_output_appears_one_pixel_a_step():
    words = [plots.correlation_step(PATCH, KERNEL, position).svg().count("<text") for position in range(9)]
    assert np.diff(words).tolist() == [1] * 8


def test_equivariance_measures_the_difference():
    roomy = np.pad(BIRD, 10)
    assert "differ by at most 0." in plots.equivariance(roomy, lambda image: image[1:] - image[:-1], 4).alt
    assert "differ by at most 1." in plots.equivariance(roomy, lambda _: np.eye(48), 4).alt


@pytest.mark.parametrize(("kind", "value"), [("max", "0.3"), ("average", "0.08"), ("first pixel only", "0")])
def test_pooling_step_names_its_value(kind, value):
    assert f"output pixel {value}" in plots.pooling_step(PATCH[:4, :4], 0, kind).alt


@pytest.mark.parametrize("kind", ["max", "average", "first pixel only"])
def test_pooled_gives_its_size(kind):
    assert "7 × 7 pixels" in plots.pooled(BIRD, 4, kind).alt


@pytest.mark.parametrize(
    ("period", "kind", "now", "one_pixel_on"),
    [
        (4, "max", "0 1", "1 1"),  # Zhang (2019): the stripes are gone
        (2, "average", "0.5 0.5", "0.5 0.5"),
        (2, "first pixel only", "0 0", "1 1"),
    ],
)
def test_stripes(period, kind, now, one_pixel_on):
    words = plots.stripes(period, kind).alt
    assert f"({kind}): {now}" in words
    assert f"further: {one_pixel_on}" in words


def test_downstream_writes_every_number():
    figure = plots.downstream({"weights": (1000, 250)}, poolings=1)
    assert "With 1 pooling of 2 × 2. weights: 1,000 without, 250 with" in figure.alt
    assert "weights: 250<" in figure.svg()


@pytest.mark.parametrize(
    ("values", "names", "says"),
    [
        (np.ones((8, 14, 14)), (), "8 maps of 14 × 14 = 1,568 values"),
        (np.ones((1, 28, 28)), (), "1 map of 28 × 28 = 784 values"),
        (np.ones(784), (), "784 values in a row"),
        (np.array([0.7, 0.2, 0.1]), ("bird", "cat", "dog"), "bird 70.0 %, cat 20.0 %, dog 10.0 %"),
    ],
)
def test_journey_says_what_is_left(values, names, says):
    assert says in plots.journey(values, "A step", names=names).alt


def test_curves_keep_labels_apart_and_refuse_a_wrong_length():
    figure = plots.curves([1, 2], {"a": [1, 2], "b": [1, 2]}, xlabel="x", ylabel="y", alt="Two equal lines.")
    figure.svg()
    heights = [label.xy[1] for label in figure.axes[0].texts]
    assert abs(heights[0] - heights[1]) > 0.05
    with pytest.raises(ValueError, match=r"curves: a needs \(2,\) or \(3, 2\) values, got \(3,\)"):
        plots.curves([1, 2], {"a": [1, 2, 3]}, xlabel="x", ylabel="y", alt="Nothing.")


@pytest.mark.parametrize(
    ("stride", "padding", "says"),
    [
        (1, 0, "8 windows."),
        (2, 0, "4 windows; 1 pixel of 10 in none."),
        (3, 1, "4 windows."),
        (4, 0, "2 windows; 4 pixels of 10 in none."),
    ],
)
def test_windows_in_a_row(stride, padding, says):
    assert plots.windows_in_row(10, 3, stride, padding).alt == says


def test_coverage_counts_the_pixels_that_are_never_looked_at():
    assert "0 to 2 times; 1 of 4 never" in plots.coverage(np.array([[0.0, 1.0], [2.0, 2.0]])).alt


def test_receptive_fields_and_ratios_say_their_numbers():
    fields = plots.receptive_fields(BIRD, [3, 4], names=["convolution", "pooling"])
    assert "convolution 3, pooling 4" in fields.alt
    assert plots.ratios({"MACs": 4}, {"stride 2": {"MACs": 1}}).alt == "stride 2: MACs × 0.25."


def test_curves_double_their_width_and_name_levels():
    labels = {"xlabel": "neurons", "ylabel": "accuracy", "alt": "A rising curve."}
    figure = plots.curves([1, 4, 16], {"a": [0.4, 0.6, 0.9]}, log_x=True, levels={"chance": 0.33}, **labels)
    (ax,) = figure.axes
    assert ax.get_xscale() == "log"
    assert list(ax.get_xticks()) == [1, 4, 16]
    assert {text.get_text() for text in ax.texts} == {"a", "chance"}
    with pytest.raises(ValueError, match="log_x needs positive x, got 0"):
        plots.curves([0, 1], {"a": [1, 2]}, log_x=True, **labels)
