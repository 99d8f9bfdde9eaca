"""AtlasExplorer and GuessCurve in a real browser: held against Python, and moved in every way."""

import random
import re

import pytest

from cnnlab.widgets import AtlasExplorer, GuessCurve, atlas_still, guess_still
from cnnlab.widgets.atlas_cells import SETTING, at, find, nearest
from tests.site import looks

pytestmark = pytest.mark.slow

IN_MODULE = """async ([source, cases, given]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return cases.map((state) => (%s)(module, state, given));
}"""
BROWSED = """(module, { neurons, ...setting }, cells) => {
    const cell = module.findCell(cells, setting);
    const measured = cell && module.measuredAt(cell, module.nearestPlace(cell.neurons, neurons));
    return {
        drawing: module.curvesDrawn(cells, setting, neurons),
        words: module.curvesInWords(setting, cell),
        sentence: cell ? module.sentence(setting, measured) : "",
        tiles: cell ? module.tiles(setting, measured) : [],
    };
}"""
GUESSED = """(module, state) => ({
    drawing: module.guessDrawn(state),
    words: module.drawnInWords(state),
    sentence: module.guessInWords(state),
})"""
MEASURED = [(0.15, 0.1, 0.25), (0.55, 0.5, 0.6), (0.76, 0.73, 0.79), (0.82, 0.8, 0.84), (0.84, 0.82, 0.86)]


@pytest.fixture
def guess():
    return GuessCurve([1, 4, 16, 64, 1024], MEASURED, xlabel="neurons", ylabel="test accuracy")


@pytest.fixture
def explorer(atlas_table):
    return AtlasExplorer(atlas_table)


def slider(page, number=0):
    return page.get_by_role("slider").nth(number)


def radio(page, name):
    return page.get_by_role("radio", name=name, exact=True)


# AtlasExplorer.


def test_every_setting_is_drawn_and_told_as_in_python(open_page, explorer):
    draw = random.Random(0)  # noqa: S311 - no secrets here
    values = {control["name"]: control["values"] for control in explorer.controls}
    cases = [{name: draw.choice(values[name]) for name in SETTING} for _ in range(300)]
    cases = [case | {"neurons": draw.choice([*values["neurons"], 3, 90, 7000])} for case in cases]
    assert {find(explorer.cells, case) is None for case in cases} == {True, False}
    found = open_page(explorer).evaluate(IN_MODULE % BROWSED, [explorer._esm, cases, explorer.cells])
    for case, shown in zip(cases, found, strict=True):
        cell = find(explorer.cells, case)
        measured = cell and at(cell, nearest(cell["neurons"], case["neurons"]))
        assert shown == {
            "drawing": atlas_still.inside(explorer.cells, case, case["neurons"]),
            "words": atlas_still.description(case, cell),
            "sentence": atlas_still.sentence(case, measured) if cell else "",
            "tiles": [list(tile) for tile in atlas_still.tiles(case, measured)] if cell else [],
        }


def test_the_slider_has_the_widths_of_the_setting(open_page, explorer):
    page = open_page(explorer)
    slider(page).press("End")
    assert slider(page).get_attribute("aria-valuetext") == "1,025 neurons"
    for expected in ("1,024 neurons", "1,000 neurons", "512 neurons"):
        slider(page).press("ArrowLeft")
        assert slider(page).get_attribute("aria-valuetext") == expected
    slider(page).press("ArrowRight")
    radio(page, "300").press("Space")
    assert slider(page).get_attribute("aria-valuetext") == "1,024 neurons"  # the nearest that was trained
    slider(page).press("ArrowLeft")
    assert slider(page).get_attribute("aria-valuetext") == "512 neurons"
    assert page.locator(".cnn-value").inner_text() == "512 neurons"
    assert page.problems == []


def test_what_was_not_trained_cannot_be_chosen(open_page, explorer):
    page = open_page(explorer)
    assert radio(page, "4,000").is_disabled()
    radio(page, "4,500").check()
    radio(page, "Fashion-MNIST").check()  # has no 4,500: the nearest is taken
    assert radio(page, "4,000").is_checked()
    assert radio(page, "20 %").is_disabled()
    radio(page, "1,500").check()
    radio(page, "20 %").check()
    assert radio(page, "300").is_disabled()
    assert page.locator(".cnn-message").inner_text().startswith("64 neurons get")
    assert page.problems == []


def test_a_setting_from_elsewhere_that_was_not_trained_is_said(open_page, explorer):
    page = open_page(explorer, query="?dataset=fashion_mnist&train_size=300&label_noise=0.2&neurons=16")
    message = page.locator(".cnn-message")
    assert message.inner_text().startswith("No network was trained on 300 Fashion-MNIST images with 20 %")
    assert page.get_by_role("img").get_attribute("aria-label") == message.inner_text()
    radio(page, "none").check()
    assert message.inner_text().startswith("16 neurons get")
    assert page.problems == []


