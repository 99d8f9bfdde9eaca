"""`explore`: a drawing that the reader moves, every frame of it drawn beforehand."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import traitlets
from tqdm import tqdm

from cnnlab.widgets.base import KitWidget, script, style
from cnnlab.widgets.controls import Control, Value, as_call, describe, position_of
from cnnlab.widgets.frames import Film, Frame, film, frame

MOST_FRAMES = 150
SECONDS_BEFORE_PROGRESS = 2


class Explore(KitWidget):
    """The widget that `explore` makes: controls above a frame.

    Attributes
    ----------
    value : int, float, str, bool or dict
        The value chosen; with two controls a dict, ``{"neurons": 8, "shift": 2}``. It can be observed, set,
        and linked to any ipywidgets slider with `jslink`; a number between two values goes to the nearest.
    controls : list of dict
        For each control `name`, `label`, `kind` ("range", "radio" or "checkbox"), `values`, and `texts`: each
        value with its unit, as shown and announced.
    frames, pieces, order, descriptions : list
        The drawings, as `cnnlab.widgets.frames.Film` keeps them; the last control changes fastest in `order`.
    play : bool
        Whether there is a button that steps through the first control.
    """

    _esm = script("explore.js")
    _css = style("explore.css")

    value = traitlets.Any().tag(sync=True)
    controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    frames: traitlets.List[str] = traitlets.List().tag(sync=True)
    pieces: traitlets.List[str] = traitlets.List().tag(sync=True)
    order: traitlets.List[int] = traitlets.List().tag(sync=True)
    descriptions: traitlets.List[str] = traitlets.List().tag(sync=True)
    play = traitlets.Bool().tag(sync=True)

    @traitlets.validate("value")
    def _known_value(self, proposal: dict[str, Any]) -> Any:
        if not self.controls:  # while the widget is being made; `explore` has checked the value
            return proposal["value"]
        return _value_at(self.controls, _positions(self.controls, proposal["value"]))

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give the chosen values and their frame as HTML."""
        positions = _positions(state["controls"], state["value"])
        kept = Film(*(state[name] for name in ("frames", "descriptions", "pieces", "order")))
        rows = "".join(
            f'<div class="cnn-control"><span class="cnn-label">{html.escape(control["label"])}</span>'
            f'<span class="cnn-value">{html.escape(control["texts"][position])}</span></div>'
            for control, position in zip(state["controls"], positions, strict=True)
        )
        frame = kept.frame(_number(state["controls"], positions))
        return (
            f'<div class="cnn-explore"><div class="cnn-controls">{rows}</div>'
            f'<div class="cnn-stage">{frame}</div></div>'
        )


def explore(
    draw: Callable[..., object],
    *,
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, Value] | None = None,
    play: bool = False,
    key: str = "",
    **controls: Iterable[Value],
) -> Explore:
    """Show a drawing that the reader moves.

    `draw` is called at once for every value, or every combination of two controls' values. So a drawing that
    fails anywhere fails here, and the widget needs no kernel afterwards.

    Parameters
    ----------
    draw : function
        Called as ``draw(name=value, ...)``; returns a figure of `cnnlab.plots`, a text of SVG or HTML, or a
        table. What it returns may depend on its arguments only, and has one size.
    units : dict of str, optional
        What a control counts, in the plural: ``{"shift": "pixels"}`` shows "1 pixel" and "2 pixels".
    labels : dict of str, optional
        What a control is called; by default its name, ``fully_connected`` as "Fully connected".
    start : dict, optional
        The values to begin with; by default the first of each control.
    play : bool
        Adds a button that steps through the first control.
    key : str
        The widget's name in the address of a built page, which keeps the values chosen. It is needed only
        where a teacher's links should outlive a change of the lesson's other widgets.
    **controls : iterables of values
        One or two. Numbers get a slider, words radio buttons, `False` and `True` a checkbox.

    Returns
    -------
    Explore
        Its `value` can be observed and linked.

    Raises
    ------
    ValueError
        If there are no or more than two controls, more than 150 frames, an unknown name or value in `units`,
        `labels` or `start`, frames of different sizes, more than 3 MB of them, or a drawing that is not the
        same when drawn again.
    TypeError
        If `draw` returns nothing that can be shown, or a control mixes numbers and words.
    RuntimeError
        If `draw` fails; the message names the values.

    Examples
    --------
    >>> squares = explore(lambda side: f"<p>{side * side}</p>", side=range(1, 5), units={"side": "pixels"})
    >>> squares.value
    1
    >>> squares.controls[0]["texts"]
    ['1 pixel', '2 pixels', '3 pixels', '4 pixels']
    """
    described, positions = describe("explore", controls, units, labels, start)
    if not 1 <= len(described) <= 2:
        raise ValueError(f"explore: expected one or two controls, got {len(described)}")
    kept = film(_draw_all(draw, described))
    return Explore(
        value=_value_at(described, positions), controls=described, play=play, key=key, **vars(kept)
    )


def _draw_all(draw: Callable[..., object], controls: list[Control]) -> dict[str, Frame]:
    """Draw every combination, the first one again at the end."""
    names = [control["name"] for control in controls]
    combinations = list(itertools.product(*(control["values"] for control in controls)))
    if len(combinations) > MOST_FRAMES:
        counts = " × ".join(str(len(control["values"])) for control in controls)
        raise ValueError(
            f"explore: {counts} values make {len(combinations)} frames; {MOST_FRAMES} are the limit. "
            "Give fewer values, for example every second one or powers of two."
        )
    frames: dict[str, Frame] = {}
    for values in tqdm(combinations, desc="Drawing", leave=False, delay=SECONDS_BEFORE_PROGRESS):
        arguments = dict(zip(names, values, strict=True))
        frames[as_call(arguments)] = _draw_one(draw, arguments)
    arguments = dict(zip(names, combinations[0], strict=True))
    if _draw_one(draw, arguments).html != frames[as_call(arguments)].html:
        raise ValueError(
            f"explore: {_name(draw)}({as_call(arguments)}) drew something else when called again. What it "
            "draws may depend on its arguments only: seed random numbers in it, change nothing outside it."
        )
    return frames


def _draw_one(draw: Callable[..., object], arguments: dict[str, Value]) -> Frame:
    call = f"{_name(draw)}({as_call(arguments)})"
    try:
        drawn = draw(**arguments)
    except Exception as error:
        raise RuntimeError(f"explore: {call} failed: {type(error).__name__}: {error}") from error
    try:
        return frame(drawn)
    except TypeError as error:
        raise TypeError(f"explore: {call} {error}") from error


def _name(draw: Callable[..., object]) -> str:
    return getattr(draw, "__name__", "draw")  # functools.partial has none


def _positions(controls: list[Control], value: Any) -> list[int]:
    names = [control["name"] for control in controls]
    if len(controls) > 1 and (not isinstance(value, dict) or sorted(value) != sorted(names)):
        raise ValueError(f"explore: value needs a dict with {' and '.join(names)}, got {value!r}")
    values = value if len(controls) > 1 else {names[0]: value}
    try:
        return [position_of(control, values[control["name"]]) for control in controls]
    except ValueError as error:
        raise ValueError(f"explore: {error}") from None


def _value_at(controls: list[Control], positions: list[int]) -> Any:
    values = {c["name"]: c["values"][position] for c, position in zip(controls, positions, strict=True)}
    return values if len(values) > 1 else next(iter(values.values()))


def _number(controls: list[Control], positions: list[int]) -> int:
    number = 0
    for control, position in zip(controls, positions, strict=True):
        number = number * len(control["values"]) + position
    return number
