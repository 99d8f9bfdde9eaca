"""The same widgets in a real JupyterLab with a kernel, in the browser."""

import re

import pytest

from authoring import book
from tests.site.lab import PATIENCE, jupyterlab

pytestmark = pytest.mark.slow

LINKED = """
import ipywidgets
from IPython.display import display
from cnnlab.widgets import explore

squares = explore(lambda side: f"<p>{side * side}</p>", side=range(1, 6))
plain = ipywidgets.IntSlider(min=1, max=5, description="Plain")
link = ipywidgets.jslink((squares, "value"), (plain, "value"))
display(squares, plain)
"""

TRAINS = """
import torch
from torch import nn
from cnnlab import data
from cnnlab.train import fit
from cnnlab.widgets import live_panel

few = data.animals(train_size=60)

def train(neurons, progress):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, neurons), nn.ReLU(), nn.Linear(neurons, 3))
    for epoch in range(3):
        history = fit(network, few, epochs=1, batch_size=20, progress=False)
        progress(epoch + 1, 3)
    return f"<p class='trained'>{neurons} neurons, loss {history.train_loss[-1]:.3f}</p>"

live_panel(train, neurons=range(1, 33), start={"neurons": 2})
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    page.close()


def test_a_lesson_runs_and_its_slider_moves(lab, page):
    smallest = min(
        (book.notebook(name) for name in book.lessons() if "explore(" in book.source(name).read_text("utf8")),
        key=lambda notebook: notebook.stat().st_size,
    )
    assert lab.run_all(page, lab.copy(smallest)) == []
    slider = page.locator(".cnn-explore").first.get_by_role("slider")
    stage = page.locator(".cnn-explore .cnn-stage").first
    frames = {}
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        frames[slider.get_attribute("aria-valuetext")] = stage.inner_html()
    assert len(frames) == 3
    assert len(set(frames.values())) == 3
    assert page.problems == []


def test_a_cell_that_fails_is_noticed(lab, page):
    (error,) = lab.run_all(page, lab.write("fails.ipynb", "1 + 1", "assert 1 == 2, 'planted'"))
    assert "AssertionError: planted" in error


def test_a_slider_and_its_kernel_agree_and_a_plain_slider_follows(lab, page):
    asks = "print('the kernel has', squares.value)"
    assert lab.run_all(page, lab.write("linked.ipynb", LINKED, asks)) == []
    page.get_by_role("slider", name="Side").press("End")
    assert page.locator(".cnn-stage").inner_text() == "25"
    page.locator(".widget-slider .widget-readout", has_text="5").wait_for()
    # The other way round, and then the kernel is asked.
    page.locator(".widget-slider .noUi-handle").press("ArrowLeft")
    page.locator(".cnn-stage", has_text="16").wait_for()
    page.locator(".jp-CodeCell", has_text="print('the kernel has'").locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("the kernel has 4").wait_for()


def test_a_live_panel_trains(lab, page):
    assert lab.run_all(page, lab.write("trains.ipynb", TRAINS)) == []
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator(".trained", has_text="2 neurons").wait_for(timeout=PATIENCE * 1000)
    two = page.locator(".trained").inner_text()
    page.locator(".noUi-handle").press("End")
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator(".trained", has_text="32 neurons").wait_for(timeout=PATIENCE * 1000)
    losses = [float(re.search(r"loss ([\d.]+)", t)[1]) for t in (two, page.locator(".trained").inner_text())]
    assert losses[1] < losses[0]  # sixteen times the neurons learn sixty images faster
    assert page.problems == []
