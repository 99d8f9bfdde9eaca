"""The figures of the lesson on the number of kernels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, INK, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from cnnlab.atlas import Interval

GREYS = 32  # so few shades that a page of pictures stays small


def kernel_at_work(
    kernel: NDArray[np.floating], maps: Mapping[str, NDArray[np.floating]], title: str
) -> Figure:
    """Draw a kernel's weights and what it makes of some images.

    Parameters
    ----------
    kernel : (F, F) array
        Blue below zero, orange above, up to its largest weight.
    maps : dict of str to (H, W) array
        Its maps after ReLU, with the names of the images; white is the largest value of these maps.
    title : str
        What is known of the kernel, such as "Kernel 3: silent".

    Returns
    -------
    Figure
    """
    brightest = max(float(values.max()) for values in maps.values())
    seen = ", ".join(f"{name} {'black' if not values.any() else 'lit'}" for name, values in maps.items())
    fig, axes = figure(1, 1 + len(maps), width=READABLE_WIDTH, height=2.0, alt=f"{title}. Maps: {seen}.")
    fig.suptitle(title, x=0.02, ha="left", fontsize=11.5)
    picture(axes[0], kernel, "weights", limit=float(np.abs(kernel).max()) or 1.0)
    for ax, (name, values) in zip(axes[1:], maps.items(), strict=True):
        picture(ax, _in_greys(values, brightest), name)
    return fig


def maps_of_layer(maps: NDArray[np.floating], brightest: ArrayLike, title: str) -> Figure:
    """Draw all maps of a layer as one board, and cross out those that no image lights up.

    Parameters
    ----------
    maps : (K, H, W) array
        After ReLU, of one image.
    brightest : (K,) array
        The largest value of each map over many images, drawn white; 0 for a silent map.
    title : str
        Which layer, network and image.

    Returns
    -------
    Figure
    """
    K, H, W = maps.shape
    top = np.asarray(brightest, dtype=float)
    silent = int((top <= 0).sum())
    columns = int(np.ceil(np.sqrt(K)))
    rows = -(-K // columns)
    words = f"{title}: {silent} of {K} silent"
    fig, ax = figure(width=4.2, height=4.2 * rows / columns + 0.4, alt=f"{words}.")
    board = np.zeros((rows * H, columns * W))
    crosses = []
    for place, (values, most) in enumerate(zip(maps, top, strict=True)):
        row, column = place // columns * H, place % columns * W
        board[row : row + H, column : column + W] = _in_greys(values, most)
        if most <= 0:
            crosses.append((column + W / 2 - 0.5, row + H / 2 - 0.5))
    picture(ax, board, words)
    if crosses:
        ax.scatter(*np.transpose(crosses), marker="x", s=90, color=VERMILION, linewidth=2)
    ax.hlines(np.arange(1, rows) * H - 0.5, -0.5, columns * W - 0.5, color=GREY, linewidth=1)
    ax.vlines(np.arange(1, columns) * W - 0.5, -0.5, rows * H - 0.5, color=GREY, linewidth=1)
    return fig


def _in_greys(values: NDArray[np.floating], brightest: float) -> NDArray[np.floating]:
    """Scale values ≥ 0 to [0, 1], in a few steps."""
    return np.asarray(np.round(np.clip(values / (brightest or 1.0), 0, 1) * GREYS) / GREYS)


def accuracy_for_cost(
    networks: Mapping[str, tuple[float, Interval]],
    *,
    cost: str,
    highlight: Collection[str] = (),
    levels: Mapping[str, float],
) -> Figure:
    """Draw how well networks test, one row each, the cheapest first.

    Parameters
    ----------
    networks : dict of str to (float, Interval)
        By name: the cost, and the mean and bounds of the test accuracy.
    cost : str
        What the cost is, such as "parameters".
    highlight : collection of str
        Networks in another colour, with a square for a dot.
    levels : dict of str to float
        Accuracies to compare with: dashed lines with their names.

    Returns
    -------
    Figure
    """
    rows = sorted(networks.items(), key=lambda item: item[1][0])
    told = "; ".join(f"{name}, {value:,.0f}: {100 * measured.mean:.0f} %" for name, (value, measured) in rows)
    fig, ax = figure(
        width=READABLE_WIDTH, height=0.36 * len(rows) + 1.2, alt=f"Test accuracy by {cost}. {told}."
    )
    for place, (name, (_, (mean, low, high))) in enumerate(rows):
        marked = name in highlight
        colour = VERMILION if marked else BLUE
        ax.plot([low, high], [place, place], color=colour)
        ax.plot([mean], [place], color=colour, marker="s" if marked else "o")
    for name, level in levels.items():
        ax.axvline(level, color=GREY, linestyle="--", linewidth=1.4)
        ax.annotate(
            name,
            (level, len(rows) + 0.1),
            xytext=(4, 4),
            textcoords="offset points",
            color=GREY,
            fontsize=10,
        )
    ax.set_yticks(range(len(rows)), [f"{name}: {value:,.0f}" for name, (value, _) in rows])
    for label, (name, _) in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_color(VERMILION if name in highlight else INK)
    ax.set(xlabel="test accuracy", ylim=(len(rows) + 0.1, -0.5))
    ax.set_title(cost, fontsize=11, fontweight="normal")
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return fig
