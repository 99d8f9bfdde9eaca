"""Small matrices with their numbers written in, for what is worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.patches import Rectangle

from cnnlab.plots.style import INK, MAX_WIDTH, SIGNED, VERMILION, Figure, figure, in_signs, one_each

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Shade = Literal["grey", "signed"]
Window = tuple[int, int, int, int]
"""A part of a matrix: first row, first column, rows, columns."""

GAP = 0.7  # cells between a matrix and the symbol beside it
CELL = 0.5  # inches
ON_DARK, ON_LIGHT = "#ffffff", "#111111"  # numbers on a shaded cell keep their colour in light and dark pages


def matrix(
    values: ArrayLike,
    *,
    alt: str,
    title: str = "",
    annotate: bool = True,
    highlight: Window | None = None,
    shade: Shade | None = None,
) -> Figure:
    """Draw a small matrix as cells with its numbers written in.

    Parameters
    ----------
    values : (H, W) array
    alt : str
        What the matrix shows, for a reader who does not see it.
    title : str
        Written above.
    annotate : bool
        Whether the numbers are written in.
    highlight : (row, column, rows, columns), optional
        A part that gets a thick coloured frame.
    shade : "grey" or "signed", optional
        Colours the cells: "grey" from black at 0 to white at 1; "signed" blue below zero and orange above.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `values` has not two dimensions, or the highlighted part lies outside.

    Examples
    --------
    >>> matrix([[1, 2], [3, 4]], alt="Two rows: 1, 2 and 3, 4.")
    <Figure size 110x110 with 1 Axes>
    """
    return matrices(
        [values],
        alt=alt,
        titles=[title] if title else None,
        annotate=annotate,
        highlights=[highlight],
        shades=[shade],
    )


def matrices(
    matrices: Sequence[ArrayLike],
    *,
    alt: str,
    symbols: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
    annotate: bool = True,
    highlights: Sequence[Window | None] | None = None,
    shades: Sequence[Shade | None] | None = None,
) -> Figure:
    """Draw small matrices in a row, with a symbol between each two.

    Parameters
    ----------
    matrices : list of (H, W) arrays
        A number not known yet, NaN, is left blank.
        NaN is a cell that is not known yet: it stays empty.
    alt : str
        What the row says, for a reader who does not see it.
    symbols : list of str, optional
        One fewer than matrices, such as ``["∗", "="]``.
    titles, highlights, shades : lists, optional
        One for each matrix, as in `matrix`.
    annotate : bool
        Whether the numbers are written in.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a list has another length than it should, or a matrix has not two dimensions.

    Examples
    --------
    >>> matrices([np.eye(3), [[2]], 2 * np.eye(3)], symbols=["·", "="], alt="Twice the identity.")
    <Figure size 500x160 with 1 Axes>
    """
    arrays = [np.asarray(values) for values in matrices]
    for array in arrays:
        if array.ndim != 2 or not array.size:
            raise ValueError(f"matrices: expected arrays of shape (H, W), got {array.shape}")
    count = len(arrays)
    symbols = one_each("symbols", symbols, count - 1, "")
    titles = one_each("titles", titles, count, "")
    highlights = one_each("highlights", highlights, count, None)
    shades = one_each("shades", shades, count, None)

    rows = max(array.shape[0] for array in arrays) + (0.9 if any(titles) else 0)
    columns = sum(array.shape[1] for array in arrays) + 2 * GAP * (count - 1)
    cell = min(CELL, (MAX_WIDTH - 0.1) / columns)
    fig, ax = figure(alt=alt, width=columns * cell + 0.1, height=rows * cell + 0.1)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal")
    ax.axis("off")
    left = 0.0
    middle = rows - max(array.shape[0] for array in arrays) / 2
    for n, array in enumerate(arrays):
        top = middle - array.shape[0] / 2
        draw_cells(ax, array, left, top, annotate=annotate, shade=shades[n], points=cell * 72)
        _window(ax, array, left, top, highlights[n])
        ax.text(left + array.shape[1] / 2, top - 0.3, titles[n], ha="center", va="baseline", fontsize=12)
        left += array.shape[1] + 2 * GAP
        if n < count - 1:
            ax.text(left - GAP, middle, symbols[n], ha="center", va="center", fontsize=18)
    return fig


def draw_cells(
    ax: Any,
    array: NDArray[Any],
    left: float,
    top: float,
    *,
    annotate: bool,
    shade: Shade | None,
    points: float,
) -> None:
    """Draw one matrix (H, W) on axes whose unit is a cell, `points` wide; NaN leaves its cell empty."""
    rows, columns = array.shape
    colours = _colours(array, shade)
    words = [["" if np.isnan(value) else in_signs(value) for value in row] for row in array]
    longest = max(len(word) for row in words for word in row)
    size = min(13.0, points * 0.92 / max(longest, 1) / 0.62)
    for r in range(rows):
        for c in range(columns):
            if colours is not None:
                ax.add_patch(Rectangle((left + c, top + r), 1, 1, facecolor=colours[r, c], linewidth=0))
            if annotate:
                ink = INK if colours is None else _readable_on(colours[r, c])
                ax.text(
                    left + c + 0.5,
                    top + r + 0.5,
                    words[r][c],
                    color=ink,
                    fontsize=size,
                    ha="center",
                    va="center",
                )
    ax.vlines(left + np.arange(columns + 1), top, top + rows, color=INK, linewidth=0.7, alpha=0.5)
    ax.hlines(top + np.arange(rows + 1), left, left + columns, color=INK, linewidth=0.7, alpha=0.5)


def _window(ax: Any, array: NDArray[Any], left: float, top: float, highlight: Window | None) -> None:
    if highlight is None:
        return
    row, column, rows, columns = highlight
    if min(row, column) < 0 or row + rows > array.shape[0] or column + columns > array.shape[1]:
        raise ValueError(f"highlight: {highlight} lies outside a matrix of shape {array.shape}")
    ax.add_patch(
        Rectangle(
            (left + column, top + row), columns, rows, facecolor="none", edgecolor=VERMILION, linewidth=2.5
        )
    )


def _colours(array: NDArray[Any], shade: Shade | None) -> NDArray[Any] | None:
    """Colours of a matrix's cells: (H, W) to (H, W, 4)."""
    if shade is None:
        return None
    if shade == "grey":
        # A fill of pure black would be ink, and ink is light on a dark page.
        grey = np.clip(array, 1 / 255, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1)
    limit = float(np.nanmax(np.abs(array), initial=0)) or 1.0
    return np.asarray(SIGNED(0.5 + 0.5 * array / limit))


def _readable_on(colour: NDArray[Any]) -> str:
    luminance = colour[:3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
    return ON_LIGHT if luminance > 0.19 else ON_DARK  # where white and near-black have the same contrast
