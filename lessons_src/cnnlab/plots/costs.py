"""Figures of the lesson Counting: where a network's costs sit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.style import BLUE, VERMILION, Figure, figure

if TYPE_CHECKING:
    from cnnlab.count import LayerRow

WIDTH = 4.4  # inches: on a telephone words are nearly as large as those of the page
HEIGHT = 4.4  # inches, for every network: a slider's frames have one size
COSTS = {"params": "parameters", "macs": "MACs", "activation_bytes": "activations"}


def layer_costs(rows: Sequence[LayerRow], network: str) -> Figure:
    """Draw each layer's share of a network's parameters, MACs and activation memory.

    What has no parameters, such as ReLU and pooling, is added to the layer before it. Fully connected layers
    are hatched.

    Parameters
    ----------
    rows : list of LayerRow
        As `count.layer_table` makes them.
    network : str
        Its name, for the description.

    Returns
    -------
    Figure
    """
    shown = [row for row in rows if row.params]
    shares = {cost: _shares(rows, cost) for cost in COSTS}
    fig, axes = figure(
        1,
        len(COSTS),
        width=WIDTH,
        height=HEIGHT,
        sharey=True,
        alt=f"{network}. " + "; ".join(f"{COSTS[cost]}: {_largest(shown, shares[cost])}" for cost in COSTS),
    )
    places = np.arange(len(shown))
    thickness = min(0.7, 0.3 * len(shown) / HEIGHT)  # few bars do not grow fat
    for ax, cost in zip(axes, COSTS, strict=True):
        for place, row, share in zip(places, shown, shares[cost], strict=True):
            dense = row.kind == "Linear"
            ax.barh(
                place,
                share,
                height=thickness,
                color=VERMILION if dense else BLUE,
                hatch="////" if dense else "",
                edgecolor="white" if dense else "none",
                linewidth=0,
            )
            percent = f"{share:.0f} %" if share >= 10 else f"{share:.1f} %"
            ax.text(share + 2, place, percent, va="center", fontsize=10)
        ax.set_title(COSTS[cost], fontweight="normal", fontsize=10.5)
        ax.set(xlim=(0, 140), xticks=[0, 50, 100], yticks=places, ylim=(len(shown) - 0.5, -0.5))
        ax.xaxis.set_major_formatter(lambda value, _: "" if value == 50 else f"{value:.0f} %")
        ax.grid(visible=False, axis="y")
    axes[0].set_yticklabels([row.name for row in shown])
    return fig


def _shares(rows: Sequence[LayerRow], cost: str) -> list[float]:
    """Percent of the total for each layer with parameters and what follows it without."""
    sums: list[float] = []
    for row in rows:
        if row.params:
            sums.append(0)
        sums[-1] += getattr(row, cost)
    return [100 * part / sum(sums) for part in sums]


def _largest(rows: Sequence[LayerRow], shares: Sequence[float]) -> str:
    """Name the two layers with the largest shares."""
    order = np.argsort(shares)[::-1][:2]
    return " and ".join(f"{rows[place].name} {shares[place]:.1f} %" for place in order)
