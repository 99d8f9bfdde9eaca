"""Figures of the last task: what a network uses of its budget, and how designs score."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cnnlab.plots.style import BLUE, GREEN, GREY, INK, PURPLE, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    import pandas as pd

    from cnnlab.count import LayerTable

MOST = 200  # percent of a limit: a longer bar is cut there
MARKERS = "osD^*"
COLOURS = (GREY, BLUE, VERMILION, GREEN, PURPLE)
COSTS = {"numbers": "numbers stored", "macs": "MACs for an image"}


def budget(table: LayerTable, *, numbers: int, macs: int) -> Figure:
    """Draw what a network uses of its two limits, the fully connected layers hatched.

    Parameters
    ----------
    table : LayerTable
        The network, as `count.layer_table` counts it.
    numbers, macs : int
        The limits: of parameters, and of multiply-adds for one image.

    Returns
    -------
    Figure
    """
    limits = {"params": ("parameters", numbers), "macs": ("MACs", macs)}
    uses = {cost: getattr(table, cost) for cost in limits}
    told = [
        f"{uses[cost]:,} {name}, {uses[cost] / most:.0%} of {most:,}" for cost, (name, most) in limits.items()
    ]
    fig, ax = figure(width=READABLE_WIDTH, height=2.1, alt=f"{'; '.join(told)}.")
    for place, (cost, (_, most)) in enumerate(limits.items()):
        left = 0.0
        for dense, colour, hatch in ((False, BLUE, ""), (True, VERMILION, "////")):
            share = sum(getattr(row, cost) for row in table if (row.kind == "Linear") == dense) / most * 100
            length = min(share, MOST - left)
            ax.barh(
                place,
                length,
                left=left,
                height=0.4,
                color=colour,
                edgecolor="white",
                linewidth=0,
                hatch=hatch,
            )
            left += length
        over = uses[cost] > most
        words = told[place] + " ← too many" * over
        ax.text(0, place - 0.36, words, va="center", fontsize=10.5, fontweight="bold" if over else "normal")
        ax.vlines(100, place - 0.25, place + 0.25, color=INK, linewidth=1.6)
    ax.set(xlim=(0, MOST), ylim=(1.4, -0.6), yticks=[], xticks=[0, 50, 100, 150, 200])
    ax.set_xlabel("percent of the limit", fontsize=10)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    return fig


def by_kind(measured: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw the accuracy of networks for each kind of image, one line for a kind.

    Parameters
    ----------
    measured : dict of str to dict of str to float
        For each network its accuracy, as a fraction, for each kind; the kinds are the same.

    Returns
    -------
    Figure
    """
    kinds = list(next(iter(measured.values())))
    told = "; ".join(
        f"{name}: " + ", ".join(f"{kind} {values[kind]:.0%}" for kind in kinds)
        for name, values in measured.items()
    )
    fig, ax = figure(width=READABLE_WIDTH, height=0.36 * len(kinds) + 1.2, alt=f"Accuracy. {told}.")
    for (name, values), marker, colour in zip(measured.items(), MARKERS, COLOURS[1:], strict=False):
        ax.plot(
            [values[kind] for kind in kinds],
            range(len(kinds)),
            marker,
            color=colour,
            markersize=8,
            label=name,
        )
    ax.set(xlim=(0, 1), ylim=(len(kinds) - 0.5, -0.5), yticks=range(len(kinds)), yticklabels=kinds)
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    ax.set_xlabel("accuracy")
    fig.legend(loc="outside upper left", ncols=2, fontsize=10, handletextpad=0.2, frameon=False)
    return fig


def scores_by_cost(
    rows: pd.DataFrame,
    cost: Literal["numbers", "macs"],
    *,
    limit: int,
    levels: Mapping[str, float],
) -> Figure:
    """Draw the score of designs over what they cost: a mark for each training, a line from lowest to highest.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns `design`, `recipe`, `score` (a fraction) and the cost.
    cost : "numbers" or "macs"
    limit : int
        What a design may cost at most.
    levels : dict of str to float
        Scores to compare with: dashed lines with their names.

    Returns
    -------
    Figure
    """
    designs, recipes = (list(dict.fromkeys(rows[column])) for column in ("design", "recipe"))
    groups = {
        (design, recipe): rows[(rows["design"] == design) & (rows["recipe"] == recipe)]
        for design, recipe in itertools.product(designs, recipes)
    }
    groups = {names: group for names, group in groups.items() if len(group)}
    told = "; ".join(f"{', '.join(names)}: {group['score'].mean():.0%}" for names, group in groups.items())
    fig, ax = figure(width=READABLE_WIDTH, height=5.4, alt=f"Mean scores over {COSTS[cost]}. {told}.")
    for (design, recipe), group in groups.items():
        style: Any = {"color": COLOURS[recipes.index(recipe)], "zorder": 3}
        x, scores = group[cost], group["score"]
        ax.vlines(x.iloc[0], scores.min(), scores.max(), linewidth=2, **style)
        ax.plot(x, scores, MARKERS[designs.index(design)], markersize=7, alpha=0.85, **style)
    lowest = 0.0 if cost == "numbers" else rows[cost].min() / 2
    for name, level in levels.items():
        ax.axhline(level, color=GREY, linestyle="--", linewidth=1.4)
        ax.text(lowest, level, f" {name}", va="bottom", color=GREY, fontsize=10)
    ax.axvline(limit, color=INK, linewidth=1.4)
    if cost == "macs":
        ax.set_xscale("log")
        ax.set_xticks([1e5, 1e6], ["100,000", "1 million"])
        ax.minorticks_off()
    else:
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set(xlim=(lowest, limit * 1.1), ylim=(0, 1), ylabel="score")
    ax.set_xlabel(f"{COSTS[cost]} (line: the limit)")
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    shapes = [
        Line2D([], [], marker=MARKERS[n], color=INK, linestyle="none", label=name)
        for n, name in enumerate(designs)
    ]
    colours = [Patch(color=COLOURS[n], label=name) for n, name in enumerate(recipes)]
    fig.legend(
        handles=shapes, loc="outside upper left", ncols=3, fontsize=10, handletextpad=0.2, frameon=False
    )
    fig.legend(
        handles=colours, loc="outside lower left", ncols=3, fontsize=10, handlelength=1.0, frameon=False
    )
    return fig
