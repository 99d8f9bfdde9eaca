"""HeadCalculator's drawing, sentence and table for pages without JavaScript.

They are the same as what `head_drawing.js`, `head_words.js` and `head_table.js` make: a browser test holds
both against each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from cnnlab.widgets.drawing import Point, line, path, svg_text
from cnnlab.widgets.head_layers import HeadLayer

# The drawing's measures; head_drawing.js says what each is.
WIDE, HIGH, MIDDLE, BESIDE = 376, 480, 104, 218
DOUBLING, LEAST, ROOM, UNROLLED, BAR, MOST_BETWEEN, SQUARE = 8.5, 3, 94, 40, 12, 110, 44
ASIDE, UP = 0.92, 0.39
MESH = [-1, -0.5, 0, 0.5, 1]

COLUMNS = ("Layer", "Shape", "Parameters", "Share", "MACs", "Memory")


# Words.


def memory(size: int) -> str:
    """Write a number of bytes in the largest unit that it fills.

    >>> memory(40), memory(3084), memory(53_489_676)
    ('40 bytes', '3.0 KiB', '51.0 MiB')
    """
    power = min(3, (size.bit_length() - 1) // 10) if size else 0
    if power == 0:
        return f"{size} bytes"
    tenths = (10 * size + 1024**power // 2) // 1024**power
    return f"{tenths // 10:,}.{tenths % 10} {('KiB', 'MiB', 'GiB')[power - 1]}"


def percent(part: int, whole: int) -> str:
    """Write a share with two decimals, and never a part as nothing or as the whole.

    >>> percent(12_846_080, 13_372_419), percent(0, 7), percent(1, 10**6)
    ('96.06 %', '0 %', 'under 0.01 %')
    """
    if part in (0, whole):
        return "100 %" if part else "0 %"
    text = str(Decimal(100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return {"0.00": "under 0.01 %", "100.00": "over 99.99 %"}.get(text, f"{text} %")


def sentence(layers: Sequence[HeadLayer]) -> str:
    """Say what the whole head comes to."""
    params, size = _many(_total(layers, "params"), "parameter"), memory(_total(layers, "param_bytes"))
    macs = _many(_total(layers, "macs"), "MAC")
    return f"<strong>{params}</strong> ({size} in float32) and {macs} for one image. {_most(layers)}"


def description(layers: Sequence[HeadLayer]) -> str:
    """Say what the drawing shows."""
    vector, *connected = layers
    becomes = "averaged" if vector.name == "GAP" else "flattened"
    return (
        f"A map of {_sizes(vector)}, {becomes} to {vector.out_features:,} values; then {_widths(connected)}. "
        f"Parameters: {_total(layers, 'params'):,}. {_most(layers)}"
    )


def _total(layers: Sequence[HeadLayer], what: str) -> int:
    return sum(getattr(layer, what) for layer in layers)


def _heaviest(layers: Sequence[HeadLayer]) -> HeadLayer:
    return max(layers, key=lambda layer: layer.params)  # the first of equals


def _most(layers: Sequence[HeadLayer]) -> str:
    most, whole = _heaviest(layers), _total(layers, "params")
    share = "all" if most.params == whole else percent(most.params, whole)
    return f"{most.name} holds {share} of the parameters."


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _widths(layers: Sequence[HeadLayer]) -> str:
    return " → ".join(f"{layer.out_features:,}" for layer in layers)


def _sizes(layer: HeadLayer) -> str:
    """Write (C, H, W) as the course says it, H × W × C."""
    return " × ".join(f"{size:,}" for size in (*layer.input_shape[1:], layer.input_shape[0]))


# The table.


def table(layers: Sequence[HeadLayer]) -> str:
    """Give the layers as a table."""
    whole, most = _total(layers, "params"), _heaviest(layers)

    def row(texts: Iterable[str], attributes: str = "", tag: str = "td") -> str:
        cells = [
            f'<{t} class="cnn-{name.lower()}">{text}</{t}>'
            for name, text, t in zip(COLUMNS, texts, ("th", *[tag] * 5), strict=True)
        ]
        return f"<tr{attributes}>{''.join(cells)}</tr>"

    def costs(params: int, macs: int, size: int) -> list[str]:
        return [f"{params:,}", percent(params, whole), f"{macs:,}", memory(size)]

    rows = [
        row(
            [layer.name, f"{_sizes(layer)} → {layer.out_features:,}", *costs(*layer[3:6])],
            f'{" class=cnn-most" if layer is most else ""} style="--cnn-part:{layer.share:.4g}"',
        )
        for layer in layers
    ]
    totals = costs(*(_total(layers, what) for what in ("params", "macs", "param_bytes")))
    return (
        f'<div class="cnn-rows"><table class="cnn-table"><thead>{row(COLUMNS, tag="th")}</thead>'
        f"<tbody>{''.join(rows)}</tbody><tfoot>{row(['Total', '', *totals])}</tfoot></table></div>"
    )


# The drawing.


def drawing(layers: Sequence[HeadLayer]) -> str:
    """Draw the head to scale."""
    label = description(layers)
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDE} {HIGH + 4}">{inside(layers)}</svg>'


def inside(layers: Sequence[HeadLayer]) -> str:
    """Draw what is within the SVG element."""
    vector, *connected = layers
    C, H, W = vector.input_shape
    fixed = ROOM + UNROLLED + BAR * len(layers)
    between = min(MOST_BETWEEN, (HIGH - fixed) / len(connected))
    floor = (HIGH - fixed - between * len(connected)) / 2 + ROOM
    tops = [floor + UNROLLED + at * (BAR + between) for at in range(len(layers))]
    left, right, box = _box(floor, (H, W, C))
    half = _long(vector.out_features) / 2
    whole, most = _total(layers, "params"), _heaviest(layers)
    units = [("value", "values"), *[("neuron", "neurons")] * (len(connected) - 1), ("class", "classes")]
    edges = [[vector.out_features] if vector.name == "GAP" else [H, W, C]]
    edges += [[layer.out_features] for layer in connected]
    return "".join(
        [
            path("unrolled", line(left, (MIDDLE - half, tops[0])) + line(right, (MIDDLE + half, tops[0]))),
            _words("link-words", floor + UNROLLED / 2, f"{vector.name}: 0 parameters"),
            *(
                _link(tops[at] + BAR, tops[at + 1], layer, whole, layer is most)
                for at, layer in enumerate(connected)
            ),
            box,
            *(_bar(top, layer.out_features, e) for top, layer, e in zip(tops, layers, edges, strict=True)),
            *(
                _words(
                    "bar-words",
                    top + BAR / 2,
                    f'<tspan class="cnn-count">{layer.out_features:,}</tspan> {unit[layer.out_features > 1]}',
                )
                for top, layer, unit in zip(tops, layers, units, strict=True)
            ),
        ]
    )


def _box(floor: float, size: tuple[int, int, int]) -> tuple[Point, Point, str]:
    h, w, d = (_long(n) for n in size)
    dx, dy = d * ASIDE, d * UP
    left, top = MIDDLE - (w + dx) / 2, floor - h
    right = left + w
    drawn = (
        path("front", _rectangle(left, top, w, h))
        + path(
            "face",
            line((left, top), (left + dx, top - dy), (right + dx, top - dy), (right, top)) + "z",
        )
        + path(
            "face",
            line((right, top), (right + dx, top - dy), (right + dx, floor - dy), (right, floor)) + "z",
        )
    )
    text = " × ".join(f"{n:,}" for n in size)
    words = _words("bar-words", floor - (h + dy) / 2, f'<tspan class="cnn-count">{text}</tspan>')
    return (left, floor), (right + dx, floor - dy), drawn + words


def _bar(y: float, n: int, edges: Sequence[int]) -> str:
    left = MIDDLE - _long(n) / 2
    if n == 1:
        return path("bar", _rectangle(left, y, LEAST, BAR))
    parts = []
    for edge in edges:
        if edge > 1:
            parts.append(_rectangle(left, y, _long(edge) - 1, BAR))
            left += _long(edge)
    return path("bar", "".join(parts))


def _link(top: float, bottom: float, layer: HeadLayer, whole: int, is_most: bool) -> str:
    above, below = _long(layer.input_shape[0]) / 2, _long(layer.out_features) / 2
    y, kind = (top + bottom) / 2, " cnn-most" if is_most else ""
    fan = line(
        (MIDDLE - above, top), (MIDDLE + above, top), (MIDDLE + below, bottom), (MIDDLE - below, bottom)
    )
    mesh = (line((MIDDLE + f * above, top), (MIDDLE + t * below, bottom)) for f in MESH for t in MESH)
    side = max(2, SQUARE * math.sqrt(layer.params / whole))
    return (
        path(f"fan{kind}", f"{fan}z")
        + path("mesh", "".join(mesh))
        + path(f"weights{kind}", _rectangle(MIDDLE - side / 2, y - side / 2, side, side))
        + _words(f"link-words{kind}", y - 8, f"{layer.name}: {layer.params:,}")
        + _words(f"link-words{kind}", y + 8, f"{percent(layer.params, whole)} of all")
    )


def _long(n: int) -> float:
    return max(LEAST, DOUBLING * math.log2(n))


def _rectangle(x: float, y: float, w: float, h: float) -> str:
    return line((x, y), (x + w, y), (x + w, y + h), (x, y + h)) + "z"


def _words(name: str, y: float, text: str) -> str:
    return svg_text(name, BESIDE, y + 4, text)
