"""`ConvArithmetic`: what a convolution's settings make of an image, in numbers and as a window to move."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import traitlets

from cnnlab import count
from cnnlab.widgets.base import KitWidget, in_range, script, style

CONTROLS: list[dict[str, Any]] = [
    {"name": "size", "label": "Input H = W", "unit": "pixels", "min": 1, "max": 512},
    {"name": "kernel_size", "label": "Kernel F", "unit": "pixels", "min": 1, "max": 15},
    {"name": "stride", "label": "Stride S", "unit": "pixels", "min": 1, "max": 8},
    {"name": "padding", "label": "Padding P", "unit": "each side", "min": 0, "max": 15},
    {"name": "dilation", "label": "Dilation D", "unit": "", "min": 1, "max": 6},
    {"name": "in_channels", "label": "Channels in C", "unit": "", "min": 1, "max": 4096},
    {"name": "out_channels", "label": "Kernels K", "unit": "", "min": 1, "max": 4096},
]
RANGES = {control["name"]: (control["min"], control["max"]) for control in CONTROLS}
DRAWN = 32  # pixels: what the still picture shows of a larger image


def _setting(name: str) -> Any:
    low, high = RANGES[name]
    return traitlets.Int(low, min=low, max=high).tag(sync=True)


class ConvArithmetic(KitWidget):
    """A calculator of convolutions: output size, parameters, MACs, memory, and the window that slides.

    Every number can be observed, set and linked, under the name that it has in ``torch.nn.Conv2d``.

    Parameters
    ----------
    size : int
        Height and width of the input in pixels, 1 to 512.
    kernel_size : int
        1 to 15.
    stride : int
        1 to 8.
    padding : int
        Zeros on each side, 0 to 15.
    dilation : int
        1 to 6.
    in_channels, out_channels : int
        1 to 4096 each; `out_channels` is the number of kernels.
    key : str
        The widget's name in the address of a built page (see `KitWidget`).

    Raises
    ------
    TypeError
        If a setting is no whole number.
    ValueError
        If a setting is out of its range, or the kernel does not fit into the padded input. Once the widget
        is there, a kernel that does not fit is shown as a message that says what to change.

    Examples
    --------
    >>> calculator = ConvArithmetic(size=27, kernel_size=2, stride=2)
    >>> calculator.stride
    2
    """

    _esm = script("conv_arithmetic.js")
    _css = style("conv_arithmetic.css")

    controls: traitlets.List[dict[str, Any]] = traitlets.List(CONTROLS).tag(sync=True)
    size = _setting("size")
    kernel_size = _setting("kernel_size")
    stride = _setting("stride")
    padding = _setting("padding")
    dilation = _setting("dilation")
    in_channels = _setting("in_channels")
    out_channels = _setting("out_channels")

    def __init__(
        self,
        size: int = 28,
        kernel_size: int = 3,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        in_channels: int = 1,
        out_channels: int = 8,
        key: str = "",
    ) -> None:
        given = (size, kernel_size, stride, padding, dilation, in_channels, out_channels)
        settings = {
            name: in_range(name, value, *RANGES[name]) for name, value in zip(RANGES, given, strict=True)
        }
        _output_size(settings)
        super().__init__(**settings, key=key)

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give the settings, what follows from them, and the window's first place as HTML."""
        settings = {name: int(state[name]) for name in RANGES}
        chosen = "".join(
            f"<div><b>{html.escape(c['label'])}</b> {settings[c['name']]:,} {c['unit']}</div>"
            for c in state["controls"]
        )
        try:
            output = _output_size(settings)
        except ValueError as error:
            results = f"<p>{html.escape(str(error))}</p>"
        else:
            rows = "".join(
                f"<div><dt>{what}</dt><dd>{value}</dd></div>" for what, value in _results(settings, output)
            )
            results = f'<dl class="cnn-results">{rows}</dl>{_picture(settings, output)}'
        return f'<div class="cnn-arithmetic"><div class="cnn-numbers">{chosen}</div>{results}</div>'


def _output_size(settings: Mapping[str, int]) -> int:
    names = ("size", "kernel_size", "stride", "padding", "dilation")
    return count.conv2d_output_size(*(settings[name] for name in names))


def _results(settings: Mapping[str, int], output: int) -> list[tuple[str, str]]:
    C, K, F = settings["in_channels"], settings["out_channels"], settings["kernel_size"]
    return [
        ("Output shape", f"{K:,} × {output} × {output}"),
        ("Parameters", f"{count.conv2d_params(C, K, F):,}"),
        ("MACs for one image", f"{count.conv2d_macs(C, K, F, output):,}"),
        ("Activation memory", f"{4 * K * output**2:,} bytes (float32)"),
    ]


def _picture(settings: Mapping[str, int], output: int) -> str:
    """Draw the upper left corner of input and output, with the window at its first place."""
    H, F, P, D = (settings[name] for name in ("size", "kernel_size", "padding", "dilation"))
    span = D * (F - 1) + 1
    shown = max(min(H + 2 * P, DRAWN), span)
    image = min(H, shown - P)
    taps = "".join(_square(D * x, D * y) for y in range(F) for x in range(F))
    cells = min(output, DRAWN)
    label = f"The window at its first place on an input of {H} × {H}; the output has {output} × {output}."
    paths = (
        ("padding", _square(0, 0, shown if P else 0)),
        ("image", _square(P, P, image)),
        ("lines", _lines(0, shown) + _lines(shown + 2, cells)),
        ("taps", taps),
        ("window", _square(0, 0, span)),
        ("outline", _square(shown + 2, 0, cells)),
        ("cell", _square(shown + 2, 0)),
    )
    drawn = "".join(f'<path class="cnn-{name}" d="{d}"/>' for name, d in paths)
    box = f"-0.3 -0.3 {shown + cells + 2.6} {max(shown, cells) + 0.6}"
    return (
        f'<svg role="img" aria-label="{label}" viewBox="{box}" '
        f'style="aspect-ratio:auto;max-width:30rem">{drawn}</svg>'
    )


def _square(x: int, y: int, side: int = 1) -> str:
    return f"M{x} {y}h{side}v{side}h{-side}z"


def _lines(left: int, count: int) -> str:
    return "".join(f"M{left + n} 0v{count}M{left} {n}h{count}" for n in range(1, count))
