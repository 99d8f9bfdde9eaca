"""HeadCalculator in a real browser: its numbers and its drawing against Python, and all ways to set it."""

import random
import re

import pytest

from cnnlab import count
from cnnlab.widgets import HeadCalculator, head_still
from cnnlab.widgets.head_calculator import MOST_HIDDEN, PRESETS, RANGES
from cnnlab.widgets.head_layers import head_layers
from tests.site import looks, moving

pytestmark = pytest.mark.slow

LARGEST = {name: high for name, (_, high) in RANGES.items()} | {"hidden": [RANGES["hidden"][1]] * MOST_HIDDEN}
SMALLEST = {name: low for name, (low, _) in RANGES.items()} | {"hidden": []}
COMPUTE = """async ([source, cases]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return cases.map((settings) => {
        const layers = module.headLayers(settings);
        return {
            layers,
            totals: module.headTotals(layers),
            drawing: module.headDrawing(layers),
            words: module.drawingInWords(layers),
            sentence: module.headInWords(layers).join(" "),
            texts: layers.map(({ bytes, params }) =>
                [module.memory(bytes), module.percent(params, module.headTotals(layers).params)]),
        };
    });
}"""


def some_settings(number, seed):
    """Heads of all sizes, small ones as often as large ones."""
    draw = random.Random(seed)  # noqa: S311 - no secrets here

    def one(name):
        low, high = RANGES[name]
        return draw.randint(low, draw.choice([high, min(high, 1000), min(high, 8)]))

    def head():
        numbers = {name: one(name) for name in ("height", "width", "channels", "classes")}
        hidden = [one("hidden") for _ in range(draw.randint(0, MOST_HIDDEN))]
        choices = {"vector": draw.choice(["flatten", "gap"]), "bias": draw.choice([True, False])}
        return numbers | choices | {"hidden": hidden}

    return [head() for _ in range(number)]


def test_500_heads_agree_with_count(open_page):
    cases = some_settings(500, seed=0)
    seen = {(case["vector"], case["bias"], len(case["hidden"])) for case in cases}
    assert len(seen) == 2 * 2 * (MOST_HIDDEN + 1)
    computed = open_page(HeadCalculator()).evaluate(COMPUTE, [HeadCalculator._esm, cases])
    for case, found in zip(cases, computed, strict=True):
        C, places = case["channels"], case["height"] * case["width"]
        n = C * places if case["vector"] == "flatten" else C
        assert found["layers"][0]["output"] == n
        for m, layer in zip([*case["hidden"], case["classes"]], found["layers"][1:], strict=True):
            params = count.linear_params(n, m, case["bias"])
            assert layer["params"] == params, case
            assert layer["macs"] == count.linear_macs(n, m), case
            assert layer["bytes"] == count.memory_bytes(params), case
            n = m
        total = sum(layer["params"] for layer in found["layers"])
        assert found["totals"]["params"] == total < 2**53


def test_words_and_drawing_are_those_of_the_still_picture(open_page):
    cases = [*some_settings(300, seed=1), *PRESETS.values(), LARGEST, SMALLEST]
    cases = [{"vector": "flatten", "bias": True} | case for case in cases]
    page = open_page(HeadCalculator())
    assert f'viewBox="{page.locator("svg").get_attribute("viewBox")}"' in HeadCalculator().fallback_html()
    computed = page.evaluate(COMPUTE, [HeadCalculator._esm, cases])
    for case, found in zip(cases, computed, strict=True):
        layers = head_layers(**case)
        whole = sum(layer.params for layer in layers)
        texts = [
            [head_still.memory(layer.param_bytes), head_still.percent(layer.params, whole)]
            for layer in layers
        ]
        assert found["texts"] == texts, case
        assert found["words"] == head_still.description(layers), case
        assert found["sentence"] == re.sub("</?strong>", "", head_still.sentence(layers)), case
        assert found["drawing"] == head_still.inside(layers), case


# The inputs.


@pytest.fixture
def opened(open_page):
    """A page with one calculator, and what tells its state."""

    def open_(widget=None, **options):
        widget = widget or HeadCalculator()
        page = open_page(widget, **options)
        return page, moving.widget(page, 0, widget.get_state())

    return open_


