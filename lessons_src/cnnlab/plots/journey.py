"""One image on its way through a network: the figure of the front page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.plots.pictures import picture
from cnnlab.plots.style import BLUE, GREY, Figure, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = 8  # maps a row
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
    fig: Figure = figure(width=6.4, height=2.9, alt=f"{step}: {_amount(values, names)}.")[0]
    fig.clear()
    fig.suptitle(f"{step}: {_amount(values, names)}", fontsize=11.5)
    if names:
        _bars(fig, values, names)
    elif values.ndim == 1:
        _vector(fig, values)
    else:
        _maps(fig, values)
    return fig


def _amount(values: NDArray[np.floating], names: Sequence[str]) -> str:
    if names:
        return ", ".join(f"{name} {value:.0%}" for name, value in zip(names, values, strict=True))
    if values.ndim == 1:
        return f"{values.size:,} values in a row"
    count, height, width = values.shape
    return f"{count} map{'s' if count > 1 else ''} of {height} × {width} = {values.size:,} values"


def _maps(fig: Figure, maps: NDArray[np.floating]) -> None:
    rows = -(-len(maps) // COLUMNS)
    axes = np.atleast_1d(fig.subplots(rows, min(len(maps), COLUMNS))).ravel()
    brightest = maps.max() or 1.0
    for ax, one in zip(axes, maps, strict=True):
        picture(ax, one / brightest)


def _vector(fig: Figure, vector: NDArray[np.floating]) -> None:
    ax: Any = fig.subplots()
    picture(ax, vector.reshape(ROWS_OF_VECTOR, -1) / (vector.max() or 1.0))
    ax.set_xlabel(f"written in {ROWS_OF_VECTOR} lines, so that it fits the page", fontsize=10)


def _bars(fig: Figure, probabilities: NDArray[np.floating], names: Sequence[str]) -> None:
    ax: Any = fig.subplots()
    colours = [BLUE if p == max(probabilities) else GREY for p in probabilities]
    ax.barh(names, probabilities, color=colours, height=0.6)
    ax.set(xlim=(0, 1), xticks=[0, 0.5, 1], xlabel="probability that the network gives")
