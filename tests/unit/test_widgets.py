"""`explore`: every frame is drawn, kept once, and every mistake is named."""

import functools
import json
import os
import re
import subprocess
import sys
import time

import ipywidgets
import numpy as np
import pytest

from cnnlab import plots
from cnnlab.widgets import Explore, explore, fallback_html
from cnnlab.widgets.frames import Film


def shifted(shift):
    image = np.zeros((8, 8))
    image[2:5, 2:4] = 1
    alt = f"A block, and the block {shift} pixels further right."
    return plots.images([image, np.roll(image, shift, axis=1)], alt=alt)


def paragraph(**values):
    return f"<p>{values}</p>"


def frame_of(widget, number):
    return Film(widget.frames, widget.descriptions, widget.pieces, widget.order).frame(number)


def test_every_combination_is_drawn():
    calls = []

    def draw(n, kind):
        calls.append((n, kind))
        return f"<p>{n} {kind}</p>"

    widget = explore(draw, n=[1, 2, 3], kind=["max", "average"])
    assert set(calls) == {(n, kind) for n in (1, 2, 3) for kind in ("max", "average")}
    assert [frame_of(widget, number) for number in range(6)] == [
        f"<p>{n} {kind}</p>" for n in (1, 2, 3) for kind in ("max", "average")
    ]
    assert widget.value == {"n": 1, "kind": "max"}


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([64, 1024, 12544], "range", ["64 neurons", "1,024 neurons", "12,544 neurons"]),
        (np.array([1, 2]), "range", ["1 neuron", "2 neurons"]),
        ([-0.5, 1e-3], "range", ["−0.5 neurons", "0.001 neurons"]),
    ],
)
def test_numbers_are_written_as_people_read_them(values, kind, texts):
    widget = explore(paragraph, size=values, units={"size": "neurons"})
    assert widget.controls[0]["kind"] == kind
    assert widget.controls[0]["texts"] == texts


def test_words_and_booleans_get_their_own_controls():
    assert explore(paragraph, kind=["max", "average"]).controls[0]["kind"] == "radio"
    widget = explore(paragraph, with_bias=[False, True])
    assert widget.controls[0]["kind"] == "checkbox"
    assert widget.controls[0]["label"] == "With bias"


def test_start_labels_and_units():
    widget = explore(
        shifted,
        shift=range(5),
        start={"shift": 2},
        units={"shift": "pixels"},
        labels={"shift": "Shift to the right"},
    )
    assert widget.value == 2
    assert widget.controls[0]["label"] == "Shift to the right"
    assert widget.descriptions[2] == "A block, and the block 2 pixels further right."


def test_the_state_can_be_written_to_a_page():
    state = explore(shifted, shift=np.arange(3), start={"shift": np.int64(1)}).get_state()
    assert json.loads(json.dumps(state))["value"] == 1
    assert "export default" in state["_esm"]
    assert "--cnn-blue" in state["_css"]


def test_equal_frames_and_common_pieces_are_stored_once():
    widget = explore(lambda n: f"<p>{n % 2}</p>", n=range(6))
    assert len(widget.frames) == 2
    widget = explore(shifted, shift=range(5))
    full = sum(len(frame_of(widget, number)) for number in range(5))
    stored = sum(map(len, widget.frames)) + sum(map(len, widget.pieces))
    assert stored < full / 2


def test_the_state_is_the_same_on_every_run():
    # In processes of their own: the order of a set of texts differs from process to process.
    program = (
        "from cnnlab import plots; from cnnlab.widgets import explore; "
        "draw = lambda n: plots.matrix([[n, 1], [2, n]], title='Matrix', alt=f'Twice {n}.'); "
        "w = explore(draw, n=[1, 2, 3]); print(w.frames, w.pieces, w.order, w.descriptions, w.controls)"
    )
    states = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(states) == 1
    assert "Matrix" in states.pop()


