"""Every page of the built site in a real browser: whole, readable for everybody, nothing from elsewhere.

The pages are those of _toc.yml and the ones that Sphinx adds, so a new lesson is held to the same.
"""

from functools import partial

import pytest

from authoring import book
from tests.site import looks

pytestmark = pytest.mark.slow

NAMES = [*book.pages(), "search", "genindex", "index"]
PAGES = [pytest.param(name, id=f"<{name}>") for name in NAMES]  # each a piece of work: see tests/conftest.py
LESSONS = [page for page in PAGES if page.values[0] in book.lessons()]
PAGE = "genindex"  # a light one, for the faults that are planted below


@pytest.fixture(scope="module")
def strict_visit(new_visit, under_policy):
    """Open a page below a path and under a policy, which complains when anything is asked for elsewhere."""
    return partial(new_visit, address=under_policy, bypass_csp=False)


@pytest.fixture(scope="module", params=PAGES)
def page(request, strict_visit):
    """One page, opened once for all that is looked at."""
    opened = strict_visit(request.param)
    yield opened
    opened.close()


def is_whole(page):
    assert page.problems == []
    assert page.get_attribute("html", "data-widgets") in {None, "ready"}
    assert page.locator(".math:not(:has(mjx-container))").count() == 0


def test_nothing_goes_wrong_and_nothing_comes_from_elsewhere(page):
    is_whole(page)


def test_axe_finds_nothing(page):
    assert looks.axe(page) == []


def test_axe_finds_nothing_in_the_dark(page):
    with looks.dark(page):
        assert looks.axe(page, looks.COLOUR_RULES) == []  # nothing else depends on colours


def test_it_has_one_first_heading(page):
    assert page.get_by_role("heading", level=1).count() == 1


def test_every_picture_says_what_it_shows(page):
    assert looks.silent_pictures(page) == []


def test_on_a_telephone_nothing_is_too_wide(page):
    with looks.narrow(page):
        assert looks.too_wide(page) == []


def test_the_keyboard_gets_everywhere_and_its_place_is_seen(page):
    assert looks.lost_by_keyboard(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_works_from_a_folder(new_visit, site, name):
    page = new_visit(name, f"{site.as_uri()}/", bypass_csp=False)
    is_whole(page)
    page.close()


@pytest.mark.parametrize("name", LESSONS)
def test_without_javascript_pictures_stand_where_widgets_would_be(new_visit, name):
    page = new_visit(name, java_script_enabled=False)
    views = page.locator('script[type="application/vnd.jupyter.widget-view+json"]').count()
    pictures = page.locator(".cnnlab-fallback")
    assert pictures.count() == views
    for picture in pictures.all():
        assert picture.is_visible()
        assert picture.locator("svg, table, p").first.is_visible()
    page.close()


# Planted faults: what each of the tests above is there for, put into a copy of a page.


def planted(html):
    """Put something at the end of the page's article."""
    return lambda text: text.replace("</article>", f"{html}</article>", 1)


WRONG = {
    "a script from elsewhere": (
        '<script src="https://cdn.example/a.js"></script>',
        "asks elsewhere: https://cdn.ex",
    ),
    "a font from elsewhere": (
        "<style>@import 'https://fonts.example/a.css'</style>",
        "asks elsewhere: https://fonts",
    ),
    "a request elsewhere": (
        "<script>fetch('//192.0.2.1/count')</script>",
        "http://192.0.2.1/count",
    ),
    "a file that is not there": ('<script src="gone.js"></script>', "got 404: "),
    "an exception": ("<script>throw Error('planted')</script>", "error: planted"),
    "an error in the console": ("<script>console.error('planted')</script>", "console: planted"),
}


@pytest.mark.parametrize(("fault", "problem"), WRONG.values(), ids=WRONG)
def test_what_goes_wrong_is_noticed(strict_visit, fault, problem):
    assert any(problem in noticed for noticed in strict_visit(PAGE, edit=planted(fault)).problems)


def test_a_plain_ipywidget_is_noticed(new_visit):
    fault = """
        <script type="application/vnd.jupyter.widget-view+json">{"model_id": "plain"}</script>
        <script type="application/vnd.jupyter.widget-state+json">{"state": {"plain": {"state": {},
            "model_name": "IntSliderModel", "model_module": "@jupyter-widgets/controls"}}}</script>"""
    page = new_visit(book.pages()[0], edit=planted(fault))  # it has widgets, which go on
    page.wait_for_function("document.documentElement.dataset.widgets === 'failed'")
    page.wait_for_timeout(50)
    assert any("cannot run a @jupyter-widgets/controls IntSliderModel" in p for p in page.problems)


def test_a_policy_that_is_broken_is_noticed(strict_visit):
    page = strict_visit(PAGE)
    page.evaluate("fetch('https://example.org').catch(() => null)")
    assert any("Content Security Policy" in problem for problem in page.problems)


ICON = "_static/favicon.svg"
MISSED = {
    "no alt text": (looks.silent_pictures, f'<img src="{ICON}">', "<img"),
    "an address as alt text": (looks.silent_pictures, f'<img src="{ICON}" alt="{ICON}">', "<img"),
    "a figure without words": (
        looks.silent_pictures,
        '<svg viewBox="0 0 9 9"><path d="M0 0h9"/></svg>',
        "<svg",
    ),
    "no alt text, by axe": (looks.axe, f'<img src="{ICON}">', "image-alt"),
    "pale letters": (looks.axe, '<p style="color: #ccc; background: #fff">Hard.</p>', "color-contrast"),
    "a slider without a name": (looks.axe, "<input type=range>", "label"),
    "a wide box": (looks.too_wide, '<div style="width: 500px">Wide.</div>', "width: 500px"),
    "an unmarked focus": (looks.lost_by_keyboard, '<button style="outline: 0">Go</button>', "outline: 0"),
    "a hidden focus": (looks.lost_by_keyboard, '<button style="opacity: 0">Go</button>', "opacity: 0"),
}


@pytest.mark.parametrize(("look", "fault", "said"), MISSED.values(), ids=MISSED)
def test_what_some_readers_would_miss_is_noticed(new_visit, look, fault, said):
    page = new_visit(PAGE, edit=planted(fault), viewport={"width": looks.PHONE, "height": 800})
    assert any(said in found for found in look(page)), look(page)
