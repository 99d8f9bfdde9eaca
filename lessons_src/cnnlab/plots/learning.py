"""The figures of the lesson The way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import NullLocator

from cnnlab.plots.cells import Shade, draw_cells
from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, READABLE_WIDTH, VERMILION, Figure, figure, in_signs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CELL = 0.42  # inches
WIDE = READABLE_WIDTH / CELL  # cells that fit side by side
HIGH, TOP = 8.6, 3.4  # cells: the height of `way_back`, and where its matrices begin
LEAST_WIDTH = 2.4  # cells, so that a title fits above a column of numbers
SMALLEST = 1e-17  # what is drawn for a difference of zero, where an axis has no zero
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def way_back(journey: Mapping[str, tuple[str, Mapping[str, ArrayLike]]], number: int) -> Figure:
    """Draw one step of a gradient's way from the loss back to the image.

    Parameters
    ----------
    journey : dict of str to (str, dict)
        For each layer, the last one first: its rule in words, and up to four small matrices (H, W) by their
        titles. The first is what the layer saw on the way forward, the others are gradients: blue below
        zero, orange above.
    number : int
        Which layer, from 0.

    Returns
    -------
    Figure
    """
    layers = list(journey)
    here = layers[number]
    rule, given = journey[here]
    matrices = {title: np.asarray(values, dtype=float) for title, values in given.items()}
    said = "; ".join(f"{title}: {_rows(values)}" for title, values in matrices.items())
    fig, ax = figure(
        width=READABLE_WIDTH, height=HIGH * CELL, alt=f"Step {number + 1}, {here}: {rule}. {said}."
    )
    ax.set(xlim=(0, WIDE), ylim=(HIGH, 0), aspect="equal")
    ax.axis("off")
    _stations(ax, layers[::-1], here, done=layers[:number])
    ax.text(0.1, 1.75, rule, va="center", fontsize=11)
    widths = [max(values.shape[1], LEAST_WIDTH) for values in matrices.values()]
    gap = min((WIDE - 0.2 - sum(widths)) / (len(widths) - 1), 1.2)
    left = 0.1
    for place, (title, values) in enumerate(matrices.items()):
        ax.text(left, TOP - 0.3, title, va="baseline", fontsize=11)
        shade: Shade | None = "signed" if place else None
        draw_cells(ax, values, left, TOP, annotate=True, shade=shade, points=CELL * 72)
        left += widths[place] + gap
    return fig


def _stations(ax: Any, layers: Sequence[str], here: str, done: Sequence[str]) -> None:
    """Write the layers in a row, in the order of the way forward, and mark how far the gradient has come."""
    step = WIDE / len(layers)
    for place, layer in enumerate(layers):
        colour = VERMILION if layer == here else BLUE if layer in done else GREY
        weight = "bold" if layer == here else "normal"
        ax.text(
            step * (place + 0.5),
            0.6,
            layer,
            ha="center",
            va="center",
            color=colour,
            weight=weight,
            fontsize=11,
        )
        if place:
            ax.text(step * place, 0.6, "←", ha="center", va="center", color=GREY, fontsize=11)


def _rows(values: NDArray[np.floating]) -> str:
    return " / ".join(" ".join(in_signs(value) for value in row) for row in values)


def nudges(steps: Sequence[float], errors: Mapping[str, ArrayLike], chosen: float) -> Figure:
    """Draw how wrong a derivative by nudging is, over the size of the nudge, both in powers of ten.

    Parameters
    ----------
    steps : list of S numbers
        Sizes of the nudge.
    errors : dict of str to (S,) array
        For each precision the error, relative to the derivative.
    chosen : float
        The step to mark; one of `steps`.

    Returns
    -------
    Figure
    """
    place = list(steps).index(chosen)
    told = ", ".join(f"{name} {_in_words(np.asarray(values)[place])}" for name, values in errors.items())
    fig, ax = figure(width=5.4, height=3.4, alt=f"With a nudge of {_power(chosen)} the error is: {told}.")
    ax.axvline(chosen, color=GREY, linewidth=1.2)
    for (name, values), colour, marker in zip(errors.items(), (VERMILION, BLUE), "os", strict=True):
        line = np.asarray(values)
        ax.plot(steps, line, color=colour, marker=marker, markersize=4)
        ax.plot([chosen], line[place], color=colour, marker=marker, markersize=10)
        ax.annotate(
            f"{name}: {_in_words(line[place])}",
            (0.03, 0.06 if colour == BLUE else 0.15),
            xycoords="axes fraction",
            color=colour,
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "none", "edgecolor": "none"},
        )
    ax.set(xscale="log", yscale="log", xlabel="size of the nudge", ylabel="error (share of the gradient)")
    ax.set_ylim(bottom=10.0 ** (np.floor(np.log10(min(np.min(v) for v in errors.values()))) - 2))
    _powers_of_ten(ax)
    return fig


def along_gradient(
    rates: Sequence[float], losses: ArrayLike, start: float, slope: float, chosen: float
) -> Figure:
    """Draw the loss after one step against the gradient, over the learning rate.

    Parameters
    ----------
    rates : list of S numbers
        Learning rates.
    losses : (S,) array
        The loss after a step of that size, in nats.
    start : float
        The loss before.
    slope : float
        What the gradient promises: by how much the loss falls for each unit of the learning rate.
    chosen : float
        The rate to mark; one of `rates`.

    Returns
    -------
    Figure
    """
    heights = np.asarray(losses, dtype=float)
    after = float(heights[list(rates).index(chosen)])
    fall = start - float(heights.min())
    bottom, top = start - 2 * fall, start + 2 * fall
    verdict = "lower" if after < start else "higher"
    words = f"Learning rate {chosen:g}: {_loss(start)} before, {_loss(after)} after the step"
    fig, ax = figure(width=5.4, height=3.4, alt=f"{words}, {verdict}.")
    ax.set_title(words, fontsize=11, fontweight="normal", loc="left")
    ax.axhline(start, color=GREY, linewidth=1.2, linestyle=":")
    ax.plot(rates, np.clip(heights, bottom, top + fall), color=BLUE, marker="o", markersize=4)
    fine = np.geomspace(min(rates), max(rates), 60)
    ax.plot(fine, np.maximum(start - slope * fine, bottom - fall), color=VERMILION, linestyle="--")
    seen = min(after, top)
    ax.plot([chosen], [seen], color=VERMILION, marker="^" if after > top else "o", markersize=10)
    ax.set(xscale="log", ylim=(bottom, top), xlabel="learning rate", ylabel="loss after the step (nats)")
    ax.set_xticks([rate for rate in rates if np.isclose(np.log10(rate) % 1, 0)])
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    return fig


def agreement(
    ours: Sequence[float], theirs: Sequence[float], differences: Mapping[str, ArrayLike], every: int
) -> Figure:
    """Draw the losses of two trainings on top of each other, and below by how much they differ.

    Parameters
    ----------
    ours, theirs : list of S numbers
        The loss of each step: of NumPy, and of PyTorch.
    differences : dict of str to (S,) array
        For each precision the distance between the two losses of a step.
    every : int
        Steps that are drawn as one point: their mean loss, their largest difference.

    Returns
    -------
    Figure
    """
    largest = {name: float(np.max(values)) for name, values in differences.items()}
    told = ", ".join(f"{_power(value)} in {name}" for name, value in largest.items())
    fig, (above, below) = figure(
        2,
        1,
        width=5.4,
        height=5.2,
        sharex=True,
        alt=f"Two loss curves that fall together; they differ by at most about {told}.",
    )
    steps = every * (np.arange(len(ours) // every) + 0.5)
    mine, twin = (np.reshape(losses, (-1, every)).mean(axis=1) for losses in (ours, theirs))
    above.plot(steps, mine, color=BLUE, linewidth=7, alpha=0.35)
    above.plot(steps, twin, color=VERMILION, linewidth=1.6, linestyle="--")
    above.set(ylabel="loss (nats)", ylim=(0, None))
    above.text(0.98, 0.9, "NumPy, wide and pale", color=BLUE, transform=above.transAxes, ha="right")
    above.text(0.98, 0.77, "PyTorch, dashed", color=VERMILION, transform=above.transAxes, ha="right")
    for (name, values), colour in zip(differences.items(), (VERMILION, BLUE), strict=True):
        worst = np.reshape(values, (-1, every)).max(axis=1)
        below.plot(steps, np.maximum(worst, SMALLEST), color=colour)
        below.annotate(
            name,
            (steps[-1], max(worst[-1], SMALLEST)),
            xytext=(-2, -16),
            color=colour,
            textcoords="offset points",
            ha="right",
        )
    below.set(yscale="log", xlabel="step", ylabel="difference (nats)", ylim=(SMALLEST / 100, 10))
    _powers_of_ten(below)
    below.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    return fig


def weights_moving(history: Mapping[str, NDArray[np.floating]], epoch: int) -> Figure:
    """Draw groups of weights in the middle of a training, and below how they differ from their start.

    Parameters
    ----------
    history : dict of str to (E, K, H, W) array
        For each group its K maps at the start and after each epoch; they stand in a square, row by row.
    epoch : int
        Which of the E moments.

    Returns
    -------
    Figure
    """
    after = f"After {epoch} epoch{'s' * (epoch != 1)}"
    moved = {name: _length(maps[epoch] - maps[0]) / _length(maps[0]) for name, maps in history.items()}
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in moved.items())
    fig, axes = figure(
        2,
        len(history),
        width=READABLE_WIDTH,
        height=3.5,
        alt=f"{after}. Moved, in percent of the length at the start: {told}.",
    )
    limits: dict[tuple[int, ...], float] = {}  # one scale for maps of one size; few weights are beyond it
    for maps in history.values():
        limits[maps.shape] = max(limits.get(maps.shape, 0.0), float(np.quantile(np.abs(maps), 0.99)))
    for (name, maps), column in zip(history.items(), axes.T, strict=True):
        limit = limits[maps.shape]
        _mosaic(column[0], maps[epoch] / limit, name)
        _mosaic(column[1], (maps[epoch] - maps[0]) / limit, f"moved {100 * moved[name]:.0f} %")
    for ax, word in zip(axes[:, 0], (after.lower(), "change"), strict=True):
        ax.set_ylabel(word, fontsize=10.5)
    return fig


def _length(weights: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(weights))


def _mosaic(ax: Any, maps: NDArray[np.floating], title: str) -> None:
    """Draw K maps (H, W) with values around −1 to 1 as one square, with a line between each two."""
    K, H, W = maps.shape
    side = int(np.ceil(np.sqrt(K)))
    board = np.zeros((side * H, side * W))
    for place, values in enumerate(maps):
        row, column = place // side * H, place % side * W
        board[row : row + H, column : column + W] = values
    picture(ax, np.round(16 * board) / 16, title, limit=1.0)  # so few colours that the picture stays small
    lines = {"colors": GREY, "linewidth": 1}
    ax.hlines(np.arange(1, side) * H - 0.5, -0.5, side * W - 0.5, **lines)
    ax.vlines(np.arange(1, side) * W - 0.5, -0.5, side * H - 0.5, **lines)


def _powers_of_ten(ax: Any) -> None:
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(lambda value, _: _power(value))
            axis.set_minor_locator(NullLocator())


def _power(value: float) -> str:
    """Write the power of ten that is nearest to a positive number.

    >>> _power(0.002)
    '10⁻³'
    """
    return "0" if value == 0 else f"10{str(round(np.log10(value))).translate(SUPERSCRIPTS)}"


def _in_words(error: float) -> str:
    if error < 1e-4:
        return f"about {_power(error)}"
    return f"{100 * error:,.0f} %" if error >= 0.1 else f"{100 * error:.2g} %"


def _loss(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:,.0f}"
