"""The figures of the lesson Architectures, beside `architecture`, which draws a network to scale."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from cnnlab.plots.style import BLUE, GREY, ORANGE, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cnnlab.count import LayerTable

PARTS = {  # where parameters are: colour, hatch
    "convolutions": (BLUE, ""),
    "first FC layer": (VERMILION, "////"),
    "other FC layers": (ORANGE, ""),
}
MOST_CELLS = 200  # with lines between them; more are drawn as areas


def connections(seen: ArrayLike, *, rows: str, columns: str) -> Figure:
    """Draw which maps a convolution's kernels look at: coloured where there is a kernel.

    Parameters
    ----------
    seen : (C, K) array of bool
        Whether map k of the output sees map c of the input.
    rows, columns : str
        What the maps of the input and of the output are called.

    Returns
    -------
    Figure
    """
    array = np.asarray(seen, dtype=bool)
    C, K = array.shape
    each = array.sum(axis=0)
    sees = f"{each.min()}" if each.min() == each.max() else f"{each.min()} to {each.max()}"
    fig, ax = figure(
        width=5.2,
        height=4.4 * C / K + 0.75,
        alt=f"{array.sum():,} of {array.size:,} pairs of maps are connected: each of the {K} {columns} sees "
        f"{sees} of the {C} {rows}.",
    )
    for corner, width, height in _blocks(array):
        ax.add_patch(Rectangle(corner, width, height, facecolor=BLUE, linewidth=0))
    few = array.size <= MOST_CELLS
    if few:
        ax.vlines(range(K + 1), 0, C, color=GREY, linewidth=0.8)
        ax.hlines(range(C + 1), 0, K, color=GREY, linewidth=0.8)
    for axis, count in ((ax.xaxis, K), (ax.yaxis, C)):
        axis.set_ticks([0.5, count - 0.5], ["1", f"{count}"])
    ax.set(xlim=(0, K), ylim=(C, 0), aspect="equal", xlabel=columns, ylabel=rows)
    ax.spines[["top", "right"]].set_visible(True)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return fig


def _blocks(array: Any) -> list[tuple[tuple[int, int], int, int]]:
    """Find rectangles that cover what is true: equal rows below each other, in runs."""
    blocks = []
    top = 0
    for row, same in itertools.groupby(array.tolist()):
        height = len(list(same))
        left = 0
        for filled, run in itertools.groupby(row):
            width = len(list(run))
            if filled:
                blocks.append(((left, top), width, height))
            left += width
        top += height
    return blocks


def where_parameters_are(tables: Mapping[str, LayerTable], *, shares: bool) -> Figure:
    """Draw for each network how many parameters its convolutions and fully connected (FC) layers have.

    Parameters
    ----------
    tables : dict of str to LayerTable
        The networks, as `count.layer_table` counts them; each has an FC layer.
    shares : bool
        Whether each network is drawn as 100 %, to compare where its parameters are, or all on one scale, to
        compare how many there are; then the smallest is marked.

    Returns
    -------
    Figure
    """
    parts = {name: _parts(table) for name, table in tables.items()}
    first = {name: _percent(parts[name][1], table.params) for name, table in tables.items()}
    told = "; ".join(f"{name}: {t.params:,}, first FC layer {first[name]}" for name, t in tables.items())
    fig, ax = figure(width=READABLE_WIDTH, height=0.56 * len(tables) + 1.0, alt=f"Parameters. {told}.")
    fewest = min(table.params for table in tables.values())
    for place, (name, table) in enumerate(tables.items()):
        _stack(ax, place, parts[name], unit=table.params / 100 if shares else 1e6)
        words = f"{name}: {table.params:,}"
        words += f", {first[name]} in the first FC layer" if shares else ""
        marked = not shares and table.params == fewest
        ax.text(
            0,
            place - 0.36,
            words + " ← fewest" * marked,
            fontsize=10.5,
            va="center",
            fontweight="bold" if marked else "normal",
        )
    ax.set(yticks=[], ylim=(len(tables) - 0.6, -0.65), xlim=(0, 100 if shares else None))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_xlabel("share of the parameters, in percent" if shares else "million parameters", fontsize=10)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    patches = [Patch(facecolor=c, edgecolor="white", hatch=h, linewidth=0) for c, h in PARTS.values()]
    _legend(fig, patches, list(PARTS))
    return fig


def _stack(ax: Any, place: int, amounts: Sequence[int], unit: float) -> None:
    left = 0.0
    for amount, (colour, hatch) in zip(amounts, PARTS.values(), strict=True):
        bar = {"height": 0.42, "facecolor": colour, "edgecolor": "white", "linewidth": 0, "hatch": hatch}
        ax.barh(place, amount / unit, left=left, **bar)
        left += amount / unit


def _legend(fig: Figure, handles: Sequence[Any], labels: Sequence[str]) -> None:
    fig.legend(
        handles,
        labels,
        loc="outside upper left",
        ncols=len(labels),
        fontsize=10,
        frameon=False,
        columnspacing=1.2,
        handlelength=1.4,
        handletextpad=0.5,
    )


def _parts(table: LayerTable) -> tuple[int, int, int]:
    """Give the parameters before the FC layers, of the first of them, and of the others."""
    dense = [row.params for row in table.rows if row.kind == "Linear"]
    return table.params - sum(dense), dense[0], sum(dense[1:])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def heads_compared(flattened: Mapping[str, LayerTable], averaged: Mapping[str, LayerTable]) -> Figure:
    """Draw what networks save when global average pooling (GAP) takes the place of their flattened heads.

    Parameters
    ----------
    flattened, averaged : dict of str to LayerTable
        The same networks with their own heads, and with GAP and one linear layer.

    Returns
    -------
    Figure
    """
    pairs = {name: (table, averaged[name]) for name, table in flattened.items()}
    told = "; ".join(
        f"{name}: {a.params:,} to {b.params:,}, MACs less by {_percent(a.macs - b.macs, a.macs)}"
        for name, (a, b) in pairs.items()
    )
    fig, (left, right) = figure(
        1,
        2,
        width=READABLE_WIDTH,
        height=0.5 * len(pairs) + 1.1,
        sharey=True,
        width_ratios=[1.9, 1],
        alt=f"Parameters with a flattened head and with GAP. {told}.",
    )
    whole = {"marker": "o", "color": VERMILION, "markersize": 8, "linestyle": "none"}
    hollow = {"marker": "D", "color": BLUE, "markersize": 7, "linestyle": "none", "markerfacecolor": "none"}
    for place, (a, b) in enumerate(pairs.values()):
        left.plot([b.params, a.params], [place, place], color=GREY, linewidth=1.5, zorder=1)
        (dot,) = left.plot(a.params, place, **whole)
        (diamond,) = left.plot(b.params, place, markeredgewidth=1.8, **hollow)
        middle = (a.params * b.params) ** 0.5
        left.text(middle, place - 0.1, f"÷ {a.params / b.params:.0f}", ha="center", va="bottom", fontsize=10)
        right.barh(place, 100 * (a.macs - b.macs) / a.macs, height=0.4, color=BLUE)
        saved = _percent(a.macs - b.macs, a.macs)
        right.text(float(saved[:-2]) + 1.5, place, saved, va="center", fontsize=10)
    left.set(xscale="log", xlabel="parameters", yticks=range(len(pairs)), yticklabels=list(pairs))
    left.set_ylim(len(pairs) - 0.5, -0.6)
    left.set_xticks([1e4, 1e6, 1e8], ["10,000", "1 million", "100 million"])
    left.minorticks_off()
    right.set(xlim=(0, 60), xlabel="MACs saved, %", xticks=[20, 40])
    _legend(fig, [dot, diamond], ["flattened, with its FC layers", "GAP and one linear layer"])
    return fig
