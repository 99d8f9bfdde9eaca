"""The built site in Chromium: how soon a moved slider is painted, what a page weighs, and what is usual.

Run `make site` first. What is usual: the same drawing behind `ipywidgets.interact` and a live kernel, and the
same pages built by Jupyter Book as it comes.
"""

import json
import random
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from authoring import book
from authoring import browser as chromium
from tests.bench import weight
from tests.site import moving
from tests.site.lab import PATIENCE, jupyterlab
from tests.site.serving import served
from tests.site.visits import visit

SITE = book.ROOT / "_build" / "html"
PRESSES = 100
WARM_UP = 10
WITHIN, TIMES, WEIGHT = 33, 5, 1.3e6  # goals: ms at the 95th percentile, the ratio to interact, bytes gzipped

# Time from the key's own time stamp to the task after the frame that shows another picture. `picture` gives
# what is seen; a picture that comes later, from a kernel, is waited for.
WATCH = """(root) => {
    const picture = () => {
        const drawn = root.querySelector("svg, img");
        return drawn && drawn.complete !== false && drawn.outerHTML;
    };
    let pressed, before, done;
    const check = () => {
        if (!pressed || !picture() || picture() === before) return;
        const since = pressed;
        pressed = null;
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.now() - since);
            port2.postMessage(null);
        });
    };
    addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
    new MutationObserver(check).observe(root, { subtree: true, childList: true, attributes: true });
    root.addEventListener("load", check, true);
    window.arm = () => {
        before = picture();
        window.painted = new Promise((resolve) => (done = resolve));
    };
}"""


def run() -> None:
    """Measure, and print two tables."""
    if not (SITE / "index.html").exists():
        raise SystemExit(f"there is no site in {SITE}: run `make site` first")
    with sync_playwright() as playwright:
        program = chromium.find(playwright)
        if program is None:
            raise SystemExit(chromium.ADVICE)
        running = playwright.chromium.launch(executable_path=program, args=chromium.OPTIONS)
        print(f"Chromium {running.version}, {sys.platform}; all on one machine, in one run\n")
        speeds(running)
        print()
        weight.table(running, SITE, WEIGHT)
        running.close()


def speeds(running: Browser) -> None:
    """Print a row for each kind of control, and one for `interact`."""
    print(f"Key press to paint, {PRESSES} presses: milliseconds\n")
    print(f"{'':44}{'median':>9}{'95 %':>9}{'most':>9}   goal: 95 % within {WITHIN}")
    medians = {}
    with served(SITE) as address:
        for (name, number), (kind, keys) in kinds().items():
            page = visit(running.new_context(), f"{address}{name}.html")
            root = page.locator(".cnnlab-widget").nth(number)
            times = press(page, root, root.locator("input").first, keys)
            medians[name, number] = statistics.median(times)
            print(row(f"{kind}, {name.rpartition('/')[2]}", times), flush=True)
            page.context.close()
    name, number = next((name, n) for (name, n), (kind, _) in kinds().items() if kind == "explore, slider")
    times = interact(running, name, number)
    print(row(f"interact and a kernel, the same as {name.rpartition('/')[2]}", times, goal=None))
    ratio = statistics.median(times) / medians[name, number]
    print(f"\n  explore is {ratio:.0f} times as fast as interact (goal: {TIMES}): {verdict(ratio >= TIMES)}")


def kinds() -> dict[tuple[str, int], tuple[str, tuple[str, str]]]:
    """Find the heaviest widget of each kind of first control, and the keys that move it there and back."""
    found = {}
    for name in book.pages():
        states = moving.states((SITE / f"{name}.html").read_text(encoding="utf8"))
        for number, state in enumerate(states):
            kind = state["_anywidget_id"].rpartition(".")[2]
            control = state["controls"][0].get("kind", "number")
            found.setdefault((kind, control), []).append((len(json.dumps(state)), name, number))
    names = {"Explore": "explore", "range": "slider", "radio": "words", "number": "a number"}
    keys = {"number": ("ArrowUp", "ArrowDown"), "checkbox": ("Space", "Space")}
    return {
        (name, number): (
            f"{names.get(kind, kind)}, {names.get(control, control)}",
            keys.get(control, ("ArrowRight", "ArrowLeft")),
        )
        for (kind, control), widgets in found.items()
        for _, name, number in [max(widgets)]
    }


def press(page: Page, root: Locator, control: Locator, keys: tuple[str, str]) -> list[float]:
    """Press the keys in turn, at any time within the screen's frames, and time each press."""
    root.evaluate(WATCH)
    control.focus()
    pause = random.Random(0)  # noqa: S311 - no secrets here
    times = []
    for number in range(WARM_UP + PRESSES):
        page.wait_for_timeout(pause.uniform(20, 60))
        page.evaluate("arm()")
        page.keyboard.press(keys[number % 2])
        times.append(page.evaluate("painted"))
    return times[WARM_UP:]


def interact(running: Browser, name: str, number: int) -> list[float]:
    """Time the drawing of a lesson's `explore` behind `interact`, in JupyterLab with a live kernel."""
    lesson = nbformat.read(book.notebook(name), as_version=4)
    cells = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    upto = [n for n, source in enumerate(cells) if "explore(" in source][number]
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as lab:
        page = running.new_page(viewport={"width": 1280, "height": 900})
        notebook = lab.write("interact.ipynb", KEEP, *cells[: upto + 1], INTERACT)
        if errors := lab.run_all(page, notebook):
            raise RuntimeError("\n".join(errors))
        root = page.locator(".widget-interact")
        root.locator("svg, img").first.wait_for(timeout=PATIENCE * 1000)
        return press(page, root, root.locator(".noUi-handle").first, ("ArrowRight", "ArrowLeft"))


# The lesson's own cells run; what they give to `explore` goes to `interact`.
KEEP = """
import cnnlab.widgets
kept = []
cnnlab.widgets.explore = lambda draw, **given: kept.append((draw, given))
"""
INTERACT = """
import ipywidgets
draw, given = kept[-1]
for option in {"units", "labels", "start", "play", "key"} & set(given):
    del given[option]
ipywidgets.interact(draw, **{name: ipywidgets.SelectionSlider(options=list(v)) for name, v in given.items()});
"""


def row(what: str, times: list[float], goal: float | None = WITHIN) -> str:
    """Write a line of the table."""
    late = statistics.quantiles(times, n=20)[-1]
    numbers = "".join(f"{number:9.1f}" for number in (statistics.median(times), late, max(times)))
    return f"  {what:42}{numbers}" + (f"   {verdict(late <= goal)}" if goal else "")


def verdict(reached: bool) -> str:
    """Say whether a goal is reached."""
    return "reached" if reached else "MISSED"
