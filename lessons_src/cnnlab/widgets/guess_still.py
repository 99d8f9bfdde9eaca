"""GuessCurve's drawing and words, the same as `guess_drawing.js` and `guess_words.js` make."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.widgets.chart import Box, axes, every_nth, names
from cnnlab.widgets.drawing import dots, escaped, line, path

WIDE, HIGH = 400, 300
BOX = Box(44, 306, 36, 246)
TICK_ROOM = 8  # for each sign of a tick's text
STEPS_OF_Y = 5
State = Mapping[str, Any]


# Words.


def rounded_to(value: float, decimals: int) -> str:
    """Write a number with so many decimals, a half rounded up as in the browser.

    >>> rounded_to(12.25, 1), rounded_to(-3, 0)
    ('12.3', '−3')
    """
    whole = 10**decimals
    return f"{math.floor(value * whole + 0.5) / whole:.{decimals}f}".replace("-", "−")


def written(state: State, value: float) -> str:
    """Write a value of the curve."""
    numbers = state["numbers"]
    return rounded_to(value * numbers["scale"], numbers["decimals"]) + str(numbers["unit"])


def distances(state: State) -> list[float]:
    """Give how far the guess is from what was measured, at each place."""
    return [abs(g - mean) for g, (mean, *_) in zip(state["guess"], state["values"], strict=True)]


def sentence(state: State) -> str:
    """Say how far off the guess is."""
    apart, numbers = distances(state), state["numbers"]
    worst = apart.index(max(apart))
    average = rounded_to(sum(apart) / len(apart) * numbers["scale"], numbers["decimals_apart"])
    drew, measured = (written(state, of) for of in (state["guess"][worst], state["values"][worst][0]))
    return (
        f"On average your curve is {average}{numbers['unit_apart']} away from what was measured. It is "
        f"farthest away at {state['controls'][worst]['text']}: you drew {drew}, measured was {measured}."
    )


def description(state: State) -> str:
    """Say what is drawn: what was measured only when it is shown."""
    told = [f"Your guess of {state['ylabel']}: {_all(state, state['guess'])}."]
    if state["revealed"]:
        told.append(f"Measured: {_all(state, [mean for mean, *_ in state['values']])}.")
    return " ".join(told)


def _all(state: State, values: Sequence[float]) -> str:
    pairs = zip(values, state["controls"], strict=True)
    return ", ".join(f"{written(state, value)} at {control['text']}" for value, control in pairs)


# The drawing.


def inside(state: State) -> str:
    """Draw what is within the SVG element."""
    across = places(len(state["guess"]))
    guess = [(x, _height(state, value)) for x, value in zip(across, state["guess"], strict=True)]
    drawn = [
        _frame(state, across),
        path("column", "".join(line((x, BOX.top), (x, BOX.bottom)) for x in across)),
    ]
    ends = {"your guess": guess[-1][1]}
    if state["revealed"]:
        measured = [
            [(x, _height(state, value)) for value in values]
            for x, values in zip(across, state["values"], strict=True)
        ]
        means = [of[0] for of in measured]
        drawn.append(path("miss", "".join(line(*two) for two in zip(guess, means, strict=True))))
        if len(measured[0]) == 3:
            edge = [*(of[1] for of in measured), *(of[2] for of in reversed(measured))]
            drawn.append(path("band", f"{line(*edge)}z"))
        drawn += [path("measured", line(*means)), path("measured-dots", dots(*means))]
        ends["measured"] = means[-1][1]
    drawn += [path("guess", line(*guess)), path("guess-dots", dots(*guess)), names(BOX.right + 6, ends)]
    return "".join(drawn)


def places(count: int) -> list[float]:
    """Give where the points stand: each has a column of the same width."""
    return [BOX.left + (n + 0.5) / count * (BOX.right - BOX.left) for n in range(count)]


def _frame(state: State, across: Sequence[float]) -> str:
    low, high = state["ylim"]
    levels = [low + n / STEPS_OF_Y * (high - low) for n in range(STEPS_OF_Y + 1)]
    ticks = [control["tick"] for control in state["controls"]]
    most = math.floor((BOX.right - BOX.left) / (TICK_ROOM * max(len(tick) for tick in ticks)))
    return axes(
        BOX,
        list(zip(across, every_nth([escaped(tick) for tick in ticks], most), strict=True)),
        [(_height(state, level), written(state, level)) for level in levels],
        state["xlabel"],
        state["ylabel"],
    )


def _height(state: State, value: float) -> float:
    low, high = state["ylim"]
    share: float = (value - low) / (high - low)
    return BOX.bottom - share * (BOX.bottom - BOX.top)


def drawing(state: State) -> str:
    """Draw the curves."""
    label = escaped(description(state)).replace('"', "&quot;")
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDE} {HIGH}">{inside(state)}</svg>'


def table(state: State) -> str:
    """Give what was measured, folded away."""
    rows = "".join(
        f"<tr><th>{escaped(control['text'])}</th><td>{written(state, mean)}</td></tr>"
        for control, (mean, *_) in zip(state["controls"], state["values"], strict=True)
    )
    return f"<details><summary>Show what was measured</summary><table>{rows}</table></details>"
