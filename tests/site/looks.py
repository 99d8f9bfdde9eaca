"""What is looked at on a page: each look gives what is wrong, in words, and nothing for a sound page."""

from contextlib import contextmanager

from playwright.sync_api import Page

from authoring import npm

PHONE = 390  # pixels

AXE = """(only) => axe
    .run({ resultTypes: ["violations"], ...(only && { runOnly: only }) })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))"""

SILENT = """() => {
    const silent = (node) => node.tagName === "IMG"
        ? !node.alt || node.alt === node.getAttribute("src")
        : !node.getAttribute("aria-label") && !node.getAttribute("aria-labelledby");
    return [...document.querySelectorAll("img, article svg, svg[role=img]")]
        .filter((node) => !node.closest("[aria-hidden=true], [role=presentation], mjx-container, svg svg"))
        .filter((node) => node.checkVisibility() && silent(node))
        .map((node) => node.outerHTML.slice(0, 120));
}"""

# Only what sticks out itself: what can be scrolled in a box of its own is as wide as it likes.
WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const boxed = (node) => {
        for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
            if (getComputedStyle(up).overflowX !== "visible") return true;
        }
        return false;
    };
    const found = [...document.body.querySelectorAll("*")]
        .filter((node) => node.getBoundingClientRect().right > width + 1 && !boxed(node))
        .map((node) => node.outerHTML.slice(0, 120));
    return found.length ? found : [`the page is ${document.documentElement.scrollWidth} pixels wide`];
}"""

# Each place is looked at before it has the focus and with it; transitions would show something in between.
WATCH_FOCUS = """() => {
    const style = document.createElement("style");
    style.textContent = "*, *::before, *::after { transition: none !important; animation: none !important }";
    document.head.append(style);
    const ring = (node) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(node);
        return `${outlineStyle === "none" || outlineWidth === "0px" ? "" : outlineColor + outlineWidth} ${boxShadow}`;
    };
    const before = new Map([...document.querySelectorAll("*")].filter((n) => n.tabIndex >= 0).map((n) => [n, ring(n)]));
    const seen = new Set();
    window.lostFocus = [];
    const opacity = (node) => (node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1);
    document.addEventListener("focusin", ({ target: node }) => {
        window.rounds = seen.has(node) ? 1 : 0;
        if (window.rounds) return;
        seen.add(node);
        const box = node.getBoundingClientRect();
        const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        const what = node.outerHTML.slice(0, 120);
        if (!inside) window.lostFocus.push(`nothing to see of ${what}`);
        else if (opacity(node) < 0.5) window.lostFocus.push(`hardly to see: ${what}`);
        else if (before.has(node) && before.get(node) === ring(node)) window.lostFocus.push(`no mark on ${what}`);
    });
    return before.size;
}"""


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """Run axe-core with every rule that it has switched on, or with those of some tags."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate((npm.ensure() / "axe-core" / "axe.min.js").read_text(encoding="utf8"))
    return page.evaluate(AXE, rules)


def silent_pictures(page: Page) -> list[str]:
    """List the pictures that say nothing to those who do not see them."""
    return page.evaluate(SILENT)


def too_wide(page: Page) -> list[str]:
    """List what makes the page scroll sideways."""
    return page.evaluate(WIDE)


def lost_by_keyboard(page: Page) -> list[str]:
    """Go through the page with the tabulator and list where one cannot see where one is."""
    stops = page.evaluate(WATCH_FOCUS)
    for _ in range(2 * stops + 10):
        page.keyboard.press("Tab")
        if page.evaluate("window.rounds === 1 || document.activeElement === document.body"):
            return page.evaluate("window.lostFocus")
    return [*page.evaluate("window.lostFocus"), f"{stops} stops, and no end of them"]


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
