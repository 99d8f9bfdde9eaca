"""One image on its way through a network: the figure of the front page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, READABLE_WIDTH, Figure, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = 4  # maps a row
ROWS_OF_VECTOR = 8


def journey(values: NDArray[np.floating], step: str, *, names: Sequence[str] = ()) -> Figure:
    """Draw what one image has become after a step of a network.

    Parameters
    ----------
    values : (C, H, W), (n,) or (classes,) array
        Maps, a vector, or with `names` the probabilities of the classes.
    step : str
        What was done last; stands above the picture.
    names : list of str
        The classes, where `values` are their probabilities.

    Returns
    -------
    Figure
    """
    words = f"{step}: {_amount(values, names)}"
    rows = -(-len(values) // COLUMNS) if values.ndim == 3 else 1
    columns = min(len(values), COLUMNS) if values.ndim == 3 else 1
    fig, axes = figure(rows, columns, width=READABLE_WIDTH, height=3.2, alt=f"{words}.", squeeze=False)
    fig.suptitle(words, fontsize=11)
    if names:
        _bars(axes[0, 0], values, names)
    elif values.ndim == 1:
        picture(axes[0, 0], values.reshape(ROWS_OF_VECTOR, -1) / (values.max() or 1.0))
        axes[0, 0].set_xlabel(f"written in {ROWS_OF_VECTOR} lines, so that it fits the page", fontsize=10)
    else:
        for ax, one in zip(axes.flat, values, strict=True):
            picture(ax, one / (one.max() or 1.0))  # each map in its own brightness: some are faint
    return fig


def _amount(values: NDArray[np.floating], names: Sequence[str]) -> str:
    if names:
        return ", ".join(f"{name} {100 * value:.1f} %" for name, value in zip(names, values, strict=True))
    if values.ndim == 1:
        return f"{values.size:,} values in a row"
    count, height, width = values.shape
    return f"{count} map{'s' if count > 1 else ''} of {height} × {width} = {values.size:,} values"


def _bars(ax: Any, probabilities: NDArray[np.floating], names: Sequence[str]) -> None:
    colours = [BLUE if p == max(probabilities) else GREY for p in probabilities]
    ax.barh(names, probabilities, color=colours, height=0.6)
    ax.set(xlim=(0, 1), xticks=[0, 0.5, 1], xlabel="probability that the network gives")
    ax.invert_yaxis()
