"""Controls as `explore` and `live_panel` take them: a name and its values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

Value = int | float | str | bool
Control = dict[str, Any]


def describe(
    caller: str,
    controls: Mapping[str, Iterable[Value]],
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, Value] | None = None,
) -> tuple[list[Control], list[int]]:
    """Describe controls, and find the position where each begins.

    Parameters
    ----------
    caller : str
        Who asks, for messages.
    controls : dict of iterables
        The values of each control.
    units, labels, start : dict, optional
        As in `cnnlab.widgets.explore`.

    Returns
    -------
    list of dict, list of int
        For each control `name`, `label`, `kind` ("range", "radio" or "checkbox"), `values`, and `texts`: each
        value with its unit; and the positions of the first values to show.

    Raises
    ------
    ValueError
        If a name or a value is unknown, or a control has nothing to choose.
    TypeError
        If a control mixes numbers and words.

    Examples
    --------
    >>> (control,), positions = describe("explore", {"shift": [1, 2]}, units={"shift": "pixels"})
    >>> control["label"], control["kind"], control["texts"], positions
    ('Shift', 'range', ['1 pixel', '2 pixels'], [0])
    """
    units, labels, start = units or {}, labels or {}, start or {}
    for argument, given in {"units": units, "labels": labels, "start": start}.items():
        for name in given:
            if name not in controls:
                raise ValueError(
                    f"{caller}: {argument} names {name!r}; the controls are {', '.join(controls)}"
                )
    try:
        described = [_control(name, values, labels, units) for name, values in controls.items()]
        return described, [position_of(control, start.get(control["name"])) for control in described]
    except (TypeError, ValueError) as error:
        raise type(error)(f"{caller}: {error}") from None


def position_of(control: Control, value: Any) -> int:
    """Find a value's place in its control; a number goes to the nearest, None to the first."""
    values: list[Any] = control["values"]
    if value is None:
        return 0
    if value in values:
        return values.index(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if control["kind"] == "range" and is_number:
        return min(range(len(values)), key=lambda position: abs(values[position] - value))
    raise ValueError(f"{control['name']} cannot be {value!r}; its values are {values}")


def as_call(arguments: Mapping[str, Value]) -> str:
    """Write arguments as in a call.

    >>> as_call({"neurons": 2, "kind": "max"})
    "neurons=2, kind='max'"
    """
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _control(
    name: str, values: Iterable[Value], labels: Mapping[str, str], units: Mapping[str, str]
) -> Control:
    """Describe a control: what kind of values it has and how each is written."""
    # NumPy's numbers become Python's, which can be sent to a page.
    plain = [value.item() if hasattr(value, "item") else value for value in values]
    if len(plain) < 2 or len(set(plain)) < len(plain):
        raise ValueError(f"{name} needs at least two values, each once; got {plain}")
    if all(isinstance(value, bool) for value in plain):
        kind = "checkbox"
    elif all(isinstance(value, str) for value in plain):
        kind = "radio"
    elif all(isinstance(value, int | float) and not isinstance(value, bool) for value in plain):
        kind = "range"
        if not np.isfinite(plain).all():
            raise ValueError(f"{name} needs finite numbers; got {plain}")
    else:
        raise TypeError(f"{name} needs numbers, words, or False and True, not a mixture; got {plain}")
    return {
        "name": name,
        "label": labels.get(name) or name.replace("_", " ").capitalize(),
        "kind": kind,
        "values": plain,
        "texts": [_text(value, units.get(name, "")) for value in plain],
    }


def _text(value: Value, unit: str) -> str:
    """Write a value as people read it.

    >>> _text(12544, "neurons"), _text(1, "pixels"), _text(1, "classes"), _text(90, "%"), _text(True, "")
    ('12,544 neurons', '1 pixel', '1 class', '90%', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else f"{value:,.10g}".replace("-", "−")
    if value == 1 and len(unit) > 3:  # a short unit, such as ms, has no plural
        unit = unit.removesuffix("es" if unit.endswith("sses") else "s")
    return text + (unit if unit == "%" else f" {unit}" if unit else "")
