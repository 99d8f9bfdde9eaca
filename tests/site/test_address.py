"""The address of a built page keeps what the reader has set, so that a teacher can link to it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from cnnlab.widgets import ConvArithmetic, HeadCalculator, explore

pytestmark = pytest.mark.slow


def paragraph(**values):
    return f"<p>{values}</p>"


def field(page, name, number=0):
    return page.locator(f"input[name={name}]").nth(number)


def kept(page):
    """What the address keeps, once the page has noted it."""
    page.wait_for_timeout(400)
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("at", [None, "http://course.test/course/page.html"])
def test_a_setting_survives_in_a_link(open_page, at):
    page = open_page(ConvArithmetic(size=27), at=at, query="#the-floor")
    before = page.evaluate("history.length")
    field(page, "stride").fill("2")
    field(page, "kernel_size").fill("2")
    assert kept(page) == {
        **{"size": "27", "kernel_size": "2", "stride": "2", "padding": "0", "dilation": "1"},
        **{"in_channels": "1", "out_channels": "8"},
    }
    assert urlsplit(page.url).fragment == "the-floor"
    assert page.evaluate("history.length") == before  # the back button leaves the page
    page.reload()
    page.wait_for_selector("html[data-widgets=ready]", state="attached")
    assert field(page, "stride").input_value() == "2"
    assert page.locator(".cnn-title").nth(1).inner_text() == "Output 13 × 13"
    assert page.problems == []


def test_every_value_of_explore_can_be_linked(open_page):
    widget = explore(paragraph, neurons=[1, 64], dropout=[False, True])
    page = open_page(widget, query="?neurons=64&dropout=true")
    assert page.locator(".cnn-stage").inner_text() == "{'neurons': 64, 'dropout': True}"
    page.get_by_role("slider").press("Home")
    assert kept(page) == {"neurons": "1", "dropout": "true"}
    page = open_page(explore(paragraph, kind=["max", "stride only"]), query="?kind=stride+only")
    assert page.get_by_role("radio", name="stride only").is_checked()


@pytest.mark.parametrize(
    "query",
    [
        "?size=abc&stride=99&kernel_size=-1&padding=1e1&dilation=&in_channels=2.5&out_channels=99999999999999",
        "?n=7&n=9&kind=median&__proto__=1&constructor=2&toString=3",
        "?%E0%A4%A&&&==&size",
        "?size=%3Cscript%3Ealert(1)%3C/script%3E&n=<img src=x onerror=alert(1)>",
    ],
)
def test_nonsense_changes_nothing(open_page, query):
    other = explore(paragraph, n=[1, 2], kind=["max", "average"], start={"n": 2})
    page = open_page(ConvArithmetic(), other, query=query)
    assert [field(page, name).input_value() for name in ("size", "stride", "kernel_size")] == ["28", "1", "3"]
    assert page.locator(".cnn-stage").inner_text() == "{'n': 2, 'kind': 'max'}"
    assert page.problems == []


def test_an_impossible_setting_is_shown_as_such(open_page):
    page = open_page(ConvArithmetic(), query="?size=2&kernel_size=5")
    assert "The kernel spans 5 pixels" in page.locator(".cnn-wrong").inner_text()


def test_several_widgets_share_an_address(open_page):
    widgets = [
        ConvArithmetic(),
        explore(paragraph, size=[1, 2]),
        ConvArithmetic(key="exercise"),
        explore(paragraph, size=[1, 2]),
    ]
    page = open_page(*widgets, query="?lang=en&size=20&size.2=2&exercise.size=30")
    assert [field(page, "size", n).input_value() for n in (0, 1)] == ["20", "30"]
    assert page.locator(".cnn-stage").all_inner_texts() == ["{'size': 2}", "{'size': 1}"]
    page.get_by_role("slider").nth(1).press("End")
    page.wait_for_url(re.compile(r"size\.3=2"))
    # What belongs to others, and what was not touched, stays as it was.
    assert kept(page) == {"lang": "en", "size": "20", "size.2": "2", "exercise.size": "30", "size.3": "2"}


def test_a_link_leads_to_its_widget_unless_it_names_a_place(open_page):
    widgets = [
        explore(paragraph, n=[1, 2]),
        *(explore(lambda n: "<p>" + n * "x<br>", n=[90, 91]) for _ in "ab"),
    ]
    page = open_page(*widgets, query="?n.3=91")
    assert page.evaluate("scrollY") > 1000
    assert page.get_by_role("slider").nth(2).evaluate("n => n.getBoundingClientRect().top") < 200
    page = open_page(*widgets, query="?n.3=91#top")
    assert page.evaluate("scrollY") == 0
    page = open_page(*widgets, query="?n.3=77")
    assert page.evaluate("scrollY") == 0


def test_an_untouched_page_keeps_its_address(open_page):
    page = open_page(ConvArithmetic(), explore(paragraph, n=[1, 2]))
    page.wait_for_timeout(400)
    assert page.url.endswith("page.html")


def test_many_quick_changes_write_the_address_once(open_page):
    page = open_page(explore(paragraph, n=range(40)))
    page.evaluate("""() => {
        window.writes = 0;
        const replace = history.replaceState.bind(history);
        history.replaceState = (...given) => { window.writes += 1; replace(...given); };
    }""")
    for _ in range(20):
        page.keyboard.press("Tab") if page.evaluate("document.activeElement.type") != "range" else None
        page.keyboard.press("ArrowRight")
    assert kept(page) == {"n": "20"}
    assert page.evaluate("writes") <= 3


def test_in_a_notebook_the_address_is_left_alone():
    for source in (ConvArithmetic._esm, HeadCalculator._esm, explore(paragraph, n=[1, 2])._esm):
        assert "history." not in source
        assert "location" not in source


def test_a_head_survives_in_a_link(open_page):
    page = open_page(HeadCalculator(), query="#costs")
    field(page, "height").fill("14")
    page.get_by_role("radio", name="Average").check()
    page.get_by_role("button", name="Drop hidden layer 1").click()
    expected = {"height": "14", "width": "7", "channels": "256", "vector": "gap"}
    assert kept(page) == expected | {"hidden": "512", "classes": "3", "bias": "true"}
    page.get_by_role("button", name="Drop hidden layer 1").click()
    page.get_by_role("checkbox").uncheck()
    assert kept(page)["hidden"] == "none"
    assert urlsplit(page.url).fragment == "costs"
    page.reload()
    page.wait_for_selector("html[data-widgets=ready]", state="attached")
    assert page.locator(".cnn-message").inner_text().startswith("768 parameters")


def test_a_link_opens_a_head(open_page):
    query = "?height=5&width=5&channels=16&hidden=120-84&classes=10&bias=false&vector=flatten"
    page = open_page(HeadCalculator(), query=query)
    assert page.locator(".cnn-message").inner_text().startswith("58,920 parameters")
    assert [field(page, f"hidden{n}").input_value() for n in (1, 2)] == ["120", "84"]


@pytest.mark.parametrize(
    "query",
    [
        "?height=0&width=65&channels=abc&vector=mean&hidden=1-2-3-4-5&classes=1e3&bias=1",
        "?height=&width=-1&channels=2.5&vector=&hidden=&classes=10001&bias=",
        "?hidden=64-&vector=__proto__&bias=constructor&height=0x7&classes=%3Cb%3E",
        "?hidden=64-8193&channels=99999999999999999999",
        "?hidden=none-1&width=7%20",
    ],
)
def test_a_head_of_nonsense_is_refused(open_page, query):
    page = open_page(HeadCalculator(), query=query)
    assert page.locator(".cnn-message").inner_text().startswith("13,372,419 parameters")
    assert page.get_by_role("button", name="This course").get_attribute("aria-pressed") == "true"
    assert page.problems == []
