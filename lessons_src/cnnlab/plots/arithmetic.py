"""The figures of the lesson Arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from cnnlab.count import conv2d_output_size
from cnnlab.plots.cells import matrices
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    READABLE_WIDTH,
    Figure,
    figure,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_WINDOWS = 12  # that the figure has room for, whatever the setting
STEP = 0.55  # from one window down to the next


def windows_in_row(size: int, kernel_size: int, stride: int, padding: int) -> Figure:
    """Draw a row of pixels and, below it, every window that a kernel takes on its way.

    Padding is dotted; pixels that no window looks at are hatched.

    Parameters
    ----------
    size, kernel_size, stride, padding : int
        In pixels.

    Returns
    -------
    Figure
    """
    outputs = conv2d_output_size(size, kernel_size, stride, padding)
    looked_at = {first * stride + k - padding for first in range(outputs) for k in range(kernel_size)}
    missed = len(set(range(size)) - looked_at)
    words = f"{outputs} windows"
    if missed:
        words += f"; {missed} {'pixel' if missed == 1 else 'pixels'} of {size} in none"
    fig, ax = figure(width=READABLE_WIDTH, height=2.6, alt=f"{words}.")
    ax.set(xlim=(-2.1, size + 2.1), ylim=(1 + STEP * MOST_WINDOWS, -1.6), aspect="auto")
    ax.axis("off")
    ax.text(0, -1.1, words, fontsize=11, va="center")
    for place in range(-padding, size + padding):
        _pixel(ax, place, inside=0 <= place < size, seen=place in looked_at)
    for first in range(outputs):
        left = first * stride - padding
        ax.plot([left + 0.12, left + kernel_size - 0.12], [1 + STEP * first] * 2, color=BLUE, linewidth=5)
    return fig


def _pixel(ax: Any, place: int, *, inside: bool, seen: bool) -> None:
    box = Rectangle(
        (place + 0.06, -0.5),
        0.88,
        1,
        facecolor=GREY if inside and seen else "none",
        edgecolor=INK,
        linewidth=0.8,
        linestyle="-" if inside else ":",
        hatch="" if seen or not inside else "////",
    )
    ax.add_patch(box)


def coverage(looks: NDArray[np.floating]) -> Figure:
    """Draw how many windows look at each pixel, (H, W)."""
    unseen = int((looks == 0).sum())
    return matrices(
        [looks],
        shades=["signed"],
        alt=f"Pixels are looked at {int(looks.min())} to {int(looks.max())} times; {unseen} of "
        f"{looks.size} never.",
    )


def receptive_fields(image: NDArray[np.floating], widths: Sequence[int], names: Sequence[str]) -> Figure:
    """Draw on an image (H, W) what one value sees after each layer, as squares around the middle.

    Parameters
    ----------
    image : (H, W) array in [0, 1]
    widths : list of int
        Of the receptive field after each layer, in pixels.
    names : list of str
        Of the layers.

    Returns
    -------
    Figure
    """
    told = ", ".join(f"{name} {width}" for name, width in zip(names, widths, strict=True))
    fig, ax = figure(width=4.6, height=3.0, alt=f"Receptive fields drawn on the image, in pixels: {told}.")
    picture(ax, image)
    middle = len(image) // 2
    for width, name, colour in zip(widths, names, (BLUE, ORANGE, GREEN, PURPLE), strict=False):
        corner = middle - width // 2 - 0.5
        ax.add_patch(
            Rectangle((corner, corner), width, width, facecolor="none", edgecolor=colour, linewidth=2)
        )
        ax.plot([], [], color=colour, label=f"{width} × {width} after {name}")
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=10)
    return fig


def ratios(start: Mapping[str, float], changes: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw each change of a setting: what it makes of each quantity, as a multiple of the start.

    Parameters
    ----------
    start : dict of str to number
        The quantities at the start.
    changes : dict of str to dict
        For each change the same quantities.

    Returns
    -------
    Figure
    """
    multiples = {name: [after[key] / start[key] for key in start] for name, after in changes.items()}
    told = "; ".join(
        f"{name}: " + ", ".join(f"{key} × {value:.3g}" for key, value in zip(start, row, strict=True))
        for name, row in multiples.items()
    )
    fig, axes = figure(
        1,
        len(start),
        width=READABLE_WIDTH,
        height=0.4 * len(changes) + 0.9,
        sharey=True,
        squeeze=False,
        alt=f"{told}.",
    )
    places = np.arange(len(changes))
    for column, (ax, quantity) in enumerate(zip(axes[0], start, strict=True)):
        values = [row[column] for row in multiples.values()]
        ax.barh(places, values, height=0.55, color=BLUE)
        ax.axvline(1, color=INK, linewidth=1)
        for place, value in zip(places, values, strict=True):
            ax.text(max(value, 1) + 0.1, place, f"× {value:.3g}", va="center", fontsize=10)
        ax.set_title(quantity, fontweight="normal", fontsize=10.5)
        ax.set(xlim=(0, 4.2), xticks=[0, 1, 2, 3], yticks=places, ylim=(len(changes) - 0.5, -0.5))
    axes[0, 0].set_yticklabels(list(changes))
    return fig