def test_the_curves_can_be_pointed_at(open_page, explorer):
    page = open_page(explorer)
    box = page.get_by_role("img").bounding_box()
    left, right = (box["x"] + box["width"] * x / atlas_still.WIDE for x in atlas_still.BOX[:2])
    middle = box["y"] + box["height"] / 2
    page.mouse.click(left + 5, middle)
    assert slider(page).get_attribute("aria-valuetext") == "1 neuron"
    page.mouse.down()
    page.mouse.move(right, middle)
    assert slider(page).get_attribute("aria-valuetext") == "1,025 neurons"
    page.mouse.up()
    page.mouse.move(left, middle)
    assert slider(page).get_attribute("aria-valuetext") == "1,025 neurons"


def test_what_changed_is_said_in_the_same_frame(open_page, explorer):
    page = open_page(explorer)
    words = page.locator("[aria-live=polite]")
    assert words.text_content() == ""
    slider(page).evaluate("""(input) => {
        input.value = 0;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        window.seen = document.querySelector(".cnn-message").textContent;
    }""")
    assert page.evaluate("seen").startswith("1 neuron gets")
    assert words.text_content() == page.evaluate("seen")


def test_a_setting_survives_in_a_link(open_page, explorer):
    page = open_page(explorer, query="?neurons=256&stop=equal+steps#more")
    assert slider(page).get_attribute("aria-valuetext") == "256 neurons"
    assert radio(page, "equal steps").is_checked()
    radio(page, "20 %").check()
    page.wait_for_url(re.compile(r"neurons=256&stop=equal\+steps&train_size=1500&label_noise=0\.2.*#more"))
    page.reload()
    page.wait_for_selector("html[data-widgets=ready]", state="attached")
    assert radio(page, "20 %").is_checked()
    page = open_page(explorer, query="?neurons=3&train_size=7&label_noise=abc&stop=__proto__&dataset=")
    assert slider(page).get_attribute("aria-valuetext") == "64 neurons"
    assert page.problems == []


# GuessCurve.


def test_every_guess_is_drawn_and_told_as_in_python(open_page, guess):
    draw = random.Random(0)  # noqa: S311 - no secrets here
    other = GuessCurve(
        range(-3, 13), [n * n - 50 for n in range(16)], xlabel="x", ylabel="y", ylim=(-60, 200)
    )
    cases = []
    for widget in (guess, other):
        low, high = widget.ylim
        state = {name: widget.get_state()[name] for name in moving_state(widget)}
        for _ in range(150):
            steps = [draw.randint(0, 100) for _ in widget.guess]
            values = [low + step / 100 * (high - low) for step in steps]
            cases.append(state | {"guess": values, "revealed": draw.random() < 0.5})
    found = open_page(guess).evaluate(IN_MODULE % GUESSED, [guess._esm, cases, None])
    for case, shown in zip(cases, found, strict=True):
        assert shown == {
            "drawing": guess_still.inside(case),
            "words": guess_still.description(case),
            "sentence": guess_still.sentence(case),
        }


def moving_state(widget):
    return [name for name in widget.keys if not name.startswith("_")]


def spoken(page):
    return [
        int(each.get_attribute("aria-valuetext").removesuffix(" %")) for each in page.locator("input").all()
    ]


def test_points_move_by_keyboard_and_the_button_shows_and_hides(open_page, guess):
    page = open_page(guess)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert spoken(page) == [51, 0, 50, 50, 50]
    assert slider(page, 1).get_attribute("aria-label") == "4 neurons"
    for measured in ("15 %", "84 %", "easured:"):
        assert measured not in page.locator("main").inner_html()
    page.get_by_role("button", name="Show what was measured").press("Enter")
    told = "On average your curve is 36.6 points away from what was measured. "
    told += "It is farthest away at 4 neurons: you drew 0 %, measured was 55 %."
    assert page.locator(".cnn-message").inner_text() == told
    assert page.locator("[aria-live=polite]").text_content() == told
    assert all(each.is_disabled() for each in page.locator("input").all())
    assert page.evaluate("document.activeElement.textContent") == "Start again"
    page.keyboard.press("Enter")
    assert spoken(page) == [50] * 5
    assert page.locator(".cnn-message").inner_text().startswith("Draw across the columns")
    assert "easured:" not in page.locator("main").inner_html()
    assert page.problems == []


def place(page, column, value, count=5):
    """Give where a value of a column is on the page."""
    box, drawn = page.get_by_role("img").bounding_box(), guess_still.BOX
    scale = box["width"] / guess_still.WIDE
    x = guess_still.places(count)[column]
    return box["x"] + scale * x, box["y"] + scale * (drawn.bottom - value * (drawn.bottom - drawn.top))


