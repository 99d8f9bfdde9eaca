"""The figures of the lesson "What does compression keep?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREEN, GREY, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARKERS = {"no network": ("D", GREY), "untrained": ("o", BLUE), "trained": ("s", VERMILION)}
ROW = 0.27  # inches
GAP = 1  # pixels between two images of a row

Rows = Mapping[str, Mapping[str, Sequence[float]]]


def dots(groups: Mapping[str, Rows], *, xlabel: str, alt: str) -> Figure:
    """Draw shares as dots, one row each, so that a trained network stands beside an untrained one.

    Parameters
    ----------
    groups : dict of str to dict of str to dict of str to list of float
        For each group its rows, for each row what was measured: "untrained", "trained" or "no network", with
        one number for each seed, from 0 to 1.
    xlabel : str
        What the numbers are.
    alt : str
        What the dots show, for a reader who does not see them.

    Returns
    -------
    Figure

    Examples
    --------
    >>> rows = {"12,544 values": {"untrained": [0.95, 0.96], "trained": [0.96]}}
    >>> dots({"Which animal?": rows}, xlabel="accuracy", alt="Three dots close together.")
    <Figure size 560x166 with 1 Axes>
    """
    lines = sum(1 + len(rows) for rows in groups.values())
    fig, ax = figure(width=READABLE_WIDTH, height=ROW * lines + 1.12, alt=alt)
    heights, names, place, drawn = [], [], 0.0, {}
    for group, rows in groups.items():
        ax.annotate(group, (0.01, place), xycoords=("axes fraction", "data"), va="center", fontweight="bold")
        for name, measured in rows.items():
            place += 1
            for kind, values in measured.items():
                marker, colour = MARKERS[kind]
                drawn[kind] = ax.scatter(
                    values, [place] * len(values), marker=marker, color=colour, alpha=0.75, s=42, linewidth=0
                )
            heights.append(place)
            names.append(name)
        place += 1
    ax.set_yticks(heights, names)
    ax.set(ylim=(place - 0.4, -0.6), xlabel=xlabel)
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    kinds = [kind for kind in MARKERS if kind in drawn]
    fig.legend([drawn[kind] for kind in kinds], kinds, loc="outside upper center", ncols=3, frameon=False)
    return fig


def through_rank(
    images: Sequence[NDArray[np.floating]],
    titles: Sequence[str],
    rank: int,
    *,
    accuracy: float,
    parameters: int,
    full: int,
) -> Figure:
    """Draw what a layer of some rank lets through: pictures made from it, the accuracy, the parameters.

    Parameters
    ----------
    images : list of (H, W) arrays in [0, 1]
    titles : list of str
        One above each picture.
    rank : int
        Of the layer.
    accuracy : float
        Of the network with this layer.
    parameters, full : int
        Of the layer written as two factors, and of the layer as it was.

    Returns
    -------
    Figure
    """
    share = parameters / full
    fig = figure(
        2,
        len(images),
        width=READABLE_WIDTH,
        height=3.5,
        height_ratios=[2.1, 1],
        alt=f"Rank {rank:,}: accuracy {100 * accuracy:.1f} %, {parameters:,} parameters, "
        f"{100 * share:.1f} % of {full:,}.",
    )[0]
    axes = np.array(fig.axes).reshape(2, len(images))
    for ax, image, title in zip(axes[0], images, titles, strict=True):
        picture(ax, image, title)
    grid = axes[1, 0].get_gridspec()
    for ax in axes[1]:
        ax.remove()
    bars: Any = fig.add_subplot(grid[1, :], axes_class=type(axes[0, 0]))
    for place, (value, colour, words) in enumerate(
        [
            (accuracy, VERMILION, f"accuracy: {100 * accuracy:.1f} %"),
            (share, BLUE, f"parameters: {parameters:,} ({100 * share:.1f} %)"),
        ]
    ):
        bars.barh(place, 1, height=0.34, facecolor="none", edgecolor=GREY, linewidth=1)
        bars.barh(place, value, height=0.34, color=colour)
        bars.text(0, place - 0.38, words, fontsize=10.5, va="center")
    bars.set(xlim=(0, 1.1), ylim=(1.3, -0.7))
    bars.set_axis_off()  # no white sheet on a dark page either
    return fig


def two_directions(
    panels: Mapping[str, NDArray[np.floating]], labels: NDArray[np.integer], names: Sequence[str], *, alt: str
) -> Figure:
    """Draw images as dots in a plane, by two numbers of each, coloured by class.

    Parameters
    ----------
    panels : dict of str to (N, 2) array
        For each panel's title the two numbers of each image.
    labels : (N,) array
    names : list of str
        The classes, three at most.
    alt : str
        What the dots show, for a reader who does not see them.

    Returns
    -------
    Figure
    """
    fig, axes = figure(1, len(panels), width=READABLE_WIDTH, height=3.2, alt=alt, squeeze=False)
    styles = list(zip(names, "os^", (BLUE, VERMILION, GREEN), strict=False))
    handles = []
    for ax, (title, points) in zip(axes[0], panels.items(), strict=True):
        handles = [
            ax.scatter(*points[labels == number].T, marker=marker, color=colour, s=16, alpha=0.7, linewidth=0)
            for number, (_, marker, colour) in enumerate(styles)
        ]
        ax.set_title(title, fontweight="normal", loc="center")
        ax.set(xticks=[], yticks=[], xlabel="first direction")
    axes[0, 0].set_ylabel("second direction")
    fig.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    return fig


def strips(
    rows: Mapping[str, NDArray[np.floating]],
    *,
    alt: str,
    names: Mapping[str, Sequence[str]] | None = None,
) -> Figure:
    """Draw rows of images, each row with its title, each image with its name below if it has one.

    Parameters
    ----------
    rows : dict of str to (N, H, W) array in [0, 1]
        For each row's title its images, as many in one row as in the others.
    alt : str
        What the images show, for a reader who does not see them.
    names : dict of str to list of str, optional
        For each row's title a name for each image.

    Returns
    -------
    Figure

    Examples
    --------
    >>> strips({"before": np.zeros((3, 28, 28)), "after": np.ones((3, 28, 28))}, alt="Black, then white.")
    <Figure size 420x346 with 2 Axes>
    """
    count, height, width = next(iter(rows.values())).shape
    side = min(1.4, READABLE_WIDTH / count)
    fig, axes = figure(
        len(rows), 1, width=count * side, height=(side + (0.5 if names else 0.33)) * len(rows), alt=alt
    )
    for ax, (title, images) in zip(axes, rows.items(), strict=True):
        # One picture a row: a frame is drawn many times faster than with axes for each image.
        strip = np.full((height, count * (width + GAP) - GAP), 0.5)
        for number, image in enumerate(images):
            left = number * (width + GAP)
            strip[:, left : left + width] = image
            if names:
                ax.text(
                    left + width / 2, height + 1, names[title][number], ha="center", va="top", fontsize=10
                )
        picture(ax, strip, title)
        ax.spines[:].set_visible(False)
    return fig