def field(page, name):
    return page.locator(f"input[name={name}]")


def hidden(page):
    return [int(box.input_value()) for box in page.locator("input[name^=hidden]:visible").all()]


def test_the_inputs_show_what_is_counted(opened):
    page, head = opened()
    for settings in some_settings(20, seed=2):
        for name, value in settings.items():
            head.move(name, value)
        assert head.shows() == head.should_show(settings)
        assert not re.search("NaN|undefined|null|Infinity", page.locator(".cnn-head").inner_text())
    assert page.problems == []


def test_presets_set_everything(opened):
    page, head = opened(HeadCalculator(1, 1, 1, hidden=(), vector="gap", bias=False))
    for name, preset in PRESETS.items():
        button = page.get_by_role("button", name=name)
        assert button.get_attribute("aria-pressed") == "false"
        button.press("Enter")
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator("[aria-pressed=true]").count() == 1
        assert head.shows() == head.should_show(preset)
        assert hidden(page) == preset["hidden"]
    field(page, "classes").press("ArrowUp")
    assert page.locator("[aria-pressed=true]").count() == 0


def test_layers_come_and_go_by_keyboard(opened):
    page, _ = opened(HeadCalculator(7, 7, 256, hidden=()))
    focused = (
        "[document.activeElement.name || document.activeElement.textContent, document.activeElement.value]"
    )
    page.get_by_role("button", name="Add a layer").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == ["hidden1", "4096"]  # the largest power of two up to half of 12,544
    page.keyboard.type("1000")  # what was suggested is selected
    page.get_by_role("button", name="Add a layer").press("Space")
    page.get_by_role("button", name="Add a layer").press("Enter")
    page.get_by_role("button", name="Add a layer").press("Enter")
    assert hidden(page) == [1000, 256, 128, 64]
    assert not page.get_by_role("button", name="Add a layer").is_visible()
    page.get_by_role("button", name="Drop hidden layer 2").press("Enter")
    assert hidden(page) == [1000, 128, 64]
    assert page.evaluate("document.activeElement.ariaLabel") == "Drop hidden layer 2"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.ariaLabel") == "Drop hidden layer 1"
    page.keyboard.press("Enter")
    assert hidden(page) == []
    assert page.evaluate(focused)[0] == "Add a layer"
    assert page.problems == []


def test_a_narrow_layer_is_not_halved_to_nothing(opened):
    page, _ = opened(HeadCalculator(1, 1, 1, hidden=()))
    page.get_by_role("button", name="Add a layer").click()
    assert hidden(page) == [1]


def test_a_change_is_there_in_the_same_frame(opened):
    page, _ = opened()
    field(page, "height").evaluate("""(input) => {
        input.value = 14;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        window.seen = document.querySelector("svg").getAttribute("aria-label");
    }""")
    assert page.evaluate("seen").startswith("A map of 14 × 7 × 256, flattened to 25,088 values")


def test_what_changed_is_said(opened):
    page, _ = opened()
    words = page.locator("[aria-live=polite]")
    assert words.text_content() == ""
    page.get_by_role("radio", name="Average").check()
    assert words.text_content() == (
        "789,507 parameters (3.0 MiB in float32) and 787,968 MACs for one image. "
        "FC2 holds 66.47 % of the parameters."
    )


@pytest.mark.parametrize(
    ("name", "label", "most"), [("height", "Map height", 64), ("hidden2", "Hidden 2", 8192)]
)
def test_what_is_typed_wrong_is_said_at_the_field_and_mended(opened, name, label, most):
    page, head = opened()
    before = head.shows()
    box = field(page, name)
    note = page.locator(f"id={box.get_attribute('aria-describedby')}")
    for typed, mended in [("", None), ("0", 1), ("1.5", 2), ("-7", 1), ("1e9", most)]:
        page.get_by_role("button", name="This course").click()
        start = box.input_value()
        box.fill(typed)
        assert note.inner_text() == f"{label}: give a whole number from 1 to {most}."
        assert page.locator("[aria-live=polite]").text_content() == note.inner_text()
        assert box.get_attribute("aria-invalid") == "true"
        assert page.locator(".cnn-message.cnn-stale").inner_text().startswith(note.inner_text())
        assert {name: head.shows()[name] for name in ("label", "rows")} == {
            name: before[name] for name in ("label", "rows")
        }
        box.blur()
        assert box.input_value() == (start if mended is None else str(mended))
        assert box.get_attribute("aria-invalid") == "false"
        assert not note.is_visible()
        assert page.locator(".cnn-stale").count() == 0
    assert page.problems == []


