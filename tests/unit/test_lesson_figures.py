"""The figures of single lessons: what they say in words is what they were given."""

import numpy as np
import pytest
import torch

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


@pytest.mark.parametrize("number", range(12))
def test_cell_to_place_agrees_with_pytorch(number):
    maps = torch.arange(12).reshape(1, 3, 2, 2)  # each value is its cell's number
    first, last = (x.flatten().tolist().index(number) for x in (maps, maps.permute(0, 2, 3, 1)))
    assert f"place {first} with the channel first, and to place {last} with" in (
        plots.cell_to_place(number).alt
    )


def test_cell_to_place_names_every_cell_in_each_of_three_drawings_and_frames_one():
    words = [text.get_text() for text in plots.cell_to_place(5).axes[0].texts]
    assert [words.count(name) for name in ("000", "101", "211")] == [3, 3, 3]
    assert plots.cell_to_place(5).svg().count("--cnn-vermilion") == 3
    assert "channel first:  1 · 4 + 0 · 2 + 1 = 5" in words
    assert "channel last:  (0 · 2 + 1) · 3 + 1 = 4" in words


@pytest.mark.parametrize(
    ("place", "order", "cell", "stretch"),
    [
        (294, "channel first", "channel 6, row 0, column 0", "49 places long, comes from 1 map."),
        (312, "channel first", "channel 6, row 2, column 4", "49 places long, comes from 2 maps."),
        (4614, "channel last", "channel 6, row 2, column 4", "49 places long, comes from 49 maps."),
        (12_543, "channel last", "channel 255, row 6, column 6", "1 place long, comes from 1 map."),
    ],
)
def test_place_to_cells_finds_the_cell_and_its_followers(place, order, cell, stretch):
    maps = np.zeros((256, 7, 7), dtype=np.float32)
    words = plots.place_to_cells(maps, place, order).alt
    assert f"place {place:,} holds {cell}. The stretch from there on, {stretch}" in words


def test_place_to_cells_draws_every_map_where_its_marks_are():
    maps = np.zeros((256, 7, 7), dtype=np.float32)
    maps[17, 2, 4] = 1  # the second map of the second line
    figure = plots.place_to_cells(maps, 17 * 49 + 2 * 7 + 4, "channel first")
    mosaic = figure.axes[0].images[0].get_array()
    assert np.argwhere(mosaic).tolist() == [[7 + 2, 7 + 4]]
    x, y = figure.axes[0].patches[-1].get_path().vertices[0]
    assert (y, x) == (7 + 2 - 0.5, 7 + 4 - 0.5)


def test_paired_draws_a_line_for_each_run_and_refuses_a_wrong_length():
    runs = {"a": [[0.9, 0.2], [0.8, 0.1]], "b": [[0.5, 0.5]]}
    (ax,) = plots.paired(runs, ["before", "after"], ylabel="right", alt="Lines.").axes
    assert [line.get_ydata().tolist() for line in ax.lines] == [*runs["a"], *runs["b"]]
    with pytest.raises(ValueError, match="a: expected 3, one for each, got 2"):
        plots.paired(runs, ["before", "after", "later"], ylabel="right", alt="Lines.")


JOURNEY = {
    "loss": ("p − label", {"it saw": [[0.25], [0.75]], "passed on": [[-0.75], [0.75]]}),
    "linear": ("W", {"it saw": [[2.0]], "arrives": [[1.0]], "for W": [[2.0]], "passed on": [[-1.5]]}),
    "conv": ("windows", {"it saw": np.eye(5), "arrives": np.eye(4), "kernel's": np.eye(2)}),
}


def test_way_back_says_every_number():
    said = plots.way_back(JOURNEY, 1).alt
    assert said == "Step 2, linear: W. it saw: 2; arrives: 1; for W: 2; passed on: −1.5."


def test_way_back_marks_how_far_the_gradient_has_come():
    colours = {text.get_text(): text.get_color() for text in plots.way_back(JOURNEY, 1).axes[0].texts}
    assert [colours[layer] for layer in ("loss", "linear", "conv")] == [
        plots.BLUE,
        plots.VERMILION,
        plots.GREY,
    ]


@pytest.mark.parametrize("number", range(3))
def test_way_back_keeps_to_its_frame(number):
    figure = plots.way_back(JOURNEY, number)
    figure.svg()
    (ax,) = figure.axes
    right, bottom = ax.get_xlim()[1], ax.get_ylim()[0]
    boxes = [ax.transData.inverted().transform_bbox(text.get_window_extent()) for text in ax.texts]
    assert all(box.x0 >= 0 and box.x1 <= right and max(box.y0, box.y1) <= bottom for box in boxes)


