"""A whole network drawn to scale, from the table of its layers."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon
from matplotlib.textpath import TextPath

from cnnlab.plots.style import BLUE, GREEN, GREY, INK, VERMILION, Figure, figure

if TYPE_CHECKING:
    from cnnlab.count import LayerRow, LayerTable

# All lengths are inches.
WIDTH = 4.6  # on a telephone words are nearly as large as those of the page
TITLE, HEADER = 0.3, 0.36
ROOM = {"maps": 3.5, "head": 2.25}  # the same for every network, so that a slider can show them in turn
FONT = 10.0
LINE = 0.185  # from one line of a label to the next
GAP = 0.17  # between two cells of a line
BELOW = 0.1  # between two lines of cells
MOST_SLACK = 0.3
DEPTH = (0.42, 0.26)  # where a map's columns lead to in the projection: to the right and up
THINNEST = 0.02  # of anything drawn: less could not be seen
WIDEST_AT_LEAST = 1.0  # a network of many layers gets a higher figure rather than smaller boxes

Kind = Literal["image", "conv", "pool", "layer"]
COLOURS: dict[Kind, str] = {"image": GREY, "conv": BLUE, "pool": GREEN, "layer": INK}
Shape = tuple[int, ...]
Corners = list[tuple[float, float]]
Faces = list[tuple[Corners, float]]
"""Polygons, each with how strongly it is filled."""


@dataclass(frozen=True)
class Cell:
    """A shape with a size to scale, and below it a label whose size is its own."""

    width: float
    height: float
    label: tuple[str, ...]
    colour: str
    faces: Callable[[float], Faces]  # at a scale, with the lower left corner at (0, 0)

    def across(self, scale: float) -> float:
        """Give the width of shape and label."""
        return max(self.width * scale, *(_words(text, row == 0) for row, text in enumerate(self.label)))

    def down(self, scale: float) -> float:
        """Give the height of the shape alone."""
        return max(self.height * scale, THINNEST)


@dataclass(frozen=True)
class Layout:
    """Cells broken into lines, and the inches that one of their units takes."""

    lines: list[list[Cell]]
    scale: float

    @property
    def heights(self) -> list[float]:
        """Give the height of each line, labels included."""
        return [
            max(cell.down(self.scale) for cell in line) + LINE * max(len(cell.label) for cell in line) + BELOW
            for line in self.lines
        ]


def architecture(table: LayerTable, name: str) -> Figure:
    """Draw a network to scale: its maps as boxes, its fully connected layers as rectangles.

    Above, the maps: a pixel and a channel are equally long, so that a box holds as many values as it seems
    to. Convolutions in a row that keep the shape are one box. Below, the parameters: the weights of a fully
    connected layer are as wide as values come in and as high as values go out, so that its area is their
    number; those of all layers before the first of them make a square.

    Parameters
    ----------
    table : LayerTable
        Of a network for images, as `count.layer_table` makes it.
    name : str
        Of the network.

    Returns
    -------
    Figure
        Of one size, unless the network has so many layers that it needs more.

    Examples
    --------
    >>> from cnnlab import count, nets
    >>> architecture(count.layer_table(nets.lenet5(), (1, 32, 32)), "LeNet-5").alt[:68]
    'LeNet-5, 61,706 parameters. Maps: image, 1 × 32 × 32; conv, 6 × 28 ×'
    """
    parts = {"maps": _maps(table), "head": _head(table)}
    layouts = {part: _layout(cells, ROOM[part]) for part, cells in parts.items()}
    heights = {part: max(ROOM[part], sum(layouts[part].heights)) for part in parts}
    total = f"{table.params:,} parameters"
    height = TITLE + sum(HEADER + part for part in heights.values())
    alt = f"{name}, {total}. Maps: {_told(parts['maps'])}. Parameters: {_told(parts['head'])}."
    fig, ax = figure(width=WIDTH, height=height, alt=alt)
    ax.set_position([0, 0, 1, 1])
    ax.set(xlim=(-0.02, WIDTH + 0.02), ylim=(height, 0))  # room for half a line
    ax.axis("off")
    ax.text(0, TITLE / 2, f"{name}: {total}", fontsize=11.5, fontweight="bold", va="center")
    top = TITLE
    for part, words, unit in (("maps", "Maps", "pixels, or channels"), ("head", "Parameters", "values")):
        _header(ax, top + HEADER / 2, words, layouts[part].scale, unit)
        _draw(ax, layouts[part], top + HEADER, heights[part])
        top += HEADER + heights[part]
    return fig


def _told(cells: Sequence[Cell]) -> str:
    return "; ".join(", ".join(cell.label).removeprefix("→ ").replace("→", "to") for cell in cells)


def _maps(table: LayerTable) -> list[Cell]:
    """Make a cell of each stage: of the layers in a row that make maps of one shape in one way."""
    made: list[tuple[Kind, Shape]] = [("image", table.input_shape)]
    for row in table.rows:
        shape = row.output_shape
        if shape is None or len(shape) != 3:
            continue
        kind = _kind(row)
        if kind != "layer" or shape != made[-1][1]:
            made.append((kind, shape))
    stages = [(kind, shape, len(list(same))) for (kind, shape), same in itertools.groupby(made)]
    labels: list[tuple[str, ...]] = [
        (f"{'→ ' * (place > 0)}{_times(number)}{kind}", _size(shape))
        for place, (kind, shape, number) in enumerate(stages)
    ]
    labels[-1] = (*labels[-1], f"{math.prod(stages[-1][1]):,} values")
    return [_box(kind, shape, label) for (kind, shape, _), label in zip(stages, labels, strict=True)]


def _kind(row: LayerRow) -> Kind:
    if "Conv" in row.kind:
        return "conv"
    return "pool" if "Pool" in row.kind or row.kind == "Subsampling" else "layer"


def _times(number: int) -> str:
    return f"{number} × " if number > 1 else ""


def _size(shape: Shape) -> str:
    return " × ".join(f"{length:,}" for length in shape)


def _box(kind: Kind, shape: Shape, label: tuple[str, ...]) -> Cell:
    C, H, W = shape

    def faces(scale: float) -> Faces:
        length, height, depth = (max(size * scale, THINNEST) for size in (C, H, W))
        right, up = DEPTH[0] * depth, DEPTH[1] * depth
        front = [(0, 0), (length, 0), (length, height), (0, height)]
        top = [(0, height), (length, height), (length + right, height + up), (right, height + up)]
        side = [(length, 0), (length, height), (length + right, height + up), (length + right, up)]
        filled = (0.55, 0.15, 0.3) if kind == "conv" else (0.08, 0.08, 0.16)
        return list(zip((front, top, side), filled, strict=True))

    return Cell(C + DEPTH[0] * W, H + DEPTH[1] * W, label, COLOURS[kind], faces)


def _head(table: LayerTable) -> list[Cell]:
    """Make a square of the parameters before the head, and a rectangle of each fully connected layer."""
    dense = [(row, row.output_shape[-1]) for row in table.rows if row.kind == "Linear" and row.output_shape]
    before = table.params - sum(row.params for row, _ in dense)
    others = any(row.params and row.kind != "Linear" and _kind(row) != "conv" for row in table.rows)
    what = "layers before" if others else "convolutions"
    cells = [_area(before**0.5, before**0.5, (what, _share(before, table.params)), BLUE)]
    for row, m in dense:
        label = (row.name, f"{row.macs // m:,} → {m:,}", _share(row.params, table.params))
        cells.append(_area(row.params / m, m, label, VERMILION))
    return cells


def _share(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{part:,} ({percent:.1f} %)" if percent >= 0.1 else f"{part:,} (< 0.1 %)"


def _area(width: float, height: float, label: tuple[str, ...], colour: str) -> Cell:
    def faces(scale: float) -> Faces:
        right, up = (max(length * scale, THINNEST) for length in (width, height))
        return [([(0, 0), (right, 0), (right, up), (0, up)], 0.45)]

    return Cell(width, height, label, colour, faces)


def _layout(cells: Sequence[Cell], room: float) -> Layout:
    """Break cells into lines, like words, at the largest scale that keeps them in their room."""
    widest = max(cell.width for cell in cells)
    scales = itertools.takewhile(
        lambda scale: scale * widest >= WIDEST_AT_LEAST, (WIDTH / widest * 0.98**n for n in itertools.count())
    )
    for scale in scales:
        layout = Layout(_lines(cells, scale), scale)
        if sum(layout.heights) <= room:
            return layout
    return layout


def _lines(cells: Sequence[Cell], scale: float) -> list[list[Cell]]:
    lines: list[list[Cell]] = [[]]
    x = 0.0
    for cell in cells:
        if x + cell.across(scale) > WIDTH and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append(cell)
        x += cell.across(scale) + GAP
    return lines


def _draw(ax: Any, layout: Layout, top: float, room: float) -> None:
    slack = min((room - sum(layout.heights)) / len(layout.lines), MOST_SLACK)
    for line, height in zip(layout.lines, layout.heights, strict=True):
        ground = top + max(cell.down(layout.scale) for cell in line)
        x = 0.0
        for cell in line:
            _draw_one(ax, cell, x, ground, layout.scale)
            x += cell.across(layout.scale) + GAP
        top += height + slack


def _draw_one(ax: Any, cell: Cell, x: float, ground: float, scale: float) -> None:
    for corners, filled in cell.faces(scale):
        placed = [(x + right, ground - up) for right, up in corners]
        ax.add_patch(Polygon(placed, facecolor=(cell.colour, filled), edgecolor=cell.colour, linewidth=0.9))
    for row, text in enumerate(cell.label):
        weight = "normal" if row else "bold"
        ax.text(x, ground + LINE * (row + 0.62), text, fontsize=FONT, va="center", fontweight=weight)


def _header(ax: Any, y: float, words: str, scale: float, unit: str) -> None:
    """Write what is drawn below, and how long a round number of its units is."""
    number = next(number for number in _round_numbers() if number * scale < 0.9)
    text = f"{number:,} {unit}"
    end = WIDTH - _words(text) - 0.1
    ax.text(0, y, words, fontsize=FONT + 0.5, va="center")
    ax.text(WIDTH, y, text, fontsize=FONT, va="center", ha="right")
    ax.plot([end - number * scale, end], [y, y], color=INK, linewidth=1.2, marker="|", markersize=6)


def _round_numbers() -> Iterator[int]:
    for power in range(7, -1, -1):
        yield from (5 * 10**power, 2 * 10**power, 10**power)


@functools.cache
def _words(text: str, bold: bool = False) -> float:
    """Measure a text; the fonts of most pages are narrower than the one that it is measured in."""
    font = FontProperties(family=["DejaVu Sans"], weight="bold" if bold else "normal", size=FONT)
    return float(TextPath((0, 0), text, prop=font).get_extents().width) / 72
