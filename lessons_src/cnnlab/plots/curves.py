"""Measured curves with their bands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.style import GREY, Figure, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

LABEL_ROOM = 0.055  # of the figure's height: closer labels would overlap
MARKERS = "osD^vP"


def curves(
    x: Sequence[float],
    measured: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    alt: str,
    percent: bool = False,
    log_x: bool = False,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Draw curves over `x`, each with its name at its end and with a band where there is one.

    Parameters
    ----------
    x : list of P numbers
    measured : dict of str to (P,) or (3, P) array
        For each curve its values, or the band's lower end, the values, and the band's upper end.
    xlabel, ylabel : str
        What the axes show, with the unit.
    alt : str
        What the curves show, for a reader who does not see them.
    percent : bool
        Whether the values are fractions to be written in percent.
    log_x : bool
        Whether each doubling of `x` takes the same room, as suits numbers of neurons.
    levels : dict of str to float, optional
        Values to compare with, such as an accuracy by chance: dashed lines with their names.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a curve has not one value, or three, for each `x`, or `log_x` meets an `x` that is not positive.

    Examples
    --------
    >>> curves([1, 2], {"a": [1, 2], "b": [[0, 1], [1, 2], [2, 3]]}, xlabel="x", ylabel="y", alt="Two lines.")
    <Figure size 540x330 with 1 Axes>
    """
    if log_x and min(x) <= 0:
        raise ValueError(f"curves: log_x needs positive x, got {min(x)}")
    fig, ax = figure(width=5.4, height=3.3, alt=alt)
    ends = {}
    for (name, values), marker in zip(measured.items(), MARKERS, strict=False):
        array = np.asarray(values, dtype=float)
        if array.shape not in {(len(x),), (3, len(x))}:
            raise ValueError(f"curves: {name} needs ({len(x)},) or (3, {len(x)}) values, got {array.shape}")
        middle = array if array.ndim == 1 else array[1]
        (line,) = ax.plot(x, middle, marker=marker, label=name)
        if array.ndim == 2:
            ax.fill_between(x, array[0], array[2], color=line.get_color(), alpha=0.15, linewidth=0)
        ends[name] = (middle[-1], line.get_color())
    ends |= draw_levels(ax, x[0], x[-1], levels or {})
    if log_x:
        ax.set_xscale("log", base=2)
        ax.minorticks_off()
    ax.set(xlabel=xlabel, xticks=x)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    ax.set_ylabel(ylabel)
    ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))
    if percent:
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    name_ends(ax, x[-1], ends)
    return fig


def draw_levels(
    ax: Axes, first: float, last: float, levels: Mapping[str, float]
) -> dict[str, tuple[float, str]]:
    """Draw values to compare with as dashed lines; returns their ends for `name_ends`."""
    for level in levels.values():
        ax.hlines(level, first, last, color=GREY, linestyle="--", linewidth=1.4)
    return {name: (level, GREY) for name, level in levels.items()}


def name_ends(ax: Axes, x: float, ends: Mapping[str, tuple[float, str]]) -> None:
    """Write each curve's name at its end: `ends` gives its last value and its colour."""
    low, high = ax.get_ylim()
    heights = _apart([value for value, _ in ends.values()], (high - low) * LABEL_ROOM * 1.3)
    for (name, (_, colour)), height in zip(ends.items(), heights, strict=True):
        ax.annotate(
            name,
            (x, height),
            xytext=(9, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,  # a label that was moved up may stand above the axes
        )


def _apart(heights: Sequence[float], room: float) -> list[float]:
    """Move labels apart until each has room, and keep their order.

    >>> _apart([1.0, 1.1, 5.0], 1.0)
    [1.0, 2.0, 5.0]
    """
    moved = np.array(heights, dtype=float)
    order = np.argsort(moved)
    for lower, upper in itertools.pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + room)
    return [float(height) for height in moved]
