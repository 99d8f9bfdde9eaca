"""Colab still has ipywidgets 7: the widgets are made, observed and linked there too, on Python's side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

VERSION = "7.7.5"
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "_build" / f"ipywidgets-{VERSION}"

PROGRAM = """
import ipywidgets
assert ipywidgets.__version__ == "7.7.5", ipywidgets.__version__
import sys
from pathlib import Path
from tests import made_atlas
from cnnlab.widgets import AtlasExplorer, ConvArithmetic, GuessCurve, HeadCalculator
from cnnlab.widgets import explore, fallback_html, live_panel, sweep

curve = explore(lambda neurons: f"<p>{neurons}</p>", neurons=[1, 8, 64])
calculator = ConvArithmetic(size=27, kernel_size=2, stride=2)
head = HeadCalculator(7, 7, 256, hidden=(1024, 512), classes=3)

def run(neurons, kind):
    return f"<p>{neurons} {kind}</p>"

panel = live_panel(run, neurons=range(1, 65), kind=["max", "average"])
slider = panel.controls["neurons"]

seen = []
for widget, name in ((curve, "value"), (calculator, "stride"), (slider, "value")):
    widget.observe(lambda change: seen.append(change["new"]), name)
calculator.stride = 4
ipywidgets.link((slider, "value"), (curve, "value"))
slider.value = 60
assert (seen, curve.value) == ([4, 60, 64], 64), (seen, curve.value)
assert ipywidgets.jslink((slider, "value"), (curve, "value")).target == (curve, "value")
assert ipywidgets.jslink((slider, "value"), (calculator, "size")).target == (calculator, "size")

head.hidden = []
assert head.params == 37_635
assert ipywidgets.jslink((slider, "value"), (head, "channels")).target == (head, "channels")

browser = AtlasExplorer(made_atlas.load(Path(sys.argv[1])))
browser.neurons, browser.train_size = 1000, 300
assert browser.measured.neurons == 1024
assert ipywidgets.jslink((slider, "value"), (browser, "neurons")).target == (browser, "neurons")
guess = GuessCurve([1, 2], [0.2, 0.4], xlabel="neurons", ylabel="accuracy")
guess.guess = [0.2, 0.5]
assert round(guess.distance, 9) == 0.05

assert sweep(panel)["neurons=64, kind='average'"] == "<p>64 average</p>"
assert isinstance(panel.box, ipywidgets.VBox)
for widget in (curve, calculator, head, browser, guess):
    state = widget.get_state()
    assert (state["_model_module"], state["_model_name"]) == ("anywidget", "AnyModel")
    assert "export default" in state["_esm"]
    assert len(fallback_html(state)) > 1000
print("fine")
"""


@pytest.fixture(scope="module")
def ipywidgets7():
    """A folder with ipywidgets 7.7, beside what is installed here."""
    if not (FOLDER / "ipywidgets").exists():
        wanted = [f"ipywidgets=={VERSION}", "ipython_genutils==0.2.0"]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", FOLDER, *wanted]
        done = subprocess.run(pip, check=False, capture_output=True, text=True)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"pip could not fetch ipywidgets {VERSION}: {done.stderr.strip()[-200:]}")
        assert done.returncode == 0, done.stderr
    return FOLDER


def test_the_widgets_work_with_ipywidgets_7(ipywidgets7, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ipywidgets7), str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "fine\n", done.stderr
