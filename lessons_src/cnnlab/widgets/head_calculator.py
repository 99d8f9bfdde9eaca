"""`HeadCalculator`: from a feature map to classes, and what every layer on the way costs."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import traitlets

from cnnlab.widgets.base import KitWidget, in_range, script, style
from cnnlab.widgets.head_layers import HeadLayer, Vector, head_layers
from cnnlab.widgets.head_still import drawing, sentence, table

MOST_HIDDEN = 4
CONTROLS: list[dict[str, Any]] = [
    {"name": "height", "label": "Map height", "unit": "H", "min": 1, "max": 64},
    {"name": "width", "label": "Map width", "unit": "W", "min": 1, "max": 64},
    {"name": "channels", "label": "Channels", "unit": "C", "min": 1, "max": 4096},
    {
        "name": "vector",
        "label": "Map to vector",
        "kind": "radio",
        "values": ["flatten", "gap"],
        "texts": ["Flatten", "Average (GAP)"],
    },
    {"name": "hidden", "label": "Hidden", "kind": "widths", "most": MOST_HIDDEN, "min": 1, "max": 8192},
    {"name": "classes", "label": "Classes", "min": 1, "max": 10_000},
    {"name": "bias", "label": "With biases", "kind": "checkbox", "values": [False, True]},
]
SETTINGS = [control["name"] for control in CONTROLS]
RANGES = {control["name"]: (control["min"], control["max"]) for control in CONTROLS if "min" in control}
CAPTION = (
    "Lengths are on a log scale: each doubling adds the same. So the three edges of the map, end to end, "
    "make the bar of its flattened vector. The area of a square is a layer's share of all parameters."
)


def _head(size: tuple[int, int, int], hidden: Sequence[int], classes: int) -> dict[str, Any]:
    named = dict(zip(("height", "width", "channels"), size, strict=True))
    return named | {"vector": "flatten", "hidden": list(hidden), "classes": classes, "bias": True}


PRESETS = {
    "This course": _head((7, 7, 256), (1024, 512), 3),
    "LeNet-5": _head((5, 5, 16), (120, 84), 10),
    "AlexNet": _head((6, 6, 256), (4096, 4096), 1000),
    "VGG16": _head((7, 7, 512), (4096, 4096), 1000),
}


def _number(name: str) -> Any:
    low, high = RANGES[name]
    return traitlets.Int(low, min=low, max=high).tag(sync=True)


class HeadCalculator(KitWidget):
    """A calculator of heads: shape, parameters, share, MACs and memory of each layer, and a drawing to scale.

    Every setting can be observed and set under its name, and the numbers be linked.

    Parameters
    ----------
    height, width : int
        Of the map that the convolutions leave, 1 to 64.
    channels : int
        1 to 4096.
    hidden : sequence of int
        The width of each hidden fully connected layer, up to four of 1 to 8192; empty for none.
    classes : int
        1 to 10,000.
    vector : "flatten" or "gap"
        How the map becomes a vector: all its values in a row, or the average of each channel.
    bias : bool
        Whether the fully connected layers have one.
    key : str
        The widget's name in the address of a built page (see `KitWidget`).

    Attributes
    ----------
    layers : list of HeadLayer
        What the table shows, for the present settings; `params` and `macs` are its totals.

    Raises
    ------
    TypeError
        If a number is not whole, or `hidden` no sequence.
    ValueError
        If a setting is out of its range.

    Examples
    --------
    >>> calculator = HeadCalculator(7, 7, 256, hidden=(1024, 512), classes=3)
    >>> calculator.params, calculator.macs
    (13372419, 13370880)
    >>> calculator.vector = "gap"
    >>> calculator.params
    789507
    """

    _esm = script("head_calculator.js")
    _css = style("head_calculator.css")

    controls: traitlets.List[dict[str, Any]] = traitlets.List(CONTROLS).tag(sync=True)
    presets: traitlets.List[dict[str, Any]] = traitlets.List(
        [{"name": name, "settings": settings} for name, settings in PRESETS.items()]
    ).tag(sync=True)
    caption = traitlets.Unicode(CAPTION).tag(sync=True)
    height = _number("height")
    width = _number("width")
    channels = _number("channels")
    vector = traitlets.Enum(["flatten", "gap"], "flatten").tag(sync=True)
    hidden: traitlets.List[int] = traitlets.List(_number("hidden"), maxlen=MOST_HIDDEN).tag(sync=True)
    classes = _number("classes")
    bias = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        height: int = 7,
        width: int = 7,
        channels: int = 256,
        hidden: Sequence[int] = (1024, 512),
        classes: int = 3,
        vector: Vector = "flatten",
        bias: bool = True,
        key: str = "",
    ) -> None:
        numbers = {"height": height, "width": width, "channels": channels, "classes": classes}
        settings = {name: in_range(name, number, *RANGES[name]) for name, number in numbers.items()}
        widths = _widths(hidden)
        head_layers(height, width, channels, widths, classes, vector=vector)
        super().__init__(**settings, hidden=widths, vector=vector, bias=bool(bias), key=key)

    @property
    def layers(self) -> list[HeadLayer]:
        """The layers with their costs."""
        return _layers({name: getattr(self, name) for name in SETTINGS})

    @property
    def params(self) -> int:
        """Parameters of the whole head."""
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int:
        """MACs of the whole head for one image."""
        return sum(layer.macs for layer in self.layers)

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give the drawing, the sentence and the table as HTML."""
        layers = _layers(state)
        return (
            f'<div class="cnn-head"><p class="cnn-message">{sentence(layers)}</p><div class="cnn-drawing">'
            f'{drawing(layers)}<p class="cnn-caption">{html.escape(state["caption"])}</p></div>'
            f"{table(layers)}</div>"
        )


def _layers(settings: Mapping[str, Any]) -> list[HeadLayer]:
    return head_layers(**{name: settings[name] for name in SETTINGS})


def _widths(hidden: Iterable[int]) -> list[int]:
    if not isinstance(hidden, Iterable):
        raise TypeError(f"hidden must list the widths of its layers, such as (1024, 512), got {hidden!r}")
    widths = list(hidden)
    if len(widths) > MOST_HIDDEN:
        raise ValueError(f"hidden must list at most {MOST_HIDDEN} layers, got {len(widths)}")
    return [in_range(f"hidden[{at}]", width, *RANGES["hidden"]) for at, width in enumerate(widths)]