@pytest.mark.parametrize("width", [390, 1280])
def test_one_stroke_draws_the_curve(open_page, guess, width):
    page = open_page(guess, viewport={"width": width, "height": 800})
    page.mouse.move(*place(page, 0, 0.1))
    page.mouse.down()
    page.mouse.move(*place(page, 2, 0.5))  # too quick for the column between
    page.mouse.move(*place(page, 3, 0.9))
    page.mouse.move(*place(page, 4, 3))  # beyond the axis
    page.mouse.up()
    page.mouse.move(*place(page, 1, 0.9))
    assert spoken(page) == pytest.approx([10, 30, 50, 90, 100], abs=1)
    page.mouse.click(*place(page, 1, 0.2))
    assert spoken(page)[1] == pytest.approx(20, abs=1)
    page.get_by_role("button").click()
    before = spoken(page)
    page.mouse.click(*place(page, 1, 0.9))  # what is shown is not redrawn
    assert spoken(page) == before


def test_a_finger_draws_too(open_page, guess):
    page = open_page(guess, has_touch=True, viewport={"width": 390, "height": 800})
    page.touchscreen.tap(*place(page, 3, 0.8))
    assert spoken(page)[3] == pytest.approx(80, abs=1)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_points_stand_on_their_values(open_page, guess, width):
    guess.guess = [0, 0.25, 0.5, 0.75, 1]
    page = open_page(guess, viewport={"width": width, "height": 800})
    boxes = page.locator("input").evaluate_all("""(all) => all.map((input) => {
        const { left, right, top, bottom, width } = input.getBoundingClientRect();
        const room = bottom - top - width; // the thumb is as wide as the input is thick
        return [(left + right) / 2, bottom - width / 2 - room * (input.value / input.max)];
    })""")
    for column, (found, value) in enumerate(zip(boxes, guess.guess, strict=True)):
        assert found == pytest.approx(place(page, column, value), abs=1)


def test_a_guess_survives_in_a_link(open_page, guess):
    page = open_page(guess, query="?guess=10-20-30-40-100")
    assert spoken(page) == [10, 20, 30, 40, 100]
    slider(page).press("Home")
    page.wait_for_url(re.compile(r"guess=0-20-30-40-100$"))
    for wrong in ("1-2-3", "1-2-3-4-101", "a-b-c-d-e", "", "1-2-3-4-", "-1-2-3-4-5"):
        assert spoken(open_page(guess, query=f"?guess={wrong}")) == [50] * 5


# Both.


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, explorer, guess, theme):
    page = open_page(explorer, guess)
    page.get_by_role("button").click()
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    assert looks.axe(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_too_wide_jumps_or_is_cut(open_page, explorer, guess, width):
    page = open_page(explorer, guess, viewport={"width": width, "height": 900})
    page.add_style_tag(content="body { margin: 16px; font-family: 'DejaVu Sans' }")  # a wide one

    def layout():
        fixed = page.locator(".after, input, svg, dl")
        return fixed.evaluate_all(
            "(all) => all.map((n) => Math.round(n.getBoundingClientRect().top + scrollY))"
        )

    before = layout()
    for step in ("training set fitted", "20 %", "300", "none", "Fashion-MNIST", "4,000"):
        radio(page, step).check()
        for key in ("Home", "End"):
            slider(page).press(key)
            assert layout() == before, (step, key)
            assert page.locator("svg text").evaluate_all(CUT) == [], (step, key)
    page.get_by_role("button").click()
    assert layout() == before
    assert page.locator("svg text").evaluate_all(CUT) == []
    assert looks.too_wide(page) == []


CUT = """(all) => all.filter((text) => {
    const [box, frame] = [text, text.ownerSVGElement].map((node) => node.getBoundingClientRect());
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
}).map((text) => text.textContent)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_keyboard_is_seen_everywhere(open_page, explorer, guess, width):
    page = open_page(explorer, guess, viewport={"width": width, "height": 900})
    assert looks.lost_by_keyboard(page) == []


def test_without_javascript_pictures_stand(browser, write_page, explorer, guess):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(write_page(explorer, guess).as_uri())
    assert page.get_by_role("img").count() == 2
    assert page.get_by_text("64 neurons get").is_visible()
    assert not page.get_by_role("cell", name="55 %").is_visible()
    page.get_by_text("Show what was measured").click()
    assert page.get_by_role("cell", name="55 %").is_visible()
    context.close()


@pytest.mark.parametrize("kind", ["explorer", "guess"])
def test_two_views_of_one_widget_move_together(open_page, request, kind):
    widget = request.getfixturevalue(kind)
    page = open_page(widget, views=[widget, widget])
    before = page.get_by_role("img").first.inner_html()
    slider(page).press("End")
    drawn = [image.inner_html() for image in page.get_by_role("img").all()]
    assert drawn[0] == drawn[1] != before
    names = page.evaluate("[...document.querySelectorAll('input[id]')].map((n) => n.id)")
    assert len(names) == len(set(names))
