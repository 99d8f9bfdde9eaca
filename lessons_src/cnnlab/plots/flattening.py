"""The figures of the lesson Flattening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from cnnlab.plots.curves import MARKERS
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    READABLE_WIDTH,
    VERMILION,
    Figure,
    figure,
    one_each,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

Order = Literal["channel first", "channel last"]
Cell = tuple[int, int, int]
"""Channel, row and column, each from 0."""

C, H, W = 3, 2, 2  # the map that `cell_to_place` draws: small enough to write a name into every cell
NEXT = 49  # places that `place_to_cells` marks: as many as a map of 7 × 7 has
COLUMNS = 16  # maps a row, where all maps of a layer are drawn
CHANNEL_COLOURS = (BLUE, GREEN, ORANGE)


def cell_to_place(number: int) -> Figure:
    """Draw three maps of 2 × 2 and their flattening in both orders, with one cell followed through all.

    Parameters
    ----------
    number : int
        Which cell, counted map by map and row by row from 0. Each cell's name is its channel, row and column.

    Returns
    -------
    Figure
    """
    c, h, w = cell = _cell(number, (C, H, W), "channel first")
    first, last = number, (h * W + w) * C + c
    fig, ax = figure(
        width=READABLE_WIDTH,
        height=3.7,
        alt=f"Channel {c}, row {h}, column {w} goes to place {first} with the channel first, "
        f"and to place {last} with the channel last.",
    )
    ax.set(xlim=(-0.1, C * H * W + 0.1), ylim=(8.4, -0.1), aspect="equal")
    ax.axis("off")
    for channel in range(C):
        left = 1.5 + 3.5 * channel
        ax.text(left + W / 2, 0.35, f"channel {channel}", ha="center", fontsize=11)
        for row in range(H):
            names = [(channel, row, column) for column in range(W)]
            _row_of_cells(ax, names, left, 0.6 + row, follow=cell)
    for order, top, sum_of in (
        ("channel first", 4.0, f"{c} · {H * W} + {h} · {W} + {w} = {first}"),
        ("channel last", 6.7, f"({h} · {W} + {w}) · {C} + {c} = {last}"),
    ):
        ax.text(0, top - 0.3, f"{order}:  {sum_of}", fontsize=11)
        cells = [_cell(place, (C, H, W), order) for place in range(C * H * W)]
        _row_of_cells(ax, cells, 0, top, follow=cell)
        for place in range(len(cells)):
            ax.text(place + 0.5, top + 1.1, f"{place}", ha="center", va="top", fontsize=11, color=GREY)
    return fig


def place_to_cells(maps: NDArray[np.floating], place: int, order: Order) -> Figure:
    """Draw all maps of a layer, and in them the cells that a stretch of the flattened vector comes from.

    The map of the first of these cells is drawn once more, enlarged and in its own brightness.

    Parameters
    ----------
    maps : (C, H, W) array
        Values from 0 on.
    place : int
        Where the stretch begins; it is 49 places long, or shorter at the vector's end.
    order : "channel first" or "channel last"

    Returns
    -------
    Figure
    """
    _, height, width = maps.shape
    stretch = range(place, min(place + NEXT, maps.size))
    cells = [_cell(number, maps.shape, order) for number in stretch]
    c, h, w = cells[0]
    corners = {channel: np.array(divmod(channel, COLUMNS)) * (height, width) for channel, _, _ in cells}
    fig, axes = figure(
        1,
        2,
        width=READABLE_WIDTH,
        height=3.5,
        width_ratios=[1.75, 1],
        alt=f"With the {order}, place {place:,} holds channel {c}, row {h}, column {w}. "
        f"The stretch from there on, {_count(len(cells), 'place')} long, comes from "
        f"{_count(len(corners), 'map')}.",
    )
    fig.suptitle(f"place {place:,}: channel {c}, row {h}, column {w}", fontsize=11)
    picture(axes[0], _mosaic(maps) / (maps.max() or 1.0), f"all {len(maps)} maps")
    picture(axes[1], maps[c] / (maps[c].max() or 1.0), f"channel {c}, enlarged")  # some are faint
    _mark(axes[0], list(corners.values()), height, width, edgecolor=BLUE)
    _mark(axes[0], [corners[channel] + (row, column) for channel, row, column in cells], facecolor=BLUE)
    _mark(axes[1], [(row, column) for channel, row, column in cells if channel == c], facecolor=BLUE)
    _mark(axes[0], [corners[c] + (h, w)], facecolor=VERMILION)
    _mark(axes[1], [(h, w)], facecolor=VERMILION)
    for edge in range(1, len(maps) // COLUMNS):
        for line in (axes[0].axhline, axes[0].axvline):
            line(edge * height - 0.5, color=GREY, linewidth=0.5)
    return fig


def paired(
    runs: Mapping[str, ArrayLike],
    steps: Sequence[str],
    *,
    ylabel: str,
    alt: str,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Draw what happens to each run from step to step: a thin line for each, so that pairs stay pairs.

    Parameters
    ----------
    runs : dict of str to (R, P) array
        For each kind, R runs with one fraction for each of the P steps.
    steps : list of P texts
        Written below, from left to right.
    ylabel : str
        What the fractions are; they are written in percent.
    alt : str
        What the lines show, for a reader who does not see them.
    levels : dict of str to float, optional
        Fractions to compare with, such as chance: dashed lines with their names.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a run has not one value for each step.

    Examples
    --------
    >>> paired({"net": [[0.9, 0.3]]}, ["before", "after"], ylabel="accuracy", alt="A line that falls.")
    <Figure size 540x320 with 1 Axes>
    """
    fig, ax = figure(width=5.4, height=3.2, alt=alt)
    places = np.arange(len(steps))
    for (name, values), colour, marker in zip(runs.items(), (BLUE, VERMILION, GREEN), MARKERS, strict=False):
        array = np.asarray(values, dtype=float)  # (R, P)
        for run in array:
            one_each(name, list(run), len(steps), None)
            ax.plot(places, run, marker=marker, color=colour, linewidth=1.2)
        ax.text(places[-1] + 0.06, array[:, -1].mean(), name, color=colour, va="center")
    for name, level in (levels or {}).items():
        ax.axhline(level, color=GREY, linestyle="--", linewidth=1.4)
        ax.text(places[0] - 0.12, level + 0.02, name, color=GREY, va="bottom")
    ax.set(xlim=(-0.15, len(steps) - 0.4), ylim=(0, 1), ylabel=ylabel)
    ax.set_xticks(places, steps)
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return fig


