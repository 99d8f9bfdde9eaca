"""The widgets of a page: how a keyboard moves each kind, and what it then has to show.

What it has to show comes from Python and from the state on the page, not from the widget's JavaScript.
"""

import itertools
import json
import math
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from playwright.sync_api import Locator, Page

from cnnlab import count
from cnnlab.widgets import head_still
from cnnlab.widgets.frames import Film
from cnnlab.widgets.head_layers import head_layers
from tests.site.moving_curves import Browsing, Guessing, slide

VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.DOTALL)
STATE = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL)


def states(text: str) -> list[dict]:
    """Read from a page's HTML the state of each widget that it shows, in the page's order."""
    models = {}
    for found in STATE.findall(text):
        models |= json.loads(found)["state"]
    return [models[json.loads(view)["model_id"]]["state"] for view in VIEW.findall(text)]


def widget(page: Page, number: int, state: dict) -> "Moved":
    """Take hold of a page's widget, counted from 0."""
    kind = state.get("_anywidget_id", "a plain ipywidget").rpartition(".")[2]
    if kind not in KINDS:
        raise LookupError(f"a {kind} is on the page, and no test knows it: extend tests.site.moving")
    return KINDS[kind](page.locator(".cnnlab-widget").nth(number), state)


class Exploring:
    """An `Explore`."""

    def __init__(self, root: Locator, state: dict):
        self.root = root
        self.controls = {control["name"]: control for control in state["controls"]}
        self._film = Film(*(state[name] for name in ("frames", "descriptions", "pieces", "order")))
        value = state["value"]
        self.start = {n: value[n] if len(self.controls) > 1 else value for n in self.controls}

    def values(self, name: str) -> list:
        return self.controls[name]["values"]

    def move(self, name: str, value: object) -> None:
        at = self.values(name).index(value)
        number = list(self.controls).index(name)
        control = self.root.locator(".cnn-control").nth(number)
        match self.controls[name]["kind"]:
            case "range":
                slide(control.get_by_role("slider"), at, last=len(self.values(name)) - 1)
            case "radio":
                radios = control.get_by_role("radio")
                chosen = [radio.is_checked() for radio in radios.all()].index(True)
                control.locator("input:checked").focus()
                for _ in range((at - chosen) % radios.count()):
                    self.root.page.keyboard.press("ArrowDown")
            case "checkbox":
                box = control.get_by_role("checkbox")
                if box.is_checked() != value:
                    box.press("Space")

    def shows(self) -> dict:
        return self.root.evaluate("""(root) => {
            const words = (control) => {
                const input = control.querySelector("input");
                if (input.type === "range") return input.getAttribute("aria-valuetext");
                if (input.type === "checkbox") return input.checked ? "yes" : "no";
                return control.querySelector("input:checked").closest("label").textContent;
            };
            const stage = root.querySelector(".cnn-stage");
            return {
                controls: [...root.querySelectorAll(".cnn-control")].map(words),
                label: stage.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "",
                frame: stage.innerHTML,
            };
        }""")

    def should_show(self, values: dict) -> dict:
        positions = [self.values(name).index(value) for name, value in values.items()]
        return {
            "controls": [c["texts"][at] for c, at in zip(self.controls.values(), positions, strict=True)],
            "label": self._film.descriptions[self._number(positions)],
            # As a browser writes it down: with quotes, end tags and entities of its own.
            "frame": self.root.evaluate(
                "(_, html) => Object.assign(document.createElement('div'), { innerHTML: html }).innerHTML",
                self._film.frame(self._film_place(positions)),
            ),
        }

    def idle(self) -> list[str]:
        """Name the controls that never change what is drawn."""
        counts = [range(len(self.values(name))) for name in self.controls]
        idle = []
        for n, name in enumerate(self.controls):
            others = itertools.product(*(counts[:n] + counts[n + 1 :]))
            drawn = ({self._number([*o[:n], at, *o[n:]]) for at in counts[n]} for o in others)
            if all(len(frames) == 1 for frames in drawn):
                idle.append(name)
        return idle

    def _film_place(self, positions: list[int]) -> int:
        place = 0
        for name, position in zip(self.controls, positions, strict=True):
            place = place * len(self.values(name)) + position
        return place

    def _number(self, positions: list[int]) -> int:
        return self._film.order[self._film_place(positions)]


