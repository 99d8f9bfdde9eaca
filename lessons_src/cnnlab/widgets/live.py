"""`live_panel`: something that takes seconds to compute, for readers who have a kernel."""

from __future__ import annotations

import html
import inspect
import itertools
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import ipywidgets

from cnnlab.plots.style import THEME_CSS
from cnnlab.widgets.controls import Control, Value, as_call, describe
from cnnlab.widgets.frames import frame

STATIC = "CNNLAB_STATIC"
"""Set where a page is built: what is shown there has no kernel afterwards."""

HOW_TO_RUN = "Run this lesson in Jupyter or Colab to try other values."


class LivePanel:
    """Controls, a button, a progress bar and the last result; what `live_panel` makes.

    Built of plain ipywidgets that versions 7.7 and 8 share. On a page without a kernel it shows its result
    for the first values, and how to run it.

    Attributes
    ----------
    controls : dict of ipywidgets widgets
        By name; their `value` can be observed, set and linked.
    button, bar, result : ipywidgets widgets
    failure : BaseException or None
        Why the last run gave no result.
    """

    def __init__(
        self, run: Callable[..., object], button: str, described: list[Control], start: list[Value]
    ) -> None:
        self._run = run
        self._described = described
        self._start = dict(zip((control["name"] for control in described), start, strict=True))
        self._button_text = button
        self.failure: BaseException | None = None

    @cached_property
    def controls(self) -> dict[str, ipywidgets.DOMWidget]:
        """The widgets to choose values with."""
        return {
            control["name"]: _widget(control, self._start[control["name"]]) for control in self._described
        }

    @cached_property
    def button(self) -> ipywidgets.Button:
        """What starts a run."""
        button = ipywidgets.Button(description=self._button_text, button_style="primary")
        button.on_click(lambda _: self._clicked())
        return button

    @cached_property
    def bar(self) -> ipywidgets.FloatProgress:
        """How far the run is, from 0 to 1."""
        return ipywidgets.FloatProgress(min=0.0, max=1.0, layout=ipywidgets.Layout(visibility="hidden"))

    @cached_property
    def result(self) -> ipywidgets.HTML:
        """What the last run gave, or why it gave nothing."""
        return ipywidgets.HTML()

    @cached_property
    def box(self) -> ipywidgets.VBox:
        """The whole panel."""
        start = ipywidgets.HBox([self.button, self.bar])
        return ipywidgets.VBox([*self.controls.values(), start, self.result])

    @property
    def values(self) -> dict[str, Value]:
        """The values chosen, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def still(self) -> str:
        """Run with the first values and give the result as HTML, for a page without a kernel.

        A run that fails, fails here: a page shows no error for a result.
        """
        texts = (
            f"{html.escape(c['label'])}: {html.escape(_text_of(c, self._start[c['name']]))}"
            for c in self._described
        )
        return (
            f'<div class="cnnlab-live cnnlab-figure"><p><b>{", ".join(texts)}</b></p>'
            f"{_as_html(self._call(self._start, lambda done, of: None))}<p><em>{HOW_TO_RUN}</em></p></div>"
        )

    def _call(self, values: Mapping[str, Value], progress: Callable[[int, int], None]) -> object:
        takes_progress = "progress" in inspect.signature(self._run).parameters
        return self._run(**values, **({"progress": progress} if takes_progress else {}))

    def _clicked(self) -> None:
        values = self.values
        self.button.disabled = True
        self.bar.value, self.bar.layout.visibility = 0.0, "visible"
        self.failure = None
        try:
            self.result.value = _as_html(self._call(values, self._report))
        except KeyboardInterrupt as stopped:
            self._fail(stopped, "Stopped before the end.")
        except Exception as error:
            self._fail(error, f"{as_call(values)} failed: {type(error).__name__}: {error}")
        finally:
            self.button.disabled = False
            self.bar.layout.visibility = "hidden"

    def _report(self, done: int, of: int) -> None:
        self.bar.value = done / of

    def _fail(self, error: BaseException, text: str) -> None:
        self.failure = error
        self.result.value = f'<p role="alert"><b>{html.escape(text)}</b></p>'

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        display(HTML(self.still()) if os.environ.get(STATIC) else self.box)  # type: ignore[no-untyped-call]


def live_panel(
    run: Callable[..., object],
    *,
    button: str = "Train",
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, Value] | None = None,
    **controls: Iterable[Value],
) -> LivePanel:
    """Let the reader choose values and run something with them, where there is a kernel.

    Parameters
    ----------
    run : function
        Called as ``run(name=value, ...)`` when the button is pressed; returns a figure of `cnnlab.plots`, a
        text of HTML, or a table. If it has a parameter `progress`, it gets a function to report with:
        ``progress(done, of)``.
    button : str
        What the button does, a verb.
    units, labels, start : dict, optional
        As in `explore`.
    **controls : iterables of values
        Numbers get a slider, words a drop-down, `False` and `True` a checkbox. A `range` gives a slider whose
        number can be typed and linked with `jslink`.

    Returns
    -------
    LivePanel

    Raises
    ------
    ValueError
        If there is no control, or an unknown name or value in `units`, `labels` or `start`.
    TypeError
        If a control mixes numbers and words.

    Examples
    --------
    >>> panel = live_panel(lambda n: f"<p>{10 * n}</p>", n=range(1, 65), start={"n": 8})
    >>> panel.button.click()
    >>> panel.result.value
    '<p>80</p>'
    """
    if not controls:
        raise ValueError("live_panel: expected at least one control, such as neurons=range(1, 65)")
    described, positions = describe("live_panel", controls, units, labels, start)
    for control in described:
        control["range"] = controls[control["name"]]
    first = [c["values"][position] for c, position in zip(described, positions, strict=True)]
    return LivePanel(run, button, described, first)


def sweep(panel: LivePanel) -> dict[str, str]:
    """Press the button at every corner: each control at its first and its last value.

    For tests: a callback that fails off its first values passes every test of the notebook around it.

    Returns
    -------
    dict of str
        The result's HTML for each corner, ``"neurons=1, dropout=True"``.

    Raises
    ------
    RuntimeError
        If a run fails; the message names the values.

    Examples
    --------
    >>> sweep(live_panel(lambda neurons: f"<p>{10 * neurons}</p>", neurons=[1, 2, 4]))
    {'neurons=1': '<p>10</p>', 'neurons=4': '<p>40</p>'}
    """
    results = {}
    for corner in itertools.product(*((c["values"][0], c["values"][-1]) for c in panel._described)):
        for control, value in zip(panel.controls.values(), corner, strict=True):
            control.value = value
        panel.button.click()
        if panel.failure is not None:
            raise RuntimeError(f"live_panel: {as_call(panel.values)} failed") from panel.failure
        results[as_call(panel.values)] = panel.result.value
    return results


def _widget(control: Control, value: Value) -> ipywidgets.DOMWidget:
    shared = {
        "description": control["label"],
        "style": {"description_width": "initial"},
        "layout": ipywidgets.Layout(width="min(100%, 32rem)"),
    }
    given = control["range"]
    if isinstance(given, range) and given.step > 0:
        return ipywidgets.IntSlider(value, min=given[0], max=given[-1], step=given.step, **shared)
    options = list(zip(control["texts"], control["values"], strict=True))
    match control["kind"]:
        case "range":
            return ipywidgets.SelectionSlider(options=options, value=value, **shared)
        case "radio":
            return ipywidgets.Dropdown(options=options, value=value, **shared)
        case _:
            return ipywidgets.Checkbox(value, **shared)


def _text_of(control: Control, value: Value) -> str:
    text: str = control["texts"][control["values"].index(value)]
    return text


def _as_html(drawn: object) -> str:
    try:
        given = frame(drawn)
    except TypeError as error:
        raise TypeError(f"run {error}") from None
    # A frame leaves the colours of a dark page to the widget around it.
    return given.html if given.size is None else f"<style>{THEME_CSS}</style>{given.html}"