def _cell(place: int, shape: tuple[int, ...], order: Order | str) -> Cell:
    """Say which cell of maps (C, H, W) stands at a place of their flattening.

    >>> _cell(5, (3, 2, 2), "channel first"), _cell(5, (3, 2, 2), "channel last")
    ((1, 0, 1), (2, 0, 1))
    """
    channels, height, width = shape
    if order == "channel first":
        c, h, w = np.unravel_index(place, shape)
    else:
        h, w, c = np.unravel_index(place, (height, width, channels))
    return int(c), int(h), int(w)


def _row_of_cells(ax: Any, cells: Sequence[Cell], left: float, top: float, *, follow: Cell) -> None:
    """Draw cells side by side, named, in their channels' colours; the one to follow gets a frame."""
    for across, cell in enumerate(cells):
        corner = (left + across, top)
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=CHANNEL_COLOURS[cell[0]], alpha=0.3, linewidth=0))
        ax.add_patch(Rectangle(corner, 1, 1, facecolor="none", edgecolor=INK, linewidth=0.7, alpha=0.5))
        name = "".join(map(str, cell))
        ax.text(corner[0] + 0.5, top + 0.52, name, ha="center", va="center", fontsize=11)
    if follow in cells:
        corner = (left + cells.index(follow), top)
        ax.add_patch(Rectangle(corner, 1, 1, facecolor="none", edgecolor=VERMILION, linewidth=2.5, zorder=3))


def _mosaic(maps: NDArray[np.floating]) -> NDArray[np.floating]:
    """Lay (C, H, W) out as one picture, 16 maps a row."""
    count, height, width = maps.shape
    rows = maps.reshape(count // COLUMNS, COLUMNS, height, width)
    return rows.transpose(0, 2, 1, 3).reshape(count // COLUMNS * height, COLUMNS * width)


def _mark(
    ax: Any,
    corners: Sequence[Any],
    rows: int = 1,
    columns: int = 1,
    *,
    facecolor: str = "none",
    edgecolor: str = "none",
) -> None:
    """Mark parts of a picture, each given by its first row and column; one path for all keeps it small."""
    parts = [
        Path.unit_rectangle().transformed(Affine2D().scale(columns, rows).translate(column - 0.5, row - 0.5))
        for row, column in corners
    ]
    look = {"facecolor": facecolor, "edgecolor": edgecolor, "linewidth": 1.3}
    ax.add_patch(PathPatch(Path.make_compound_path(*parts), **look))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