class Calculating:
    """A `ConvArithmetic`."""

    def __init__(self, root: Locator, state: dict):
        self.root = root
        self.controls = {control["name"]: control for control in state["controls"]}
        self.start = {name: state[name] for name in self.controls}

    def values(self, name: str) -> range:
        return range(self.controls[name]["min"], self.controls[name]["max"] + 1)

    def move(self, name: str, value: int) -> None:
        field = self.root.locator(f"input[name={name}]")
        field.press("Control+a")
        self.root.page.keyboard.type(str(value))

    def shows(self) -> dict:
        shape, macs = (
            self.root.locator("dl > div", has_text=what).locator("dd").inner_text()
            for what in ("Output shape", "MACs for one image")
        )
        label = self.root.get_by_role("application").get_attribute("aria-label").partition(".")[0]
        return {"label": label, "shape": shape.strip(), "macs": macs.rpartition("=")[2].strip()}

    def should_show(self, values: dict) -> dict:
        C, K, F = (values[name] for name in ("in_channels", "out_channels", "kernel_size"))
        settings = {name: v for name, v in values.items() if name not in {"in_channels", "out_channels"}}
        try:
            Ho = count.conv2d_output_size(**settings)
        except ValueError:
            return {"label": "No output", "shape": "—", "macs": "—"}
        macs = f"{count.conv2d_macs(C, K, F, Ho):,}"
        return {"label": f"Output {Ho} × {Ho}", "shape": f"{K:,} × {Ho} × {Ho}", "macs": macs}

    def idle(self) -> list[str]:
        return []


class Heading:
    """A `HeadCalculator`."""

    def __init__(self, root: Locator, state: dict):
        self.root = root
        self.controls = {control["name"]: control for control in state["controls"]}
        self.start = {name: state[name] for name in self.controls}

    def values(self, name: str) -> list | range:
        control = self.controls[name]
        if name == "hidden":
            return [[], [control["min"]], [1024, 512], [control["max"]] * control["most"]]
        return control.get("values") or range(control["min"], control["max"] + 1)

    def move(self, name: str, value: object) -> None:
        match self.controls[name].get("kind"):
            case "radio":
                at = self.values(name).index(value)
                if not self.root.get_by_role("radio").nth(at).is_checked():
                    self.root.locator("input:checked[type=radio]").press("ArrowDown")
            case "checkbox":
                box = self.root.get_by_role("checkbox")
                if box.is_checked() != value:
                    box.press("Space")
            case "widths":
                for _ in self.root.locator(".cnn-drop:visible").all():
                    self.root.get_by_role("button", name="Drop hidden layer 1").press("Enter")
                for number, width in enumerate(value, start=1):
                    self.root.get_by_role("button", name="Add a layer").press("Enter")
                    self._type(f"{name}{number}", width)
            case _:
                self._type(name, value)

    def _type(self, name: str, number: int) -> None:
        self.root.locator(f"input[name={name}]").press("Control+a")
        self.root.page.keyboard.type(str(number))

    def shows(self) -> dict:
        return self.root.evaluate("""(root) => ({
            label: root.querySelector("svg").getAttribute("aria-label"),
            sentence: root.querySelector(".cnn-message").textContent,
            rows: [...root.querySelectorAll("tr")].map((row) => [...row.children].map((c) => c.textContent)),
        })""")

    def should_show(self, values: dict) -> dict:
        layers = head_layers(**values)
        still = BeautifulSoup(head_still.sentence(layers) + head_still.table(layers), "html.parser")
        rows = [[cell.get_text() for cell in row.children] for row in still.select("tr")]
        still.select_one(".cnn-rows").decompose()
        return {"label": head_still.description(layers), "sentence": still.get_text(), "rows": rows}

    def idle(self) -> list[str]:
        return []


Moved = Exploring | Calculating | Heading | Browsing | Guessing
KINDS = {
    "Explore": Exploring,
    "ConvArithmetic": Calculating,
    "HeadCalculator": Heading,
    "AtlasExplorer": Browsing,
    "GuessCurve": Guessing,
}


def faults(moved: Moved) -> Iterator[str]:
    """Move each control to its first, middle and last value and back to the start, and tell what is wrong."""
    yield from (f"{name} changes nothing" for name in moved.idle())
    values = dict(moved.start)
    beginning, place = moved.shows(), _place(moved.root)
    for name in moved.controls:
        stops = moved.values(name)
        for value in (stops[0], stops[len(stops) // 2], stops[-1], moved.start[name]):
            moved.move(name, value)
            values[name] = value
            call = ", ".join(f"{n}={v!r}" for n, v in values.items())
            shown, expected = moved.shows(), moved.should_show(values)
            yield from (
                f"{call}: the {part} is {_short(shown[part])}, not {_short(expected[part])}"
                for part in expected
                if shown[part] != expected[part]
            )
            if _place(moved.root) != place:
                yield f"{call}: the page jumps: {place} became {_place(moved.root)}"
    if moved.shows() != beginning:
        yield "back at the start it does not show what it began with"


def _place(root: Locator) -> list[int]:
    """Give where the widget is, how high, and how long the page."""
    box = "const { top, height } = root.getBoundingClientRect()"
    found = root.evaluate(
        f"(root) => {{ {box}; return [top + scrollY, height, document.body.scrollHeight]; }}"
    )
    return [math.floor(pixels + 0.5) for pixels in found]


def _short(what: object) -> str:
    text = str(what)
    return text if len(text) < 100 else f"{text[:80]} … ({len(text)} characters)"
