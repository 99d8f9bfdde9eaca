"""The figures of the lesson How to compare two networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.plots.curves import MARKERS, name_ends
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, INK, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

PILE = 0.25  # points of accuracy: dots this close to each other are piled up
WON = {-1: ("s", VERMILION), 0: ("D", GREY), 1: ("o", BLUE)}  # the first, neither, the second


def roulette(draws: ArrayLike, names: tuple[str, str], shown: int) -> Figure:
    """Draw who won in a row of draws of two accuracies, as dots that pile up over their difference.

    Parameters
    ----------
    draws : (D, 2) array
        In each draw the accuracies of the first and of the second, as fractions.
    names : (str, str)
        The two that are compared.
    shown : int
        How many draws have been made; the last one is ringed.

    Returns
    -------
    Figure

    Examples
    --------
    >>> roulette([[0.90, 0.91], [0.92, 0.91]], ("64", "128"), shown=2).alt
    'After 2 draws 64 won 1 and 128 won 1. Draw 2: 64 92.0 %, 128 91.0 %.'
    """
    every = np.asarray(draws, dtype=float)
    points = 100 * (every[:, 1] - every[:, 0])
    won = Counter(int(sign) for sign in np.sign(points[:shown]))
    first, second = (
        f"{name} {100 * value:.1f} %" for name, value in zip(names, every[shown - 1], strict=True)
    )
    now = f"Draw {shown}: {first}, {second}"
    fig, ax = figure(
        width=5.4,
        height=3.2,
        alt=f"After {shown} draws {names[0]} won {won[-1]} and {names[1]} won {won[1]}. {now}.",
    )
    ax.set_title(now, fontsize=11, fontweight="normal")
    places, heights = _piled(points)
    for place, height, sign in list(zip(places, heights, np.sign(points), strict=True))[:shown]:
        marker, colour = WON[int(sign)]
        ax.plot(place, height, marker=marker, color=colour, markersize=9)
    last = places[shown - 1], heights[shown - 1]
    ax.plot(*last, marker="o", markersize=16, markerfacecolor="none", markeredgecolor=INK)
    ax.axvline(0, color=INK, linewidth=1)
    reach = max(abs(places)) + 2 * PILE
    ax.set(xlim=(-reach, reach), ylim=(0, max(heights) + 2.6), yticks=[])
    ax.set_xlabel(f"accuracy of {names[1]} minus {names[0]} (points)")
    for side, sign, name in ((0.02, -1, names[0]), (0.98, 1, names[1])):
        ax.text(
            side,
            0.93,
            f"{name} won {won[sign]}",
            transform=ax.transAxes,
            ha="left" if sign < 0 else "right",
            va="top",
            color=WON[sign][1],
            weight="bold",
        )
    return fig


def _piled(points: NDArray[np.floating]) -> tuple[NDArray[np.floating], list[int]]:
    """Give each draw a place on the axis, in steps, and its height in the pile there; ties have their own."""
    places = np.where(points == 0, 0, (np.floor(points / PILE) + 0.5) * PILE)
    reached: Counter[float] = Counter()
    heights = []
    for place in places:
        reached[place] += 1
        heights.append(reached[place])
    return places, heights


def pairs(first: ArrayLike, second: ArrayLike, names: tuple[str, str]) -> Figure:
    """Draw accuracies that belong together in pairs, joined by lines.

    Parameters
    ----------
    first, second : (S,) array
        Accuracies as fractions; equal positions belong together.
    names : (str, str)
        What the two sides are.

    Returns
    -------
    Figure

    Examples
    --------
    >>> pairs([0.90, 0.92], [0.91, 0.915], ("64 neurons", "128 neurons")).alt
    'Two pairs joined by lines: 128 neurons higher in 1, 64 neurons in 1.'
    """
    sides = np.stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])  # (2, S)
    signs = np.sign(sides[1] - sides[0]).astype(int)
    won = Counter(signs.tolist())
    count = {2: "Two", 5: "Five", 10: "Ten"}.get(len(signs), str(len(signs)))
    fig, ax = figure(
        width=4.2,
        height=3.4,
        alt=f"{count} pairs joined by lines: {names[1]} higher in {won[1]}, {names[0]} in {won[-1]}.",
    )
    for pair, sign in zip(sides.T, signs, strict=True):
        marker, colour = WON[sign]
        ax.plot([0, 1], pair, marker=marker, color=colour)
    ax.set(xlim=(-0.3, 1.3), xticks=[0, 1], xticklabels=names, ylabel="test accuracy")
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    return fig


def right_and_wrong(networks: Mapping[str, ArrayLike], *, alt: str) -> Figure:
    """Draw which test images each network gets right: a row for each network, a column for each image.

    Parameters
    ----------
    networks : dict of str to (S, N) bool array
        For each kind S networks; equal columns are the same image. The columns are drawn in the order given.
    alt : str
        What is to be seen, for a reader who does not see it.

    Returns
    -------
    Figure

    Examples
    --------
    >>> right_and_wrong({"64": [[True, False]], "128": [[True, True]]}, alt="One image is hard for 64.")
    <Figure size 560x190 with 2 Axes>
    """
    rows = {name: np.asarray(right, dtype=bool) for name, right in networks.items()}
    height = 0.11 * sum(len(right) for right in rows.values()) + 0.58 * len(rows) + 0.52
    fig, axes = figure(len(rows), 1, width=READABLE_WIDTH, height=height, alt=alt, sharex=True, squeeze=False)
    for ax, (name, right) in zip(axes[:, 0], rows.items(), strict=True):
        picture(ax, right.astype(float), name)
        ax.set_aspect("auto")
    axes[-1, 0].set_xlabel("test images, the hardest first; white: right, black: wrong", fontsize=10.5)
    return fig


def stopped(steps: Sequence[int], widths: Mapping[int, ArrayLike], moment: int) -> Figure:
    """Draw test accuracy along the training, and what a comparison of widths at one moment says.

    Parameters
    ----------
    steps : list of T int
        When the networks were measured.
    widths : dict of int to (S, T) array
        For each number of neurons the test accuracy of S networks, as fractions.
    moment : int
        Where to stop; one of `steps`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> stopped([60, 120], {2: [[0.5, 0.6], [0.6, 0.7]], 8: [[0.6, 0.6], [0.7, 0.6]]}, 120).alt
    'Stopped after 120 steps: 2 neurons 65.0 %, 8 neurons 60.0 %. Best: 2 neurons.'
    """
    measured = {width: np.asarray(values, dtype=float) for width, values in widths.items()}
    at = list(steps).index(moment)
    now = {width: float(values[:, at].mean()) for width, values in measured.items()}
    best = max(now, key=lambda width: now[width])
    told = ", ".join(f"{width:,} neurons {100 * value:.1f} %" for width, value in now.items())
    fig, (above, below) = figure(
        2,
        1,
        width=5.4,
        height=5.4,
        height_ratios=(3, 2),
        alt=f"Stopped after {moment:,} steps: {told}. Best: {best:,} neurons.",
    )
    _along_the_way(above, steps, measured, moment)
    for place, (width, values) in enumerate(measured.items()):
        colour = VERMILION if width == best else BLUE
        below.scatter([place] * len(values), values[:, at], color=colour, s=16, alpha=0.5, linewidth=0)
        below.plot(place, now[width], marker=MARKERS[place], color=colour, markersize=9)
    every = np.concatenate([values.ravel() for values in measured.values()])
    below.set_xticks(range(len(measured)), [f"{width:,}" for width in measured])
    below.set(xlabel="neurons", ylabel="test accuracy", xlim=(-0.5, len(measured) - 0.5))
    below.set_title(
        f"stopped after {moment:,} steps: {best:,} neurons are best", fontsize=11, fontweight="normal"
    )
    bottom = float(np.quantile(every, 0.1))
    for ax in (above, below):
        ax.set_ylim(bottom, float(every.max()) + 0.01)
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return fig


def _along_the_way(
    ax: Any, steps: Sequence[int], widths: Mapping[int, NDArray[np.floating]], moment: int
) -> None:
    """Draw the mean of each width over the steps, and the moment as a line."""
    ends = {}
    for (width, values), marker in zip(widths.items(), MARKERS, strict=False):
        (line,) = ax.plot(steps, values.mean(axis=0), marker=marker, markevery=4, markersize=5, linewidth=1.6)
        ends[f"{width:,}"] = (float(values[:, -1].mean()), line.get_color())
    ax.axvline(moment, color=INK, linewidth=1.2)
    ax.set(xlabel="training steps", ylabel="test accuracy", xlim=(0, steps[-1]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    name_ends(ax, steps[-1], ends)


def at_rate(rates: Mapping[float, pd.DataFrame], rate: float) -> Figure:
    """Draw test accuracy against neurons at one learning rate for all, and pale what other rates give.

    Parameters
    ----------
    rates : dict of float to (W, S) DataFrame
        For each learning rate the test accuracies, as fractions: a row for each number of neurons, a column
        for each seed.
    rate : float
        The one to show.

    Returns
    -------
    Figure

    Examples
    --------
    >>> import pandas as pd
    >>> slow, fast = (pd.DataFrame(values, index=[64, 1024]) for values in ([[0.8], [0.9]], [[0.8], [0.7]]))
    >>> at_rate({0.001: slow, 0.01: fast}, 0.01).alt
    'A learning rate of 0.01 for all: 64 neurons 80.0 %, 1,024 neurons 70.0 %. Best: 64 neurons.'
    """
    means = rates[rate].mean(axis=1)
    place = int(means.to_numpy().argmax())
    best = means.index[place]
    told = ", ".join(f"{width:,} neurons {100 * value:.1f} %" for width, value in means.items())
    title = f"A learning rate of {rate:g} for all: "
    fig, ax = figure(width=5.4, height=3.4, alt=f"{title}{told}. Best: {best:,} neurons.")
    ax.set_title(f"{title}{best:,} neurons are best", fontsize=11, fontweight="normal")
    places = np.arange(len(means))
    for other in rates.values():
        ax.plot(places, other.mean(axis=1), color=GREY, linewidth=1, alpha=0.6)
    ax.plot(places, means, color=BLUE)
    for seed in rates[rate]:
        ax.plot(places, rates[rate][seed], linestyle="", marker="o", markersize=5, color=BLUE, alpha=0.6)
    ax.plot(place, means.iloc[place], marker="o", markersize=11, color=VERMILION)
    ax.set_xticks(places, [f"{width:,}" for width in means.index])
    ax.set(xlabel="neurons", ylabel="test accuracy")
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    lowest = min(float(other.to_numpy().min()) for other in rates.values())
    highest = max(float(other.to_numpy().max()) for other in rates.values())
    ax.set_ylim(lowest - 0.01, highest + 0.01)
    return fig
