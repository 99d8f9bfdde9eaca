"""What is looked at on a page: each look gives what is wrong, in words, and nothing for a sound page."""

from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from authoring import npm

LOOKS = Path(__file__).with_suffix(".js").read_text(encoding="utf8")
PHONE = 390  # pixels
AT_ONCE = 10  # stops of the keyboard between two questions whether the page is through
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """Run axe-core with every rule that it has switched on, or with some of them."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate((npm.ensure() / "axe-core" / "axe.min.js").read_text(encoding="utf8"))
    return _look(page, "axe", rules)


def silent_pictures(page: Page) -> list[str]:
    """List the pictures that say nothing to those who do not see them."""
    return _look(page, "silentPictures")


def too_wide(page: Page) -> list[str]:
    """List what makes the page scroll sideways."""
    return _look(page, "tooWide")


def lost_by_keyboard(page: Page) -> list[str]:
    """Go through the page with the tabulator and list where one cannot see where one is."""
    stops = _look(page, "watchFocus")
    for _ in range(2 * stops // AT_ONCE + AT_ONCE):
        for _ in range(AT_ONCE):  # the page itself notes each stop
            page.keyboard.press("Tab")
        if page.evaluate("focusWatch.again || document.activeElement === document.body"):
            return page.evaluate("focusWatch.lost")
    return [*page.evaluate("focusWatch.lost"), f"{stops} stops, and no end of them"]


@contextmanager
def dark(page: Page):
    """Show the page in the dark mode for a while."""
    mode = page.evaluate("document.documentElement.dataset.theme")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(300)  # the theme's transitions
    yield
    page.evaluate("(mode) => (document.documentElement.dataset.theme = mode)", mode)


@contextmanager
def narrow(page: Page):
    """Show the page as wide as a telephone for a while."""
    size = page.viewport_size
    page.set_viewport_size({"width": PHONE, "height": size["height"]})
    yield
    page.set_viewport_size(size)


def _look(page: Page, name: str, given: object = None) -> list[str]:
    return page.evaluate(f"(given) => {LOOKS.rstrip()}.{name}(given)", given)
