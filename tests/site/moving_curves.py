"""AtlasExplorer and GuessCurve on a page: moved as a reader would, and what they then have to show."""

from bs4 import BeautifulSoup
from playwright.sync_api import Locator

from cnnlab.widgets import atlas_still, guess_still
from cnnlab.widgets.atlas_cells import SETTING, find, nearest

HOW = (
    "Draw across the columns, or drag a point. "
    "By keyboard, Tab goes to the next point and the arrow keys move it."
)
PICTURE = """(root) => {
    const svg = root.querySelector("svg");
    return { label: svg.getAttribute("aria-label"), drawing: svg.innerHTML };
}"""
# As a browser writes it down, with end tags of its own.
AS_WRITTEN = """(_, svg) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    node.innerHTML = svg;
    return node.innerHTML;
}"""


def slide(slider: Locator, to: int, last: int) -> None:
    """Move a slider to its place `to`, by keyboard: from the nearer end, by tenths where they are whole."""
    from_end = last - to < to
    slider.press("End" if from_end else "Home")
    page, step = ("PageDown", "ArrowLeft") if from_end else ("PageUp", "ArrowRight")
    tenth = 0 if last % 10 else last // 10  # what a page is, where browsers agree
    pages, steps = divmod(last - to if from_end else to, tenth or last + 1)
    for key in (*(pages * [page]), *(steps * [step])):
        slider.page.keyboard.press(key)


class Browsing:
    """An `AtlasExplorer`."""

    def __init__(self, root: Locator, state: dict):
        self.root, self.cells = root, state["cells"]
        self.controls = {c["name"]: c for c in state["controls"] if len(c["values"]) > 1}
        self.setting = {name: state[name] for name in SETTING}  # what the page shows now
        self.start = {name: state[name] for name in self.controls}

    def values(self, name: str) -> list:
        """What can be chosen while the rest stays as it is."""
        if name == "neurons":
            return find(self.cells, self.setting)["neurons"]
        return [v for v in self.controls[name]["values"] if find(self.cells, self.setting | {name: v})]

    def move(self, name: str, value: object) -> None:
        if name == "neurons":
            widths = find(self.cells, self.setting)["neurons"]
            slide(self.root.get_by_role("slider"), nearest(widths, value), last=len(widths) - 1)
            return
        radios = self._group(name).get_by_role("radio")
        places = [at for at in range(radios.count()) if radios.nth(at).is_enabled()]
        here = [radios.nth(at).is_checked() for at in places].index(True)
        there = places.index(self.controls[name]["values"].index(value))
        radios.nth(places[here]).focus()
        for _ in range((there - here) % len(places)):
            self.root.page.keyboard.press("ArrowDown")
        self.setting[name] = value

    def _group(self, name: str) -> Locator:
        return self.root.get_by_role("group", name=self.controls[name]["label"], exact=True)

    def shows(self) -> dict:
        texts = "(all) => all.map((node) => [...node.children].map((part) => part.textContent))"
        return self.root.evaluate(PICTURE) | {
            "sentence": self.root.locator(".cnn-message").text_content(),
            "tiles": self.root.locator(".cnn-tiles > div").evaluate_all(texts),
            "slider": self.root.get_by_role("slider").get_attribute("aria-valuetext"),
            "chosen": self.root.locator("input:checked").evaluate_all(
                "(all) => all.map((input) => input.parentElement.textContent)"
            ),
        }

    def should_show(self, values: dict) -> dict:
        setting = self.setting | {name: values[name] for name in SETTING if name in values}
        cell, neurons = find(self.cells, setting), values["neurons"]
        still = BeautifulSoup(atlas_still.results(self.cells, setting, neurons), "html.parser")
        width = cell["neurons"][nearest(cell["neurons"], neurons)]
        chosen = {n: c["texts"][c["values"].index(values[n])] for n, c in self.controls.items()}
        chosen.pop("neurons")
        return {
            "label": atlas_still.description(setting, cell),
            "drawing": self.root.evaluate(AS_WRITTEN, atlas_still.inside(self.cells, setting, neurons)),
            "sentence": still.p.get_text(),
            "tiles": [[part.get_text() for part in tile.children] for tile in still.select("dl > div")],
            "slider": f"{width:,} neuron{'' if width == 1 else 's'}",
            "chosen": list(chosen.values()),
        }

    def idle(self) -> list[str]:
        return []


class Guessing:
    """A `GuessCurve`: its points in hundredths of the axis, and its button."""

    def __init__(self, root: Locator, state: dict):
        self.root, self.state = root, state
        self.controls = [*(control["name"] for control in state["controls"]), "revealed"]
        low, high = self.ends = state["ylim"]
        steps = [round(100 * (value - low) / (high - low)) for value in state["guess"]]
        self.start = dict(zip(self.controls, [*steps, state["revealed"]], strict=True))

    def values(self, name: str) -> list:
        """Some of what can be chosen: the ends, and what takes single steps."""
        return [False, True] if name == "revealed" else [0, 7, 100]

    def move(self, name: str, value: object) -> None:
        if name == "revealed":
            if (self.root.get_by_role("button").inner_text() == "Start again") != value:
                self.root.get_by_role("button").press("Enter")
            return
        slide(self.root.get_by_role("slider").nth(self.controls.index(name)), value, last=100)

    def shows(self) -> dict:
        spoken = "(all) => all.map((input) => input.getAttribute('aria-valuetext'))"
        return self.root.evaluate(PICTURE) | {
            "sentence": self.root.locator(".cnn-message").text_content(),
            "points": self.root.locator("input").evaluate_all(spoken),
        }

    def should_show(self, values: dict) -> dict:
        low, high = self.ends
        steps = [values[name] for name in self.controls[:-1]]
        guess = [low + step / 100 * (high - low) for step in steps]
        state = self.state | {"guess": guess, "revealed": values["revealed"]}
        return {
            "label": guess_still.description(state),
            "drawing": self.root.evaluate(AS_WRITTEN, guess_still.inside(state)),
            "sentence": guess_still.sentence(state) if values["revealed"] else HOW,
            "points": [guess_still.written(state, value) for value in guess],
        }

    def idle(self) -> list[str]:
        return []