# What it looks like.

OVERLAPS = """(svg) => {
    const frame = svg.getBoundingClientRect();
    const named = (node) => [node.textContent || "a shape", node.getBoundingClientRect()];
    const boxes = [...svg.querySelectorAll("text")].map(named);
    const cut = boxes.filter(([, b]) =>
        b.left < frame.left || b.right > frame.right || b.top < frame.top || b.bottom > frame.bottom);
    const shapes = [...svg.querySelectorAll(".cnn-bar, .cnn-front, .cnn-face, .cnn-weights")].map(named);
    const meet = ([, a], [, b]) =>
        a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
    const all = [...boxes, ...shapes];
    const pairs = boxes.flatMap((one, n) => all.slice(n + 1).map((other) => [one, other]));
    const met = pairs.filter((two) => meet(...two)).map(([[one], [other]]) => `${one} meets ${other}`);
    return [...cut.map(([text]) => `${text} is cut`), ...met];
}"""


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_at_the_extremes_nothing_is_cut_jumps_or_is_too_wide(opened, width):
    page, head = opened(viewport={"width": width, "height": 900})
    page.add_style_tag(content="body { margin: 16px }")  # as the site has it

    def layout():
        fixed = page.locator(".after, input:not([name^=hidden]), svg, .cnn-rows")
        top = "(nodes) => nodes.map((node) => Math.round(node.getBoundingClientRect().top + scrollY))"
        return fixed.evaluate_all(top)

    before = layout()
    extremes = [LARGEST, SMALLEST, {"vector": "gap"}, LARGEST, {"bias": False, "hidden": [1, 8192, 1, 8192]}]
    extremes += [{"height": 1, "width": 64}, {"hidden": []}, *PRESETS.values()]
    for settings in extremes:
        for name, value in settings.items():
            head.move(name, value)
        assert page.locator("svg").evaluate(OVERLAPS) == [], settings
        assert layout() == before, settings
        assert looks.too_wide(page) == [], settings


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    page = open_page(HeadCalculator(), HeadCalculator(**PRESETS["VGG16"]))
    field(page, "height").first.fill("1e9")
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    assert looks.axe(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_keyboard_is_seen_everywhere(opened, width):
    page, _ = opened(viewport={"width": width, "height": 900})
    assert looks.lost_by_keyboard(page) == []


def test_a_narrow_table_is_still_a_table(opened):
    page, _ = opened(viewport={"width": 390, "height": 800})
    assert page.get_by_role("columnheader").all_inner_texts() == list(head_still.COLUMNS)
    row = page.get_by_role("row", name="FC1")
    assert row.get_by_role("rowheader").inner_text() == "FC1"
    assert row.get_by_role("cell").first.inner_text() == "12,544 → 1,024"


def test_without_javascript_the_numbers_stand(browser, write_page):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(write_page(HeadCalculator(**PRESETS["AlexNet"])).as_uri())
    assert page.get_by_text("58,631,144 parameters").is_visible()
    assert page.get_by_role("img", name="A map of 6 × 6 × 256, flattened to 9,216 values").is_visible()
    assert page.get_by_role("cell", name="37,752,832").is_visible()
    assert page.locator("svg").evaluate(OVERLAPS) == []
    context.close()


def test_on_paper_the_buttons_are_gone_and_the_head_stays(opened):
    page, _ = opened()
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0
    assert page.locator("svg").is_visible()
    assert page.get_by_text("13,372,419 parameters").is_visible()
