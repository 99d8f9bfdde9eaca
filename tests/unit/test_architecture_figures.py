"""Networks drawn to scale, and the other figures of the lesson Architectures."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import nn

from cnnlab import count, nets, plots
from cnnlab.plots.architectures import _blocks

TALL = nn.Sequential(*[nn.Sequential(nn.Conv2d(3, 3, 1), nn.MaxPool2d(1)) for _ in range(20)])
MAKE = {
    "our network": (nets.silhouette_net, (1, 28, 28)),
    "no hidden layer": (lambda: nets.silhouette_net(widths=()), (1, 28, 28)),
    "LeNet-5": (nets.lenet5, (1, 32, 32)),
    "LeNet-5 of 1998": (lambda: nets.lenet5("1998"), (1, 32, 32)),
    "AlexNet": (nets.alexnet, (3, 224, 224)),
    "VGG16": (nets.vgg16, (3, 224, 224)),
    "VGG16 with GAP": (lambda: nets.with_gap(nets.vgg16()), (3, 224, 224)),
    "32-64-128": (lambda: nets.cifar_net((32, 64, 128), 256), (3, 32, 32)),
    "without padding": (lambda: nets.cifar_net(padding="valid"), (3, 32, 32)),
    "no fully connected layer": (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.MaxPool2d(2)), (3, 9, 12)),
    "a wide map": (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU()), (1, 8, 64)),
}


@pytest.fixture(scope="module")
def tables():
    with torch.device("meta"):
        return {name: count.layer_table(make(), shape) for name, (make, shape) in MAKE.items()}


@pytest.fixture(scope="module")
def drawn(tables):
    return {name: plots.architecture(table, name) for name, table in tables.items()}


def polygons(figure):
    return [patch.get_xy()[:-1] for patch in figure.axes[0].patches]


def area(corners):
    """Shoelace formula."""
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def test_areas_are_parameters(drawn):
    squares = polygons(drawn["VGG16"])[-4:]  # convolutions, fc1, fc2, fc3
    parameters = [14_714_688, 102_764_544, 16_781_312, 4_097_000]
    scales = [area(square) / number for square, number in zip(squares, parameters, strict=True)]
    assert scales == pytest.approx([scales[0]] * 4)


def test_rectangles_are_as_wide_as_values_come_in(drawn):
    (left, bottom), _, (right, top), _ = polygons(drawn["AlexNet"])[-3]  # fc1: 9,216 to 4,096
    assert (right - left) / (bottom - top) == pytest.approx(9217 / 4096)  # the bias is a column


@pytest.mark.parametrize(
    ("name", "stage", "shape"), [("VGG16", 1, (64, 224, 224)), ("AlexNet", 3, (192, 27, 27))]
)
def test_a_pixel_and_a_channel_are_equally_long(drawn, name, stage, shape):
    figure = drawn[name]
    front = polygons(figure)[3 * stage]
    length, height = np.ptp(front, axis=0)
    assert length / height == pytest.approx(shape[0] / shape[1])
    image = polygons(figure)[0]
    assert height / np.ptp(image, axis=0)[1] == pytest.approx(shape[1] / 224)


@pytest.mark.parametrize("name", MAKE)
def test_nothing_overlaps_and_nothing_is_cut_off(drawn, name):
    figure = drawn[name]
    texts = [text.get_window_extent() for text in figure.axes[0].texts]
    polygon_boxes = [patch.get_window_extent() for patch in figure.axes[0].patches]
    for box in texts + polygon_boxes:
        assert min(box.x0, box.y0) >= -1
        assert box.x1 <= figure.bbox.x1 + 1
        assert box.y1 <= figure.bbox.y1 + 1
    for one, other in itertools.combinations(texts, 2):
        assert not one.overlaps(other)
    for text, box in itertools.product(texts, polygon_boxes):
        assert not text.padded(-1).overlaps(box.padded(-1))


def test_all_networks_have_one_size(drawn):
    assert len({tuple(figure.get_size_inches()) for figure in drawn.values()}) == 1


def test_a_network_with_many_stages_gets_a_higher_figure(drawn):
    tall = plots.architecture(count.layer_table(TALL, (3, 8, 8)), "tall")
    assert tall.get_size_inches()[1] > drawn["VGG16"].get_size_inches()[1]
    boxes = [text.get_window_extent() for text in tall.axes[0].texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("name", MAKE)
def test_the_words_say_every_number(tables, drawn, name):
    table, alt = tables[name], drawn[name].alt
    assert f"{table.params:,} parameters" in alt
    for row in table:
        if row.kind == "Linear":
            assert (
                f"{row.name}, {row.macs // row.output_shape[0]:,} to {row.output_shape[0]:,}, {row.params:,}"
                in alt
            )
        if row.kind in ("Conv2d", "PartialConv2d", "MaxPool2d"):
            assert " × ".join(str(length) for length in row.output_shape) in alt
    last = [row for row in table if row.output_shape and len(row.output_shape) == 3][-1]
    assert f"{math.prod(last.output_shape):,} values" in alt


def test_convolutions_in_a_row_are_one_stage(drawn):
    assert "3 × conv, 512 × 14 × 14; pool, 512 × 7 × 7, 25,088 values." in drawn["VGG16"].alt
    assert "conv, 384 × 13 × 13; 2 × conv, 256 × 13 × 13" in drawn["AlexNet"].alt


def test_what_is_no_convolution_is_not_called_one(drawn):
    assert "layers before, 49,836 (83.1 %)" in drawn["LeNet-5 of 1998"].alt
    assert "pool, 6 × 14 × 14; conv, 16 × 10 × 10" in drawn["LeNet-5 of 1998"].alt
    assert "convolutions, 2,572 (4.2 %)" in drawn["LeNet-5"].alt


def test_connections_of_lenet5():
    c3 = nets.lenet5("1998").c3
    seen = np.zeros((6, 16), dtype=bool)
    seen[c3.seen, c3.made] = True
    words = plots.connections(seen, rows="maps of S2", columns="maps of C3").alt
    assert words == (
        "60 of 96 pairs of maps are connected: each of the 16 maps of C3 sees 3 to 6 of the 6 maps of S2."
    )


@given(arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=8)))
def test_blocks_cover_what_is_connected_once(array):
    covered = np.zeros(array.shape, dtype=int)
    for (left, top), width, height in _blocks(array):
        covered[top : top + height, left : left + width] += 1
    assert np.array_equal(covered, array)


@given(st.integers(1, 20), st.integers(1, 20))
def test_groups_are_blocks(inputs, outputs):
    seen = np.kron(np.eye(2), np.ones((inputs, outputs))).astype(bool)
    assert len(_blocks(seen)) == 2


def test_shares_fill_the_bar(tables):
    figure = plots.where_parameters_are({"VGG16": tables["VGG16"]}, shares=True)
    bars = [patch.get_width() for patch in figure.axes[0].patches]
    assert bars == pytest.approx([10.635, 74.275, 15.090], abs=0.001)
    assert "VGG16: 138,357,544, 74.3 % in the first FC layer" in figure.svg()


def test_the_smallest_network_is_marked(tables):
    both = {name: tables[name] for name in ("our network", "32-64-128")}
    words = [text.get_text() for text in plots.where_parameters_are(both, shares=False).axes[0].texts]
    assert words == ["our network: 13,520,771", "32-64-128: 620,362 ← fewest"]


def test_heads_compared_gives_both_totals(tables):
    figure = plots.heads_compared({"VGG16": tables["VGG16"]}, {"VGG16": tables["VGG16 with GAP"]})
    assert "VGG16: 138,357,544 to 15,227,688, MACs less by 0.8 %" in figure.alt
    assert "÷ 9<" in figure.svg()
