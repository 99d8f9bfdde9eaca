"""Accuracies of the atlas: means with their intervals and every seed, and paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.curves import MARKERS, draw_levels, name_ends
from cnnlab.plots.style import BLUE, GREY, READABLE_WIDTH, Figure, figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cnnlab.atlas import Interval

MOST_TICKS = 7
SPREAD = 0.06  # how far the dots of two curves stand apart, in steps of the axis


def accuracies(
    series: Mapping[str, pd.DataFrame],
    *,
    x: str,
    xlabel: str,
    alt: str,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Draw test accuracy over a column of the atlas: each seed a dot, the mean a line, its interval a band.

    Parameters
    ----------
    series : dict of str to DataFrame
        For each curve its rows of `cnnlab.atlas.load`, with the role "result": one stop, one learning rate
        and two seeds or more at each value of `x`.
    x : str
        The column, such as "neurons" or "kernels". Each of its values takes the same room.
    xlabel : str
        What it is.
    alt : str
        What the curves show, for a reader who does not see them.
    levels : dict of str to float, optional
        Accuracies to compare with, such as the nearest neighbour's: dashed lines with their names.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a seed occurs twice at one value, or there are fewer than two.
    """
    from cnnlab.atlas import interval

    fig, ax = figure(width=5.4, height=3.3, alt=alt)
    values = _in_order(value for rows in series.values() for value in rows[x].unique())
    places = {value: place for place, value in enumerate(values)}
    ends = {}
    for number, ((name, rows), marker) in enumerate(zip(series.items(), MARKERS, strict=False)):
        cells = {places[value]: cell for value, cell in rows.groupby(x)}
        at = sorted(cells)
        means, low, high = np.transpose([interval(cells[place]) for place in at])
        (line,) = ax.plot(at, means, marker=marker, label=name)
        colour = line.get_color()
        ax.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0)
        aside = SPREAD * (number - (len(series) - 1) / 2)
        ax.scatter(
            [place + aside for place in at for _ in range(len(cells[place]))],
            np.concatenate([cells[place]["test_accuracy"] for place in at]),
            *(9, colour),
            alpha=0.45,
            linewidth=0,
        )
        ends[name] = (means[-1], colour)
    ends |= draw_levels(ax, 0, len(values) - 1, levels or {})
    _ticks(ax, values)
    ax.set(xlabel=xlabel, ylabel="test accuracy")
    ax.yaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 1):g} %")
    name_ends(ax, len(values) - 1, ends)
    return fig


def _in_order(values: object) -> list[object]:
    """Sort numbers by size and kernels such as "8-16" by what they are, each once.

    >>> _in_order(["16-32", "8-16", "8-16"])
    ['8-16', '16-32']
    """
    return sorted(set(values), key=lambda value: [float(part) for part in str(value).split("-")])  # type: ignore[call-overload]


def _ticks(ax: Axes, values: Sequence[object]) -> None:
    every = -(-len(values) // MOST_TICKS)
    last = len(values) - 1
    places = range(last % every, len(values), every)  # the last value always has a name
    ax.set_xticks(
        places,
        [f"{v:,}" if isinstance(v := values[place], (int, np.integer)) else str(v) for place in places],
    )


def differences(
    measured: Mapping[str, Interval],
    *,
    xlabel: str,
    alt: str,
    margin: float | None = None,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Draw paired differences, one row each: the mean as a dot, its interval as a whisker, zero as a line.

    Parameters
    ----------
    measured : dict of str to Interval
        What `cnnlab.atlas.paired` returns, with a name.
    xlabel : str
        Which difference it is, and in what: the axis is in points of accuracy (0.01 is one point).
    alt : str
        What the rows show, for a reader who does not see them.
    margin : float, optional
        A difference that does not matter, as a fraction: shaded on both sides of zero.
    limits : (float, float), optional
        Ends of the axis in points, where several such figures are compared.

    Returns
    -------
    Figure

    Examples
    --------
    >>> from cnnlab.atlas import Interval
    >>> rows = {"128 against 64": Interval(0.01, -0.01, 0.03), "256 against 64": Interval(0.02, 0.01, 0.03)}
    >>> differences(rows, xlabel="points of test accuracy", alt="The second whisker stays above zero.")
    <Figure size 560x176 with 1 Axes>
    """
    fig, ax = figure(width=READABLE_WIDTH, height=0.36 * len(measured) + 1.04, alt=alt)
    if margin is not None:
        ax.axvspan(-100 * margin, 100 * margin, color=GREY, alpha=0.2, linewidth=0)
    ax.axvline(0, color=GREY, linewidth=1.4)
    for row, (mean, low, high) in enumerate(measured.values()):
        ax.plot([100 * low, 100 * high], [row, row], color=BLUE)
        ax.plot([100 * mean], [row], marker="o", color=BLUE)
    ax.set_yticks(range(len(measured)), list(measured))
    ax.set(xlabel=xlabel, xlim=limits, ylim=(len(measured) - 0.5, -0.5))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    return fig