def test_two_widgets_never_share_an_id():
    def ids(widget):
        return set(re.findall(r'\bid="([^"]+)"', frame_of(widget, 0)))

    def line(slope):
        fig, ax = plots.figure(alt=f"A line of slope {slope}.")
        ax.plot([0, slope])
        ax.set_ylim(0, 9)
        return fig

    one, other = explore(line, slope=[1, 2]), explore(line, slope=[1, 3])
    assert ids(one)
    assert not ids(one) & ids(other)
    for number in range(2):
        text = frame_of(one, number)
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', text)) == set(re.findall(r'\bid="([^"]+)"', text))


def test_anything_that_shows_itself_as_html_is_a_frame():
    class Table:
        def _repr_html_(self):
            return "<table></table>"

    assert frame_of(explore(lambda n: Table(), n=[1, 2]), 0) == "<table></table>"


# The value: set, observed, linked.


def test_value_can_be_observed_and_goes_to_the_nearest_number():
    widget = explore(paragraph, neurons=[1, 8, 64])
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "value")
    widget.value = 8
    widget.value = 60
    assert seen == [8, 64]


def test_value_is_checked():
    widget = explore(paragraph, kind=["max", "average"])
    with pytest.raises(ValueError, match="kind cannot be 'median'; its values are"):
        widget.value = "median"
    widget = explore(paragraph, kind=["max", "average"], n=[1, 2])
    with pytest.raises(ValueError, match="dict with kind and n"):
        widget.value = 3
    widget.value = {"n": 2, "kind": "average"}
    assert widget.value == {"kind": "average", "n": 2}


def test_value_can_be_linked_to_an_ipywidgets_slider():
    widget = explore(paragraph, n=[1, 2, 4])
    slider = ipywidgets.IntSlider(min=1, max=4)
    link = ipywidgets.jslink((slider, "value"), (widget, "value"))
    assert link.source == (slider, "value")
    assert link.target == (widget, "value")
    ipywidgets.link((slider, "value"), (widget, "value"))
    slider.value = 4
    assert widget.value == 4
    widget.value = 2
    assert slider.value == 2


def test_it_is_an_ipywidgets_widget_of_both_generations():
    # 7.7 and 8 share DOMWidget, synced traits and get_state; nothing newer is used.
    widget = explore(paragraph, n=[1, 2])
    assert isinstance(widget, ipywidgets.DOMWidget)
    synced = {"value", "controls", "frames", "pieces", "order", "descriptions", "play"}
    assert synced <= set(widget.keys)


# Without JavaScript.


def test_fallback_is_the_chosen_frame_from_the_state_alone():
    widget = explore(shifted, shift=range(5), units={"shift": "pixels"}, labels={"shift": "Shift <b>"})
    widget.value = 3
    text = fallback_html(json.loads(json.dumps(widget.get_state())))
    assert text == widget.fallback_html()
    assert "the block 3 pixels further right" in text
    assert "3 pixels</span>" in text
    assert "Shift &lt;b&gt;" in text
    assert "<@" not in text


def test_fallback_of_two_controls():
    widget = explore(lambda a, b: f"<p>{a} {b}</p>", a=[1, 2, 3], b=["x", "y"], start={"a": 3, "b": "y"})
    assert "<p>3 y</p>" in widget.fallback_html()


# Mistakes.


def test_a_failing_drawing_names_its_values():
    def draw(neurons, dropout):
        return f"<p>{10 / (neurons - 2 * dropout)}</p>"

    with pytest.raises(RuntimeError, match=r"draw\(neurons=2, dropout=True\) failed: ZeroDivisionError"):
        explore(draw, neurons=[1, 2], dropout=[False, True])


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (None, r"n=1\) returned nothing; end it with `return fig`"),
        (7, "returned a builtins.int"),
        (" ", "a builtins.str"),
    ],
)
def test_a_drawing_that_cannot_be_shown_is_named(drawn, message):
    with pytest.raises(TypeError, match=message):
        explore(lambda n: drawn, n=[1, 2])


def test_a_plain_matplotlib_figure_is_refused_for_its_missing_alt():
    import matplotlib.figure

    with pytest.raises(TypeError, match=r"cnnlab\.plots\.figure"):
        explore(lambda n: matplotlib.figure.Figure(), n=[1, 2])


