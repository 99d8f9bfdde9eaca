"""What the hand-made widgets share, and ConvArithmetic on Python's side."""

import json
import re
import subprocess
import sys
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup

import cnnlab
from cnnlab.widgets import ConvArithmetic, GuessCurve, HeadCalculator, base, explore, fallback_html
from cnnlab.widgets.conv_arithmetic import RANGES

FOLDER = Path(base.__file__).parent
MODULES = ["explore.js", "conv_arithmetic.js", "head_calculator.js", "atlas_explorer.js", "guess_curve.js"]


def saved(widget):
    """The state as a page stores it."""
    return json.loads(json.dumps(widget.get_state()))


# One module of JavaScript.


@pytest.mark.parametrize("name", MODULES)
def test_a_widget_is_one_module(name):
    text = base.script(name)
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert text.count("export default") == 1
    assert text.count("function make(") == 1
    names = re.findall(r"^(?:function|const|let|class) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names)), "files of one module share their names"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.js")), ids=lambda file: file.name)
def test_what_a_file_imports_is_there(file):
    for names, home in re.findall(r'^import \{([^}]*)\} from "\./(.+)";$', file.read_text(), re.MULTILINE):
        exported = re.findall(r"^export (?:function|const) (\w+)", (FOLDER / home).read_text(), re.MULTILINE)
        assert set(re.findall(r"\w+", names)) <= set(exported)


# A picture from the state alone.


def test_the_state_says_which_widget_it_is():
    texts = [
        fallback_html(saved(widget))
        for widget in (ConvArithmetic(size=27), explore(lambda n: f"<p>{n}</p>", n=[1, 2]))
    ]
    assert all(text.startswith('<div class="cnnlab-fallback cnn-widget"><style>') for text in texts)
    assert "cnn-arithmetic" in texts[0]
    assert "<p>1</p>" in texts[1]


def test_it_needs_no_widget_to_have_been_made():
    # The site is built by a process that never made one.
    program = (
        "import json, sys; from cnnlab.widgets import fallback_html; "
        "print(len(fallback_html(json.load(sys.stdin))))"
    )
    curve = GuessCurve([1, 2], [0.2, 0.4], xlabel="neurons", ylabel="accuracy")
    for widget in (ConvArithmetic(), HeadCalculator(), curve, explore(lambda n: f"<p>{n}</p>", n=[1, 2])):
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(widget.get_state()),
            check=True,
            capture_output=True,
            text=True,
        )
        assert int(done.stdout) == len(widget.fallback_html()) > 1000


@pytest.mark.parametrize("state", [{}, {"_anywidget_id": "else.Widget"}, ipywidgets.IntSlider().get_state()])
def test_other_widgets_have_no_picture(state):
    assert fallback_html(state) == ""


def test_the_still_calculator_counts_as_cnnlab_does():
    widget = ConvArithmetic(224, 11, stride=4, padding=2, in_channels=3, out_channels=64)
    page = BeautifulSoup(fallback_html(saved(widget)), "lxml")
    values = dict(zip(*([n.get_text() for n in page.select(tag)] for tag in ("dt", "dd")), strict=True))
    assert values["Output shape"] == "64 × 55 × 55"
    assert values["Parameters"] == f"{cnnlab.count.conv2d_params(3, 64, 11):,}"
    assert values["MACs for one image"] == "70,276,800"
    assert values["Activation memory"] == "774,400 bytes (float32)"
    assert "224 × 224; the output has 55 × 55" in page.svg["aria-label"]


def test_the_still_calculator_says_what_does_not_fit():
    widget = ConvArithmetic()
    widget.kernel_size, widget.size = 5, 3
    text = fallback_html(saved(widget))
    assert "take a smaller kernel" in text
    assert "<dl" not in text


# ConvArithmetic.


def test_every_setting_can_be_observed_set_and_linked():
    widget = ConvArithmetic(27, kernel_size=2, stride=2, key="floor")
    seen = []
    widget.observe(lambda change: seen.append((change["name"], change["new"])), list(RANGES))
    for name in RANGES:
        slider = ipywidgets.IntSlider(min=RANGES[name][0], max=8)
        ipywidgets.link((slider, "value"), (widget, name))
        slider.value = 5
        assert getattr(widget, name) == 5
        assert ipywidgets.jslink((slider, "value"), (widget, name)).target == (widget, name)
    assert ("stride", 5) in seen
    assert set(RANGES) | {"key", "controls"} <= set(widget.keys)
    assert saved(widget)["key"] == "floor"


def test_numpy_numbers_are_numbers():
    assert saved(ConvArithmetic(size=np.int64(9)))["size"] == 9


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        ({"stride": 9}, ValueError, "stride must be at most 8, got 9"),
        ({"size": 27.5}, TypeError, "size must be a whole number, got 27.5"),
        ({"padding": -1}, ValueError, "padding must be at least 0"),
        ({"size": 4, "kernel_size": 3, "dilation": 2}, ValueError, "spans 5 .* does not fit into 4"),
    ],
)
def test_a_wrong_start_is_refused(settings, error, message):
    with pytest.raises(error, match=message):
        ConvArithmetic(**settings)


def test_a_wrong_value_is_refused_later_too():
    widget = ConvArithmetic()
    with pytest.raises(traitlets.TraitError, match="stride"):
        widget.stride = 9
    assert widget.stride == 1