def test_nudges_names_the_errors_at_its_step():
    figure = plots.nudges([1e-6, 1e-3], {"float32": [5.0, 0.02], "float64": [1e-8, 3e-7]}, chosen=1e-3)
    assert figure.alt == "With a nudge of 10⁻³ the error is: float32 2 %, float64 about 10⁻⁷."
    assert "float32 500 %" in plots.nudges([1e-6], {"float32": [5.0], "float64": [1.0]}, chosen=1e-6).alt


@pytest.mark.parametrize(
    ("rate", "says"), [(0.1, "0.900 after the step, lower"), (9, "1,234 after the step, higher")]
)
def test_along_gradient_says_whether_the_loss_fell(rate, says):
    figure = plots.along_gradient([0.1, 1, 9], [0.9, 1.1, 1234], start=1.0, slope=1.0, chosen=rate)
    assert f"1.000 before, {says}" in figure.alt
    low, high = figure.axes[0].get_ylim()
    assert low < 0.9
    assert high < 2  # a loss far above the start does not flatten the curve


def test_agreement_names_the_largest_difference():
    losses = np.linspace(1, 0.1, 60)
    figure = plots.agreement(losses, losses, {"float32": losses / 100, "float64": 0 * losses}, every=30)
    assert "about 10⁻² in float32, 0 in float64" in figure.alt
    figure.svg()


def test_weights_moving_gives_lengths_in_percent_of_the_start():
    still, grown = np.ones((2, 4, 7, 7)), np.stack([np.ones((3, 3, 3)), 1.5 * np.ones((3, 3, 3))])
    assert "After 1 epoch." in plots.weights_moving({"a": still, "b": grown}, 1).alt
    assert plots.weights_moving({"a": still, "b": grown}, 1).alt.endswith("start: a 0 %, b 50 %.")


def test_weights_moving_shows_maps_of_one_size_on_one_scale():
    faint = np.full((1, 1, 7, 7), 0.1)
    figure = plots.weights_moving({"faint": faint, "strong": 10 * faint}, 0)
    faint_now, strong_now = (figure.axes[place].images[0].get_array() for place in (0, 1))
    assert np.allclose(strong_now, 1)
    assert np.allclose(faint_now, 0.1, atol=1 / 32)  # in sixteenths


def test_dots_show_every_seed_and_name_each_kind_once():
    rows = {"12 values": {"untrained": [0.5, 0.6], "trained": [0.9]}, "3 values": {"trained": [0.8]}}
    figure = plots.dots({"Which animal?": rows, "Which half?": rows}, xlabel="accuracy", alt="Eight dots.")
    (ax,) = figure.axes
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == 8
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["untrained", "trained"]
    assert not legend.get_frame_on()  # a white sheet on a dark page
    assert [label.get_text() for label in ax.get_yticklabels()] == ["12 values", "3 values"] * 2


def test_through_rank_says_its_numbers():
    bird = data.animals().test_images[9, 0]
    figure = plots.through_rank(
        [bird] * 3, list("abc"), 2, accuracy=0.925, parameters=28_160, full=12_846_080
    )
    assert "Rank 2: accuracy 92.5 %, 28,160 parameters, 0.2 % of 12,846,080" in figure.alt
    assert "parameters: 28,160 (0.2 %)" in figure.svg()
    assert "#fff" not in figure.svg()  # a white sheet on a dark page


def test_two_directions_draw_each_image_once():
    points = np.random.default_rng(0).normal(size=(30, 2))
    panels = {"untrained": points, "trained": 2 * points}
    figure = plots.two_directions(panels, np.arange(30) % 3, ["bird", "cat", "dog"], alt="Three classes.")
    assert [sum(len(dots.get_offsets()) for dots in ax.collections) for ax in figure.axes] == [30, 30]


def test_strips_name_each_image():
    birds = data.animals().test_images[:4, 0]
    rows = {"most": birds[:2], "least": birds[2:]}
    figure = plots.strips(rows, names={"most": ["a", "b"], "least": ["c", "d"]}, alt="Two rows.")
    assert [[text.get_text() for text in ax.texts] for ax in figure.axes] == [["a", "b"], ["c", "d"]]
    assert figure.axes[0].images[0].get_array().shape == (28, 57)
