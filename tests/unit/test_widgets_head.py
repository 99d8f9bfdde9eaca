"""HeadCalculator on Python's side: what its rows count, its settings, and its picture without JavaScript."""

import itertools
import json

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnlab import nets
from cnnlab.count import layer_table
from cnnlab.widgets import HeadCalculator, fallback_html
from cnnlab.widgets.head_calculator import PRESETS, RANGES, SETTINGS
from cnnlab.widgets.head_layers import head_layers
from cnnlab.widgets.head_still import memory, percent, sentence


def by_pytorch(height, width, channels, hidden, classes, vector, bias):
    """The same head as a model that takes no memory, and its table."""
    first = [nn.Flatten()] if vector == "flatten" else [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    features = [channels * (height * width if vector == "flatten" else 1), *hidden, classes]
    with torch.device("meta"):
        connected = [nn.Linear(n, m, bias=bias) for n, m in itertools.pairwise(features)]
    return layer_table(nn.Sequential(*first, *connected), (channels, height, width))


small = st.integers(1, 40)


@given(
    small,
    small,
    small,
    st.lists(small, max_size=4),
    small,
    st.sampled_from(["flatten", "gap"]),
    st.booleans(),
)
def test_rows_agree_with_pytorch(height, width, channels, hidden, classes, vector, bias):
    settings = {"hidden": hidden, "classes": classes, "vector": vector, "bias": bias}
    table = by_pytorch(height, width, channels, **settings)
    first, *rows = head_layers(height, width, channels, **settings)
    expected = [row for row in table if row.kind == "Linear"]
    assert [row.params for row in rows] == [row.params for row in expected]
    assert [row.macs for row in rows] == [row.macs for row in expected]
    assert [(row.out_features,) for row in rows] == [row.output_shape for row in expected]
    assert sum(row.param_bytes for row in rows) == table.param_bytes
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert (first.input_shape, first.out_features) == ((channels, height, width), rows[0].input_shape[0])
    assert (first.params, first.macs, first.share) == (0, 0, 0)


NETS = {
    "This course": nets.silhouette_net,
    "LeNet-5": nets.lenet5,
    "AlexNet": nets.alexnet,
    "VGG16": nets.vgg16,
}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_the_heads_of_real_networks(name):
    with torch.device("meta"):
        network = NETS[name]()
    connected = [module for module in network.modules() if isinstance(module, nn.Linear)]
    calculator = HeadCalculator(**PRESETS[name])
    assert [(row.input_shape[0], row.out_features) for row in calculator.layers[1:]] == [
        (layer.in_features, layer.out_features) for layer in connected
    ]
    assert calculator.params == sum(p.numel() for layer in connected for p in layer.parameters())
    # The front page says so.
    assert calculator.layers[1].params > sum(p.numel() for p in network.parameters()) / 2


def test_without_hidden_layers_and_with_averages_771_are_left():
    assert HeadCalculator(7, 7, 256, hidden=(), classes=3, vector="gap").params == 771


# Settings.


def test_every_setting_can_be_observed_and_set():
    widget = HeadCalculator(key="mine")
    seen = []
    widget.observe(lambda change: seen.append(change["name"]), SETTINGS)
    for preset in PRESETS.values():
        for name, value in preset.items():
            setattr(widget, name, value)
        widget.vector, widget.bias = "gap", False
    assert set(seen) == set(SETTINGS)
    assert widget.params == widget.macs == 512 * 4096 + 4096 * 4096 + 4096 * 1000
    for name in set(RANGES) - {"hidden"}:
        assert ipywidgets.jslink((ipywidgets.IntSlider(), "value"), (widget, name)).target == (widget, name)
    state = json.loads(json.dumps(widget.get_state()))
    assert {"controls", "presets", "caption", "key"} < set(state)


def test_numpy_numbers_and_tuples_are_fine():
    widget = HeadCalculator(np.int64(2), 3, np.uint8(200), hidden=np.array([300, 20]))
    assert json.loads(json.dumps(widget.get_state()))["hidden"] == [300, 20]
    assert widget.layers[0].out_features == 1200
    widget.hidden = (5,)
    assert widget.hidden == [5]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"height": 0}, ValueError, "height must be at least 1, got 0"),
        ({"channels": 5000}, ValueError, "channels must be at most 4096, got 5000"),
        ({"classes": 2.5}, TypeError, r"classes must be a whole number, got 2\.5"),
        ({"hidden": 1024}, TypeError, r"hidden must list the widths .* such as \(1024, 512\), got 1024"),
        ({"hidden": "64"}, TypeError, r"hidden\[0\] must be a whole number, got '6'"),
        ({"hidden": (64, 0)}, ValueError, r"hidden\[1\] must be at least 1, got 0"),
        ({"hidden": (1,) * 5}, ValueError, "hidden must list at most 4 layers, got 5"),
        ({"vector": "average"}, ValueError, 'vector is \'average\'; choose "flatten" or "gap"'),
    ],
)
def test_a_wrong_start_is_refused(settings, error, message):
    with pytest.raises(error, match=message):
        HeadCalculator(**settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("width", 65), ("hidden", [1] * 5), ("hidden", [8193]), ("vector", "mean"), ("bias", "yes")],
)
def test_a_wrong_value_is_refused_later_too(name, value):
    widget = HeadCalculator()
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


# Words and the picture.


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (4, "4 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1280, "1.3 KiB"),  # a half is rounded up, as in the browser
        (1024**2 - 1, "1,024.0 KiB"),
        (494_571_424, "471.7 MiB"),
        (1024**4, "1,024.0 GiB"),
    ],
)
def test_memory(size, text):
    assert memory(size) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 10**9, "under 0.01 %"),
        (10**9 - 1, 10**9, "over 99.99 %"),
        (97, 800, "12.13 %"),
        (12_846_080, 13_372_419, "96.06 %"),
    ],
)
def test_percent(part, whole, text):
    assert percent(part, whole) == text


def test_the_still_calculator_shows_the_head():
    widget = HeadCalculator(**PRESETS["VGG16"])
    page = BeautifulSoup(fallback_html(json.loads(json.dumps(widget.get_state()))), "lxml")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.select("tr")]
    assert rows[1] == ["Flatten", "7 × 7 × 512 → 25,088", "0", "0 %", "0", "0 bytes"]
    assert rows[2] == ["FC1", "25,088 → 4,096", "102,764,544", "83.11 %", "102,760,448", "392.0 MiB"]
    assert rows[5] == ["Total", "", "123,642,856", "100 %", "123,633,664", "471.7 MiB"]
    assert page.svg["aria-label"] == (
        "A map of 7 × 7 × 512, flattened to 25,088 values; then 4,096 → 4,096 → 1,000. "
        "Parameters: 123,642,856. FC1 holds 83.11 % of the parameters."
    )
    assert page.select_one(".cnn-message").get_text() == (
        "123,642,856 parameters (471.7 MiB in float32) and 123,633,664 MACs for one image. "
        "FC1 holds 83.11 % of the parameters."
    )


def test_one_parameter_is_one():
    assert sentence(head_layers(1, 1, 1, classes=1, bias=False)).startswith(
        "<strong>1 parameter</strong> (4 bytes"
    )
