"""The figures of the lesson Doing without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, VERMILION, Figure, figure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


def recipes(
    series: Mapping[str, pd.DataFrame], *, levels: Mapping[str, float], alt: str, lowest: float = 0.0
) -> Figure:
    """Draw the test accuracy of several recipes, a row each: every seed, the mean and its interval.

    Parameters
    ----------
    series : dict of str to DataFrame
        For each recipe its rows of `cnnlab.atlas.load`, with the role "result": one stop, one learning rate,
        two seeds or more.
    levels : dict of str to float
        Accuracies to compare with, such as the nearest neighbour's: dashed lines with their names.
    alt : str
        What the rows show, for a reader who does not see them.
    lowest : float
        Where the axis begins; a level below is not drawn.

    Returns
    -------
    Figure
        With the same axis for all that begins at `lowest`.

    Raises
    ------
    ValueError
        If a seed occurs twice in a recipe, or there are fewer than two.
    """
    from cnnlab.atlas import interval

    fig, ax = figure(height=0.42 * len(series) + 1.4, alt=alt)
    for row, rows in enumerate(series.values()):
        mean, low, high = interval(rows)
        ax.plot([low, high], [row, row], color=BLUE, alpha=0.35, linewidth=7, solid_capstyle="butt")
        ax.scatter(rows["test_accuracy"], [row] * len(rows), 14, BLUE, alpha=0.6, linewidth=0)
        ax.plot([mean], [row], marker="D", color=BLUE)
    shown = sorted((level, name) for name, level in levels.items() if level > lowest)
    for number, (level, name) in enumerate(shown):
        ax.axvline(level, color=GREY, linestyle="--", linewidth=1.2)
        lines_above = number % 2  # names of neighbours stand one above the other
        ax.annotate(
            name,
            (level, -0.65),
            (0, 2 + 11 * lines_above),
            textcoords="offset points",
            ha="center",
            color=GREY,
            fontsize=9.5,
        )
    ax.set_yticks(range(len(series)), list(series))
    ax.set(xlabel="test accuracy", xlim=(lowest, 1), ylim=(len(series) - 0.5, -0.65))
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return fig


def slid(
    strip: ArrayLike, probabilities: ArrayLike, names: Sequence[str], place: int, *, side: int
) -> Figure:
    """Draw a window on a strip of pictures, and what a head that slides along says at each place.

    Parameters
    ----------
    strip : (H, W) array
        In [0, 1].
    probabilities : (classes, P) array
        For each of P places of the window, from left to right.
    names : list of str
        Of the classes.
    place : int
        The window's place, counted from 0.
    side : int
        The window's width in pixels; the places are spread evenly over the strip.

    Returns
    -------
    Figure

    Examples
    --------
    >>> slid([[0, 1, 0, 1]], [[0.9, 0.5, 0.2], [0.1, 0.5, 0.8]], ["bird", "cat"], 2, side=2).alt
    'The window at place 3 of 3: bird 20 %, cat 80 %.'
    """
    pixels, shares = np.asarray(strip, dtype=float), np.asarray(probabilities, dtype=float)
    H, W = pixels.shape
    P = shares.shape[1]
    left = (W - side) / (P - 1) * np.arange(P)  # of each window, in pixels
    said = ", ".join(
        f"{name} {share:.0%}".replace("%", " %") for name, share in zip(names, shares[:, place], strict=True)
    )
    fig, (above, below) = figure(
        2,
        height=4.0,
        height_ratios=[1, 1.5],
        sharex=True,
        alt=f"The window at place {place + 1} of {P}: {said}.",
    )
    above.imshow(pixels, cmap="gray", vmin=0, vmax=1, extent=(0, W, H, 0), aspect="equal")
    x = left[place] + np.array([0, side, side, 0, 0])
    above.plot(x, [0.4, 0.4, H - 0.4, H - 0.4, 0.4], color=VERMILION, linewidth=2.5)
    above.set(yticks=[], xlim=(0, W))
    above.grid(visible=False)
    middles = left + side / 2
    for name, share, marker in zip(names, shares, "osD", strict=False):
        below.plot(middles, share, marker=marker, markersize=4, label=name)
    below.axvline(middles[place], color=VERMILION, linewidth=1.5)
    below.set(ylim=(-0.03, 1.25), yticks=[0, 0.5, 1], xlabel="middle of the window (pixels)")
    below.set_ylabel("probability")
    below.legend(loc="upper center", ncols=len(names), fontsize=10)
    return fig


def activation_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], *, limit: float, title: str) -> Figure:
    """Draw an image, and beside it what each place adds to a class, with the animal's outline.

    Parameters
    ----------
    image : (H, W) array
        In [0, 1].
    maps : dict of str to (h, w) array
        With a name for each; signed values.
    limit : float
        The value at the ends of the colours: orange above zero, blue below.
    title : str

    Returns
    -------
    Figure

    Examples
    --------
    >>> activation_maps([[0, 1], [0, 1]], {"trained": [[-1.0, 2.0]]}, limit=2, title="cat").alt
    'cat. An image and maps: trained from −1 to 2.'
    """
    from cnnlab.plots.style import in_signs

    pixels = np.asarray(image, dtype=float)
    H, W = pixels.shape
    arrays = {name: np.asarray(values, dtype=float) for name, values in maps.items()}
    said = ", ".join(f"{name} from {in_signs(a.min())} to {in_signs(a.max())}" for name, a in arrays.items())
    fig, axes = figure(1, 1 + len(maps), height=2.1, alt=f"{title}. An image and maps: {said}.")
    picture(axes[0], pixels, "the image")
    padded = np.pad(pixels, 1)  # so that an animal at the border has an outline there, too
    across, down = np.arange(-0.5, W + 1), np.arange(-0.5, H + 1)
    for ax, (name, values) in zip(axes[1:], arrays.items(), strict=True):
        picture(ax, values, name, limit=limit)
        ax.images[0].set_extent((0, W, H, 0))
        ax.contour(across, down, padded, levels=[0.5], colors="black", linewidths=1.0)
        ax.set(xlim=(0, W), ylim=(H, 0))
    fig.suptitle(title, fontsize=11)
    return fig
