"""The figures of the lesson Pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.layers import avg_pool2d, max_pool2d
from cnnlab.plots.cells import matrices
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, Figure, figure, in_signs

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
    """Draw stripes of a period in pixels, and what pooling two by two makes of them, now and one pixel on."""
    x = np.arange(32)
    fig, axes = figure(
        2,
        2,
        width=5.6,
        height=3.3,
        sharey=True,
        alt=f"Stripes of period {period:g} pixels and their pooling ({kind}); below, one pixel further.",
    )
    for (line, short), shift in zip(axes, (0, 1), strict=True):
        wave = ((x - shift) % period >= period / 2).astype(float)
        small = _pool(np.stack([wave, wave]), 2, kind)[0]
        line.stairs(wave, fill=True, color=GREY)
        short.stairs(small, fill=True, color=BLUE)
        line.set_ylabel("one pixel on" if shift else "stripes", fontsize=10)
    axes[0, 0].set_title("32 pixels", fontweight="normal")
    axes[0, 1].set_title(f"after pooling, {kind}: 16", fontweight="normal")
    for ax in axes.flat:
        ax.set(ylim=(0, 1.05), xticks=[], yticks=[0, 1])
        ax.grid(visible=False)
    return fig


def downstream(costs: Mapping[str, tuple[int, int]], poolings: int) -> Figure:
    """Draw what poolings change: for each quantity its value without pooling and with them, on a log scale.

    Parameters
    ----------
    costs : dict of str to (without, with)
        The quantities, with their units in their names.
    poolings : int
        How many poolings, for the title.

    Returns
    -------
    Figure
    """
    words = "; ".join(
        f"{name}: {before:,} without, {after:,} with" for name, (before, after) in costs.items()
    )
    fig, ax = figure(
        width=6.0, height=0.75 * len(costs) + 0.6, alt=f"With {poolings} poolings of 2 × 2. {words}."
    )
    for place, (before, after) in enumerate(costs.values()):
        ax.barh(place, before, height=0.6, color=GREY, alpha=0.35)
        ax.barh(place, after, height=0.6, color=BLUE)
        ax.annotate(
            f"{after:,}", (before, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=10
        )
    largest = max(before for before, _ in costs.values())
    ax.set(xscale="log", xlim=(100, largest * 25), yticks=range(len(costs)), ylim=(len(costs) - 0.4, -0.6))
    ax.set_yticklabels(list(costs))
    ax.set_xlabel("log scale; grey: without pooling", fontsize=10)
    ax.minorticks_off()
    return fig


def _pool(image: NDArray[np.floating], kernel_size: int, kind: Pooling) -> NDArray[np.floating]:
    """Pool (H, W) without overlap."""
    if kind == "first pixel only":
        return image[::kernel_size, ::kernel_size]
    pool = max_pool2d if kind == "max" else avg_pool2d
    return np.asarray(pool(image[None, None], kernel_size)[0, 0])


def _size(image: NDArray[np.floating]) -> str:
    return f"{image.shape[0]} × {image.shape[1]}"
