"""Live panels: what they do with a kernel, and what a page without one shows."""

import ipywidgets
import pytest
from IPython.display import DisplayObject

from cnnlab import plots
from cnnlab.widgets import explore, live_panel, sweep


def product(neurons, kind="max", dropout=False):
    return f"<p>{neurons} {kind} {dropout}</p>"


def panel(run=product, **options):
    controls = {"neurons": range(1, 65), "kind": ["max", "average"], "dropout": [False, True]}
    return live_panel(run, **controls, **options)


@pytest.fixture
def displayed(monkeypatch):
    """What a cell would show."""
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    return shown


def test_controls_are_plain_ipywidgets():
    controls = panel(units={"neurons": "neurons"}, labels={"kind": "Pooling"}, start={"neurons": 8}).controls
    assert [type(control) for control in controls.values()] == [
        ipywidgets.IntSlider,
        ipywidgets.Dropdown,
        ipywidgets.Checkbox,
    ]
    slider = controls["neurons"]
    assert (slider.value, slider.min, slider.max, slider.description) == (8, 1, 64, "Neurons")
    assert controls["kind"].description == "Pooling"
    (steps,) = live_panel(product, neurons=[1, 8, 1024], units={"neurons": "neurons"}).controls.values()
    assert isinstance(steps, ipywidgets.SelectionSlider)
    assert steps.options[-1] == ("1,024 neurons", 1024)


def test_the_button_runs_with_the_values_chosen():
    live = panel()
    assert live.result.value == ""  # nothing is computed before it is asked for
    live.controls["neurons"].value = 5
    live.controls["dropout"].value = True
    live.button.click()
    assert live.result.value == "<p>5 max True</p>"


def test_while_it_runs_the_button_rests_and_the_bar_moves():
    seen = []

    def run(n, progress):
        for done in range(1, 3):
            progress(done, 2)
            seen.append((live.button.disabled, live.bar.value, live.bar.layout.visibility))
        return f"<p>{n}</p>"

    live = live_panel(run, n=[1, 2])
    live.button.click()
    assert seen == [(True, 0.5, "visible"), (True, 1.0, "visible")]
    assert (live.button.disabled, live.bar.layout.visibility) == (False, "hidden")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (lambda n: 1 / (n - 1), "n=1 failed: ZeroDivisionError: division by zero"),
        (lambda n: None, "n=1 failed: TypeError: run returned nothing"),
        (lambda n: 7, "n=1 failed: TypeError: run returned a builtins.int"),
        (lambda n: {}["<b>"], "KeyError: &#x27;&lt;b&gt;&#x27;"),
    ],
)
def test_a_failure_is_said_and_the_next_run_works(run, said):
    live = live_panel(lambda n: run(n) if n == 1 else f"<p>{n}</p>", n=[1, 2])
    live.button.click()
    assert said in live.result.value
    assert 'role="alert"' in live.result.value
    assert not live.button.disabled
    live.controls["n"].value = 2
    live.button.click()
    assert live.result.value == "<p>2</p>"
    assert live.failure is None


def test_a_run_can_be_stopped():
    def run(n):
        raise KeyboardInterrupt

    live = live_panel(run, n=[1, 2])
    live.button.click()
    assert "Stopped before the end." in live.result.value
    assert not live.button.disabled


def test_a_figure_brings_its_colours_for_dark_pages():
    def draw(n):
        fig, ax = plots.figure(alt=f"A line up to {n}.")
        ax.plot([0, n])
        return fig

    live = live_panel(draw, n=[1, 2])
    live.button.click()
    assert 'aria-label="A line up to 1."' in live.result.value
    assert "--cnn-blue" in live.result.value


def test_a_slider_of_a_panel_moves_an_explore():
    curve = explore(lambda neurons: f"<p>{neurons}</p>", neurons=[1, 8, 64])
    slider = panel().controls["neurons"]
    assert ipywidgets.jslink((slider, "value"), (curve, "value")).source == (slider, "value")
    ipywidgets.link((slider, "value"), (curve, "value"))
    slider.value = 64
    assert curve.value == 64


# Every corner.


def test_sweep_presses_the_button_at_every_corner():
    calls = []

    def run(neurons, kind, dropout):
        calls.append((neurons, kind, dropout))
        return product(neurons, kind, dropout)

    results = sweep(panel(run))
    assert calls == [(n, k, d) for n in (1, 64) for k in ("max", "average") for d in (False, True)]
    assert results["neurons=64, kind='average', dropout=True"] == "<p>64 average True</p>"


def test_sweep_finds_the_corner_that_fails():
    def run(neurons, kind, dropout):
        return f"<p>{1 / (64 - neurons + (kind == 'max'))}</p>"

    with pytest.raises(RuntimeError, match="neurons=64, kind='average', dropout=False failed") as caught:
        sweep(panel(run))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


# Without a kernel.


def test_in_a_notebook_the_widgets_are_shown(displayed, monkeypatch):
    monkeypatch.delenv("CNNLAB_STATIC", raising=False)
    live = panel()
    live._ipython_display_()
    assert displayed == [live.box]
    assert list(live.box.children[:3]) == list(live.controls.values())


def test_on_a_page_the_result_is_shown_and_no_widget_is_made(displayed, monkeypatch):
    monkeypatch.setenv("CNNLAB_STATIC", "1")
    made = []
    monkeypatch.setattr(ipywidgets.Widget, "_call_widget_constructed", staticmethod(made.append))
    panel(start={"neurons": 8}, units={"neurons": "neurons"})._ipython_display_()
    (shown,) = displayed
    assert isinstance(shown, DisplayObject)
    assert made == []
    assert "<p>8 max False</p>" in shown.data
    assert "Neurons: 8 neurons, Kind: max, Dropout: no" in shown.data
    assert "Run this lesson in Jupyter or Colab to try other values." in shown.data


def test_on_a_page_a_failure_stops_the_build(monkeypatch):
    monkeypatch.setenv("CNNLAB_STATIC", "1")
    with pytest.raises(ZeroDivisionError):
        live_panel(lambda n: f"{1 / 0}", n=[1, 2])._ipython_display_()


# Mistakes.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "live_panel: expected at least one control"),
        ({"n": [1]}, "live_panel: n needs at least two values"),
        ({"n": [1, 2], "units": {"m": "pixels"}}, "live_panel: units names 'm'"),
        ({"n": ["a", "b"], "start": {"n": "c"}}, "live_panel: n cannot be 'c'"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        live_panel(product, **options)
