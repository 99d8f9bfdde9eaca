"""`GuessCurve`: the reader draws a curve, and only then sees what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from cnnlab.widgets.base import KitWidget, script, style
from cnnlab.widgets.controls import describe
from cnnlab.widgets.guess_still import distances, drawing, table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MOST_POINTS = 16  # more have no room on a telephone
ON_PAPER = "Sketch your curve on paper; then unfold what was measured."


class GuessCurve(KitWidget):
    """Points to drag into a curve, and a button that shows what was measured beside it.

    Parameters
    ----------
    x : sequence of n numbers
        Where the points stand, 2 to 16 of them; each gets the same room.
    values : (n,) or (n, 3) array
        What was measured at each `x`, or mean, lower and upper end of its band (such as
        `cnnlab.atlas.Interval`).
    xlabel : str
        What `x` counts, in the plural: "neurons".
    ylabel : str
        What is guessed, such as "test accuracy".
    ylim : (float, float)
        The ends of the vertical axis. From 0 to 1 values are fractions, and written in percent.
    key : str
        The widget's name in the address of a built page (see `KitWidget`).

    Attributes
    ----------
    guess : list of float
        The reader's curve, a flat one at first.
    revealed : bool
        Whether what was measured is shown.
    distance : float
        How far `guess` is from what was measured, on average over the points.

    Raises
    ------
    ValueError
        If the numbers of points differ, or are too many or too few, or a value is outside `ylim`.

    Examples
    --------
    >>> curve = GuessCurve([1, 2, 4], [0.2, 0.6, 0.8], xlabel="neurons", ylabel="accuracy")
    >>> curve.guess
    [0.5, 0.5, 0.5]
    >>> round(curve.distance, 3)
    0.233
    """

    _esm = script("guess_curve.js")
    _css = style("guess_curve.css")

    controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    values: traitlets.List[list[float]] = traitlets.List().tag(sync=True)
    numbers: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    xlabel = traitlets.Unicode().tag(sync=True)
    ylabel = traitlets.Unicode().tag(sync=True)
    ylim: traitlets.List[float] = traitlets.List().tag(sync=True)
    guess: traitlets.List[float] = traitlets.List(traitlets.Float()).tag(sync=True)
    revealed = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        x: Sequence[float],
        values: ArrayLike,
        *,
        xlabel: str,
        ylabel: str,
        ylim: tuple[float, float] = (0, 1),
        key: str = "",
    ) -> None:
        low, high = (float(end) for end in ylim)
        if not low < high:
            raise ValueError(f"GuessCurve: ylim needs a lower and an upper end, got {ylim}")
        places = _controls(x, xlabel)
        super().__init__(
            controls=places,
            values=_measured(values, len(places), low, high),
            numbers=_numbers(low, high),
            xlabel=xlabel,
            ylabel=ylabel,
            ylim=[low, high],
            guess=[(low + high) / 2] * len(places),
            key=key,
        )

    @traitlets.validate("guess")
    def _a_value_for_each(self, proposal: Any) -> list[float]:
        guess: list[float] = proposal["value"]
        low, high = self.ylim
        if len(guess) != len(self.values) or not all(low <= value <= high for value in guess):
            raise traitlets.TraitError(
                f"guess needs {len(self.values)} numbers from {low:g} to {high:g}, got {guess}"
            )
        return guess

    @property
    def distance(self) -> float:
        """The mean absolute distance of the guess from what was measured."""
        return float(np.mean(distances({"guess": self.guess, "values": self.values})))

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give the axes, and what was measured folded away, as HTML."""
        return (
            f'<div class="cnn-guessing"><p class="cnn-message">{ON_PAPER}</p>'
            f'<div class="cnn-board">{drawing(state)}</div>{table(state)}</div>'
        )


def _controls(x: Sequence[float], xlabel: str) -> list[dict[str, Any]]:
    """Describe a point for each `x`: what it is called, and what stands below it."""
    if not 2 <= len(x) <= MOST_POINTS:
        raise ValueError(f"GuessCurve: from 2 to {MOST_POINTS} points can be drawn, got {len(x)}")
    ((named,), _), ((plain,), _) = (
        describe("GuessCurve", {"x": x}, units={"x": unit}) for unit in (xlabel, "")
    )
    return [
        {"name": f"point{n}", "kind": "range", "text": text, "tick": tick}
        for n, (text, tick) in enumerate(zip(named["texts"], plain["texts"], strict=True), start=1)
    ]


def _measured(values: ArrayLike, count: int, low: float, high: float) -> list[list[float]]:
    array = np.asarray(values, dtype=float)
    if array.shape not in {(count,), (count, 3)}:
        raise ValueError(
            f"GuessCurve: values needs ({count},), one for each x, or ({count}, 3) with mean, lower and "
            f"upper end, got {array.shape}"
        )
    if not ((low <= array) & (array <= high)).all():
        raise ValueError(
            f"GuessCurve: values from {array.min():g} to {array.max():g} leave ylim=({low:g}, {high:g})"
        )
    rows: list[list[float]] = array.reshape(count, -1).tolist()
    return rows


def _numbers(low: float, high: float) -> dict[str, Any]:
    """Say how values and distances are written."""
    if (low, high) == (0, 1):
        return {"scale": 100, "decimals": 0, "unit": " %", "decimals_apart": 1, "unit_apart": " points"}
    decimals = max(0, 2 - math.floor(math.log10(high - low)))
    return {"scale": 1, "decimals": decimals, "unit": "", "decimals_apart": decimals, "unit_apart": ""}
