"""static.js and explore.js in a real browser, on a page made by hand: no kernel, no server, a strict CSP."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from cnnlab import plots
from cnnlab.widgets import explore

pytestmark = pytest.mark.slow


def curve(neurons, dropout):
    fig, ax = plots.figure(
        alt=f"A line up to {neurons}, {'with' if dropout else 'without'} dropout.", height=2
    )
    ax.plot([0, neurons])
    return fig


@pytest.fixture(scope="module")
def curves():
    return explore(
        curve,
        neurons=[1, 64, 1024],
        dropout=[False, True],
        units={"neurons": "neurons"},
        start={"neurons": 64},
    )


def frame(page):
    return page.locator(".cnn-stage svg").get_attribute("aria-label")


def test_a_slider_moves_by_keyboard(open_page, curves):
    page = open_page(curves)
    slider = page.get_by_role("slider", name="Neurons")
    assert frame(page) == "A line up to 64, without dropout."
    assert slider.get_attribute("aria-valuetext") == "64 neurons"
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert frame(page) == "A line up to 1024, without dropout."
    assert slider.get_attribute("aria-valuetext") == "1,024 neurons"
    assert page.locator(".cnn-value").inner_text() == "1,024 neurons"
    page.keyboard.press("Home")
    assert frame(page) == "A line up to 1, without dropout."
    assert slider.get_attribute("aria-valuetext") == "1 neuron"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert frame(page) == "A line up to 1, with dropout."
    assert page.get_by_role("checkbox", name="Dropout").is_checked()
    assert page.problems == []


def test_the_words_for_a_frame_come_with_a_change_only(open_page, curves):
    page = open_page(curves)
    words = page.locator("[aria-live=polite]")
    assert words.inner_text() == ""
    page.get_by_role("slider").press("End")
    assert words.text_content() == "A line up to 1024, without dropout."


def test_words_are_radio_buttons(open_page):
    page = open_page(explore(lambda kind: f"<p>{kind}</p>", kind=["max", "average", "stride only"]))
    group = page.get_by_role("group", name="Kind").nth(1)
    assert group.get_by_role("radio").count() == 3
    page.get_by_role("radio", name="max").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(".cnn-stage").inner_text() == "average"
    page.get_by_text("stride only").click()
    assert page.locator(".cnn-stage").inner_text() == "stride only"


def test_the_fallback_goes_and_nothing_else(open_page, curves):
    page = open_page(curves)
    assert page.locator(".cnnlab-fallback").count() == 0
    assert page.locator(".cnn-explore").count() == 1
    assert page.locator(".after").count() == 1


def test_without_javascript_the_fallback_stands(browser, write_page, curves):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write_page(curves).as_uri())
    assert page.get_by_text("64 neurons").is_visible()
    assert page.get_by_role("img", name="A line up to 64, without dropout.").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_and_nothing_is_too_wide(open_page, curves, width):
    def table(rows):
        return "<table>" + "<tr><td>cell</td></tr>" * rows + "</table>"

    page = open_page(curves, explore(table, rows=[1, 9, 3]), viewport={"width": width, "height": 800})

    def layout():
        places = "n => n.getBoundingClientRect().top"
        return page.evaluate(f"[...document.querySelectorAll('.after, input')].map({places})")

    page.wait_for_function("document.querySelectorAll('.cnn-stage')[1].style.minHeight")
    before = layout()
    for slider in page.get_by_role("slider").all():
        for key in ("Home", "ArrowRight", "End"):
            slider.press(key)
            assert layout() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.problems == []


def test_two_views_of_one_widget_move_together_and_two_widgets_do_not(open_page, curves):
    other = explore(curve, neurons=[1, 2], dropout=[False, True])
    page = open_page(curves, other, views=[curves, curves, other])
    page.get_by_role("slider").nth(0).press("End")
    shown = [image.get_attribute("aria-label") for image in page.locator(".cnn-stage svg").all()]
    assert shown == ["A line up to 1024, without dropout."] * 2 + ["A line up to 1, without dropout."]
    names = page.evaluate("[...document.querySelectorAll('input')].map(n => n.id)")
    assert len(names) == len(set(names)) == 6


def test_play_steps_to_the_end_and_stops(open_page):
    page = open_page(explore(lambda n: f"<p>frame {n}</p>", n=range(3), play=True))
    page.clock.install()
    button = page.get_by_role("button")
    button.click()
    assert button.inner_text() == "Pause"
    page.clock.run_for(2000)
    assert page.locator(".cnn-stage").inner_text() == "frame 2"
    assert button.inner_text() == "Play"


def test_with_reduced_motion_nothing_moves_by_itself(open_page):
    widget = explore(lambda n: f"<p>frame {n}</p>", n=range(3), play=True)
    page = open_page(widget, reduced_motion="reduce")
    button = page.get_by_role("button", name="Next step")
    for expected in ("frame 1", "frame 2", "frame 0"):
        button.click()
        assert page.locator(".cnn-stage").inner_text() == expected


def test_colours_follow_the_page(open_page, curves):
    page = open_page(curves)
    thumb = "getComputedStyle(document.querySelector('.cnn-explore')).getPropertyValue('--cnn-accent')"
    line = "getComputedStyle(document.querySelector('[style*=\"--cnn-blue\"]')).stroke"
    assert page.evaluate(line) == "rgb(0, 114, 178)"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(line) == "rgb(86, 180, 233)"
    assert page.evaluate(thumb) == "#56b4e9"


def test_an_image_stands_upright(open_page):
    def draw(n):
        image = np.zeros((2, 2))
        image[0, n] = 1
        return plots.images([image], alt=f"The upper of four pixels, column {n}, is white.")

    page = open_page(explore(draw, n=[0, 1]))
    for expected in ([255, 0, 0, 0], [0, 255, 0, 0]):
        picture = Image.open(io.BytesIO(page.locator(".cnn-stage image").screenshot())).convert("L")
        quarters = [
            picture.getpixel((picture.width * x // 4, picture.height * y // 4))
            for y in (1, 3)
            for x in (1, 3)
        ]
        assert quarters == expected
        page.get_by_role("slider").press("End")


def test_a_widget_that_needs_a_kernel_is_an_error(open_page, curves):
    page = open_page(curves, ipywidgets.IntSlider())
    page.wait_for_timeout(50)
    assert page.get_attribute("html", "data-widgets") == "failed"
    assert len(page.problems) == 1
    assert "cannot run" in page.problems[0]
    # The others run all the same.
    page.get_by_role("slider").press("End")
    assert frame(page) == "A line up to 1024, without dropout."


def test_a_view_without_a_state_is_an_error(open_page, curves):
    other = explore(lambda n: f"<p>{n}</p>", n=[1, 2])
    page = open_page(curves, views=[curves, other])
    page.wait_for_timeout(50)
    assert len(page.problems) == 1
    assert "carries no state" in page.problems[0]


def test_the_policy_is_in_force(open_page, curves):
    page = open_page(curves)
    assert page.evaluate("fetch('https://example.org').then(() => 'reached', () => 'blocked')") == "blocked"
    assert any("Content Security Policy" in problem for problem in page.problems)
