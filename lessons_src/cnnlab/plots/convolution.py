"""The figures of the lesson Convolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.layers import conv2d
from cnnlab.plots.cells import matrices
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import READABLE_WIDTH, Figure, figure, in_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.floating]


def correlation_step(patch: Map, kernel: Map, position: int) -> Figure:
    """Draw one step of a cross-correlation: the window, the kernel, and the output as far as it is known.

    Parameters
    ----------
    patch : (H, W) array in [0, 1]
    kernel : (F, F) array
    position : int
        Which output pixel is being made, row by row from 0.

    Returns
    -------
    Figure
    """
    output = _correlate(patch, kernel)  # (Ho, Wo)
    row, column = divmod(position, output.shape[1])
    known = np.where(np.arange(output.size).reshape(output.shape) <= position, output, np.nan)
    F = len(kernel)
    value = in_signs(output[row, column])
    return matrices(
        [patch, kernel, known],
        symbols=["∗", "="],
        titles=["image", "kernel", "output"],
        highlights=[(row, column, F, F), None, (row, column, 1, 1)],
        shades=["grey", "signed", None],
        alt=f"The window covers rows {row + 1} to {row + F} and columns {column + 1} to {column + F} of the "
        f"image; the output pixel in row {row + 1}, column {column + 1} is {value}.",
    )


def detector(kernel: Map, images: Sequence[Map]) -> Figure:
    """Draw images (H, W) with values in [0, 1], and below each what a kernel (F, F) makes of it.

    The kernel stands at the left. Each picture of signed values has a scale of its own: blue is
    below zero, orange above.
    """
    columns = len(images) + 1
    fig, axes = figure(
        2, columns, width=READABLE_WIDTH, height=2.7, alt=f"{len(images)} images, a kernel and its responses."
    )
    axes[1, 0].remove()
    picture(axes[0, 0], kernel, "kernel", limit=max(1.0, float(np.abs(kernel).max())))
    for (row, column), weight in np.ndenumerate(kernel):
        axes[0, 0].text(
            column,
            row,
            in_signs(float(weight)),
            ha="center",
            va="center",
            fontsize=9,
            color=_ink(kernel, float(weight)),
        )
    for column, image in enumerate(images, start=1):
        picture(axes[0, column], image)
        response = _correlate(image, kernel)
        low, high = in_signs(response.min()), in_signs(response.max())
        picture(axes[1, column], response, f"{low} to {high}", limit=float(np.abs(response).max()))
    return fig


def equivariance(image: Map, layer: Callable[[Map], Map], shift: int) -> Figure:
    """Draw what a layer makes of a shifted image, and beside it the shifted answer to the image.

    Parameters
    ----------
    image : (H, W) array in [0, 1]
        With room for the shift: what leaves at one side comes back at the other.
    layer : function from (H, W) to a map
    shift : int
        To the right, in pixels.

    Returns
    -------
    Figure
    """
    first = layer(np.roll(image, shift, axis=1))
    last = np.roll(layer(image), shift, axis=1)
    largest = in_signs(np.abs(first - last).max())
    limit = float(np.abs(last).max())
    fig, axes = figure(
        1,
        4,
        width=READABLE_WIDTH,
        height=1.9,
        alt=f"The image shifted right by {shift} pixels; the layer's answer to it; the layer's answer to the "
        f"image, shifted afterwards; the two differ by at most {largest}.",
    )
    picture(axes[0], np.roll(image, shift, axis=1), "shifted image")
    picture(axes[1], first, "shift, layer", limit=limit)
    picture(axes[2], last, "layer, shift", limit=limit)
    picture(axes[3], first - last, f"differ by {largest}", limit=limit)
    return fig


def _correlate(image: Map, kernel: Map) -> Map:
    """Cross-correlate (H, W) with (F, F)."""
    return np.asarray(conv2d(image[None, None], kernel[None, None].astype(image.dtype))[0, 0])


def _ink(values: Map, value: float) -> str:
    return "#ffffff" if abs(value) > 0.55 * max(1.0, np.abs(values).max()) else "#111111"
