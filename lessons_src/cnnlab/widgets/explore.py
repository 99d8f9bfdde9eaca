"""`explore`: a drawing that the reader moves, every frame of it drawn beforehand."""

from __future__ import annotations

import html
import itertools
import math
import pathlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anywidget
import traitlets
from tqdm import tqdm

from cnnlab.plots.style import THEME_CSS
from cnnlab.widgets.frames import Film, Frame, film, frame

Value = int | float | str | bool

HERE = pathlib.Path(__file__).parent
MOST_FRAMES = 150
SECONDS_BEFORE_PROGRESS = 2


class Explore(anywidget.AnyWidget):
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

    _esm = HERE / "explore.js"
    _css = (HERE / "explore.css").read_text(encoding="utf-8") + THEME_CSS

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

    def fallback_html(self) -> str:
        """Give the chosen frame as static HTML: for a page without JavaScript, and for print."""
        return fallback_html(self.get_state())


def explore(
    draw: Callable[..., object],
    *,
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, Value] | None = None,
    play: bool = False,
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
    units, labels, start = units or {}, labels or {}, start or {}
    for argument, given in {"units": units, "labels": labels, "start": start}.items():
        for name in given:
            if name not in controls:
                raise ValueError(
                    f"explore: {argument} names {name!r}; the controls are {', '.join(controls)}"
                )
    described = [_control(name, values, labels, units) for name, values in controls.items()]
    if not 1 <= len(described) <= 2:
        raise ValueError(f"explore: expected one or two controls, got {len(described)}")
    positions = [_position(control, start.get(control["name"])) for control in described]
    kept = film(_draw_all(draw, described))
    return Explore(value=_value_at(described, positions), controls=described, play=play, **vars(kept))


def fallback_html(state: Mapping[str, Any]) -> str:
    """Give the chosen frame as static HTML, from the widget's state as a notebook or a page stores it.

    Parameters
    ----------
    state : dict
        `Explore`'s synced traits by name.

    Returns
    -------
    str
        A ``<div class="cnnlab-fallback">`` with the values and the frame, which `static.js` replaces.

    Examples
    --------
    >>> text = explore(lambda n: f"<p>{n}</p>", n=[1, 2], start={"n": 2}).fallback_html()
    >>> text[text.index("<p>"):]
    '<p>2</p></div></div>'
    """
    positions = _positions(state["controls"], state["value"])
    kept = Film(*(state[name] for name in ("frames", "descriptions", "pieces", "order")))
    rows = "".join(
        f'<div class="cnn-control"><span class="cnn-label">{html.escape(control["label"])}</span>'
        f'<span class="cnn-value">{html.escape(control["texts"][position])}</span></div>'
        for control, position in zip(state["controls"], positions, strict=True)
    )
    return (
        f'<div class="cnnlab-fallback cnn-explore"><style>{Explore._css}</style>'
        f'<div class="cnn-controls">{rows}</div>'
        f'<div class="cnn-stage">{kept.frame(_number(state["controls"], positions))}</div></div>'
    )


def _control(
    name: str, values: Iterable[Value], labels: Mapping[str, str], units: Mapping[str, str]
) -> dict[str, Any]:
    """Describe a control: what kind of values it has and how each is written."""
    # NumPy's numbers become Python's, which can be sent to a page.
    plain = [value.item() if hasattr(value, "item") else value for value in values]
    if len(plain) < 2 or len(set(plain)) < len(plain):
        raise ValueError(f"explore: {name} needs at least two values, each once; got {plain}")
    if all(isinstance(value, bool) for value in plain):
        kind = "checkbox"
    elif all(isinstance(value, str) for value in plain):
        kind = "radio"
    elif all(isinstance(value, int | float) and not isinstance(value, bool) for value in plain):
        kind = "range"
    else:
        raise TypeError(
            f"explore: {name} needs numbers, words, or False and True, not a mixture; got {plain}"
        )
    return {
        "name": name,
        "label": labels.get(name) or name.replace("_", " ").capitalize(),
        "kind": kind,
        "values": plain,
        "texts": [_text(value, units.get(name, "")) for value in plain],
    }


def _text(value: Value, unit: str) -> str:
    """Write a value as people read it.

    >>> _text(12544, "neurons"), _text(1, "pixels"), _text(-0.5, ""), _text(90, "%"), _text(True, "")
    ('12,544 neurons', '1 pixel', '−0.5', '90%', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else f"{value:,.10g}".replace("-", "−")
    if value == 1 and len(unit) > 3:  # a short unit, such as ms, has no plural
        unit = unit.removesuffix("s")
    return text + (unit if unit == "%" else f" {unit}" if unit else "")


def _draw_all(draw: Callable[..., object], controls: list[dict[str, Any]]) -> dict[str, Frame]:
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
        frames[_call(arguments)] = _draw_one(draw, arguments)
    arguments = dict(zip(names, combinations[0], strict=True))
    if _draw_one(draw, arguments).html != frames[_call(arguments)].html:
        raise ValueError(
            f"explore: {_name(draw)}({_call(arguments)}) drew something else when called again. What it "
            "draws may depend on its arguments only: seed random numbers in it, change nothing outside it."
        )
    return frames


def _draw_one(draw: Callable[..., object], arguments: dict[str, Value]) -> Frame:
    call = f"{_name(draw)}({_call(arguments)})"
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


def _call(arguments: dict[str, Value]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _position(control: dict[str, Any], value: Any) -> int:
    """Find a value's place in its control; a number goes to the nearest, None to the first."""
    values: list[Any] = control["values"]
    if value is None:
        return 0
    if value in values:
        return values.index(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if control["kind"] == "range" and is_number:
        return min(range(len(values)), key=lambda position: abs(values[position] - value))
    raise ValueError(f"explore: {control['name']} cannot be {value!r}; its values are {values}")


def _positions(controls: list[dict[str, Any]], value: Any) -> list[int]:
    if len(controls) == 1:
        return [_position(controls[0], value)]
    names = [control["name"] for control in controls]
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise ValueError(f"explore: value needs a dict with {' and '.join(names)}, got {value!r}")
    return [_position(control, value[control["name"]]) for control in controls]


def _value_at(controls: list[dict[str, Any]], positions: list[int]) -> Any:
    values = {c["name"]: c["values"][position] for c, position in zip(controls, positions, strict=True)}
    return values if len(values) > 1 else next(iter(values.values()))


def _number(controls: list[dict[str, Any]], positions: list[int]) -> int:
    number = 0
    for control, position in zip(controls, positions, strict=True):
        number = number * len(control["values"]) + position
    return number
