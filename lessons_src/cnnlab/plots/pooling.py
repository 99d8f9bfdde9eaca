"""The figures of the lesson Pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.layers import avg_pool2d, max_pool2d
from cnnlab.plots.cells import matrices
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, READABLE_WIDTH, Figure, figure, in_signs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Pooling = Literal["max", "average", "first pixel only"]


def pooling_step(patch: NDArray[np.floating], position: int, kind: Pooling, kernel_size: int = 2) -> Figure:
    """Draw one step of a pooling without overlap: the window, and the output as far as it is known.

    Parameters
    ----------
    patch : (H, W) array in [0, 1]
    position : int
        Which output pixel is being made, row by row from 0.
    kind : "max", "average" or "first pixel only"
    kernel_size : int
        Side of the window, and its step.

    Returns
    -------
    Figure
    """
    output = _pool(patch, kernel_size, kind)
    row, column = divmod(position, output.shape[1])
    known = np.where(np.arange(output.size).reshape(output.shape) <= position, output, np.nan)
    corner = (row * kernel_size, column * kernel_size)
    return matrices(
        [patch, known],
        symbols=["→"],
        titles=["map", kind],
        highlights=[(*corner, kernel_size, kernel_size), (row, column, 1, 1)],
        shades=["grey", None],
        alt=f"Window {position + 1} gives the output pixel {in_signs(output[row, column])}.",
    )


def pooled(image: NDArray[np.floating], kernel_size: int, kind: Pooling) -> Figure:
    """Draw an image (H, W) in [0, 1] and what a pooling without overlap leaves of it, equally large."""
    small = _pool(image, kernel_size, kind)
    fig, axes = figure(
        1,
        2,
        width=5.2,
        height=2.9,
        alt=f"The image, {_size(image)} pixels, and its {kind} pooling with a window of {kernel_size}: "
        f"{_size(small)} pixels.",
    )
    picture(axes[0], image, f"{_size(image)}")
    picture(axes[1], small, f"{_size(small)}")
    return fig


def stripes(period: float, kind: Pooling) -> Figure:
    """Draw a row of stripes and what pooling in pairs makes of it; below, the same one pixel further.

    Parameters
    ----------
    period : float
        Of the stripes, in pixels: half of it dark, half of it bright.
    kind : "max", "average" or "first pixel only"

    Returns
    -------
    Figure
    """
    x = np.arange(32)
    waves = [((x - shift) % period >= period / 2).astype(float) for shift in (0, 1)]
    pooled_waves = [_pool(np.stack([wave, wave]), 2, kind) for wave in waves]
    fig, axes = figure(
        4,
        1,
        width=READABLE_WIDTH,
        height=2.9,
        alt=f"Stripes of {period:g} pixels. In pairs ({kind}): {_digits(pooled_waves[0])}; "
        f"one pixel further: {_digits(pooled_waves[1])}.",
    )
    words = ("stripes", "pooled", "one pixel on", "pooled")
    rows = (waves[0][None], pooled_waves[0], waves[1][None], pooled_waves[1])
    for ax, row, word in zip(axes, rows, words, strict=True):
        picture(ax, row)
        ax.set_aspect("auto")
        ax.set_ylabel(f"{word}  ", rotation=0, ha="right", va="center", fontsize=10.5)
    return fig


def _digits(pooled_wave: NDArray[np.floating]) -> str:
    return " ".join(in_signs(value) for value in pooled_wave[0])


def downstream(costs: Mapping[str, tuple[int, int]], poolings: int) -> Figure:
    """Draw how much poolings leave of each quantity, in percent of its value without pooling.

    Parameters
    ----------
    costs : dict of str to (without, with)
        The quantities, with their units in their names.
    poolings : int
        How many poolings, for the description.

    Returns
    -------
    Figure
    """
    words = "; ".join(
        f"{name}: {before:,} without, {after:,} with" for name, (before, after) in costs.items()
    )
    plural = "s" * (poolings != 1)
    fig, ax = figure(
        width=READABLE_WIDTH,
        height=0.85 * len(costs) + 0.4,
        alt=f"With {poolings} pooling{plural} of 2 × 2. {words}.",
    )
    for place, (name, (before, after)) in enumerate(costs.items()):
        ax.barh(place, 100, height=0.4, facecolor="none", edgecolor=GREY, linewidth=1)
        ax.barh(place, 100 * after / before, height=0.4, color=BLUE)
        ax.text(0, place - 0.34, f"{name}: {after:,}", fontsize=10.5, va="center")
    ax.set(xlim=(0, 101), xticks=[0, 25, 50, 75, 100], yticks=[], ylim=(len(costs) - 0.6, -0.6))
    ax.set_xlabel("what is left, in percent of the value without pooling", fontsize=10)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    return fig


def _pool(image: NDArray[np.floating], kernel_size: int, kind: Pooling) -> NDArray[np.floating]:
    """Pool (H, W) without overlap."""
    if kind == "first pixel only":
        return image[::kernel_size, ::kernel_size]
    pool = max_pool2d if kind == "max" else avg_pool2d
    return np.asarray(pool(image[None, None], kernel_size)[0, 0])


def _size(image: NDArray[np.floating]) -> str:
    return f"{image.shape[0]} × {image.shape[1]}"