def test_a_drawing_that_remembers_is_refused():
    seen = []

    def draw(n):
        seen.append(n)
        return f"<p>{len(seen)}</p>"

    with pytest.raises(ValueError, match=r"draw\(n=1\) drew something else when called again"):
        explore(draw, n=[1, 2])
    with pytest.raises(ValueError, match="draw\\(n=1\\) drew something else"):
        explore(functools.partial(draw), n=[1, 2])


def test_frames_of_different_sizes_are_both_named():
    def draw(n):
        return plots.figure(alt="Axes.", height=2 + n // 3)[0]

    with pytest.raises(ValueError, match=r"403\.2 × 144 at n=1, 403\.2 × 216 at n=3"):
        explore(draw, n=[1, 2, 3])
    with pytest.raises(ValueError, match=r"no drawing at n=1, 9 × 9 at n=2"):
        explore(lambda n: "<p></p>" if n == 1 else '<svg viewBox="0 0 9 9"></svg>', n=[1, 2])


def test_too_many_frames():
    with pytest.raises(ValueError, match="20 × 10 values make 200 frames; 150 are the limit"):
        explore(paragraph, a=range(20), b=range(10))
    assert len(explore(paragraph, a=range(15), b=range(10)).order) == 150


@pytest.mark.parametrize("controls", [{}, {"a": [1, 2], "b": [1, 2], "c": [1, 2]}])
def test_one_or_two_controls(controls):
    with pytest.raises(ValueError, match="one or two controls"):
        explore(paragraph, **controls)


@pytest.mark.parametrize("values", [[], [1], [1, 1]])
def test_a_control_needs_something_to_choose(values):
    with pytest.raises(ValueError, match="n needs at least two values, each once"):
        explore(paragraph, n=values)


@pytest.mark.parametrize("values", [[1, "two"], [True, 2], [None, 1]])
def test_a_control_has_values_of_one_kind(values):
    with pytest.raises(TypeError, match="not a mixture"):
        explore(paragraph, n=values)


@pytest.mark.parametrize("argument", ["units", "labels", "start"])
def test_unknown_names_are_refused(argument):
    with pytest.raises(ValueError, match=f"{argument} names 'm'; the controls are n"):
        explore(paragraph, n=[1, 2], **{argument: {"m": 1}})


def test_an_unknown_start_is_refused():
    with pytest.raises(ValueError, match="kind cannot be 'median'"):
        explore(paragraph, kind=["max", "average"], start={"kind": "median"})


def test_a_heavy_frame_warns_and_a_heavy_widget_fails():
    with pytest.warns(UserWarning, match=r"the frame at n=2 takes 40 kB"):
        explore(lambda n: f"<p>{'x' * (40_000 if n == 2 else 10)}</p>", n=[1, 2])
    noise = [np.random.default_rng(n).integers(0, 2**31, 3000).tolist() for n in range(150)]
    with pytest.raises(ValueError, match=r"150 frames take \d\.\d MB"):
        explore(lambda n: f"<p>{noise[n]}</p>"[:29_999], n=range(150))


def test_progress_is_shown_after_two_seconds_only(capsys, monkeypatch):
    monkeypatch.setattr(sys.modules["cnnlab.widgets.explore"], "SECONDS_BEFORE_PROGRESS", 0.2)
    explore(paragraph, n=range(3))
    assert capsys.readouterr().err == ""

    def slow(n):
        time.sleep(0.15)
        return paragraph(n=n)

    explore(slow, n=range(4))
    assert "Drawing" in capsys.readouterr().err


def test_explore_is_exported():
    assert isinstance(explore(paragraph, n=[1, 2], play=True), Explore)


@pytest.mark.parametrize("values", [[float("nan"), 1.0], [1, float("inf")]])
def test_numbers_that_no_page_can_hold_are_refused(values):
    with pytest.raises(ValueError, match="x needs finite numbers; got"):
        explore(lambda x: f"<p>{x}</p>", x=values)
