"""Pages in the browser, with everything that goes wrong in them."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

NEVER_SENT = {"data", "blob", "about"}

# Nothing to wait for where JavaScript is off: then MathJax is not there, nor is what static.js notes.
READY = """async () => {
    await globalThis.MathJax?.startup?.promise;
    const started = () => document.documentElement.dataset.widgets;
    while (globalThis.cnnlabViews && !started()) await new Promise(requestAnimationFrame);
}"""


def visit(
    context: BrowserContext,
    address: str,
    *,
    edit: Callable[[str], str] | None = None,
    source: Path | None = None,
) -> Page:
    """Open a page and wait until its formulas and widgets are there.

    What goes wrong is in `page.problems`: requests that leave the page's own origin, answers that are no
    success, errors of the console, and exceptions. With `edit` the page is the file `source`, edited.
    """
    page = context.new_page()
    watch(page, address)
    if edit:
        text = edit(source.read_text(encoding="utf8"))
        page.route(address, lambda route: route.fulfill(response=route.fetch(), body=text))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(READY)
    return page


def watch(page: Page, address: str) -> None:
    """Note in `page.problems` what goes wrong from now on."""
    page.problems = []

    def note(kind: str, happens: Callable, say: Callable) -> None:
        page.on(kind, lambda event: happens(event) and page.problems.append(say(event)))

    def always(_: object) -> bool:
        return True

    note("request", lambda r: _is_outside(r, address), lambda r: f"asks elsewhere: {r.url}")
    note("requestfailed", always, lambda r: f"got no answer: {r.url} ({r.failure})")
    note("response", lambda r: r.status >= 400, lambda r: f"got {r.status}: {r.url}")
    note("console", lambda message: message.type == "error", lambda message: f"console: {message.text}")
    note("pageerror", always, lambda error: f"error: {error}")


def _is_outside(request: Request, address: str) -> bool:
    own, asked = urlsplit(address), urlsplit(request.url)
    return asked.scheme not in NEVER_SENT and asked[:2] != own[:2]
