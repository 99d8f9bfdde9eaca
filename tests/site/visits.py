"""Pages in the browser, with everything that goes wrong in them."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

NEVER_SENT = {"data", "blob", "about"}


def visit(
    context: BrowserContext, address: str, *, edit: Callable[[str], str] | None = None, source: Path | None = None
) -> Page:
    """Open a page and wait until its formulas and widgets are there.

    What goes wrong is in `page.problems`: requests that leave the page's own origin, answers that are no
    success, errors of the console, and exceptions. With `edit` the page is the file `source`, edited.
    """
    page = context.new_page()
    watch(page, address)
    if edit:
        text = edit(source.read_text(encoding="utf8"))
        page.route(address, lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if page.locator('script[src*="widgets/static.js"]').count():
        page.wait_for_selector("html[data-widgets]", state="attached")
    if page.locator('script[src*="tex-chtml.js"]').count():
        page.evaluate("MathJax.startup.promise.then(() => null)")
    return page


def watch(page: Page, address: str) -> None:
    """Note in `page.problems` what goes wrong from now on."""
    page.problems = []
    note = page.problems.append
    page.on("request", lambda request: _is_outside(request, address) and note(f"asks elsewhere: {request.url}"))
    page.on("requestfailed", lambda request: note(f"got no answer: {request.url} ({request.failure})"))
    page.on("response", lambda answer: answer.status >= 400 and note(f"got {answer.status}: {answer.url}"))
    page.on("console", lambda message: message.type == "error" and note(f"console: {message.text}"))
    page.on("pageerror", lambda error: note(f"error: {error}"))


def _is_outside(request: Request, address: str) -> bool:
    own, asked = urlsplit(address), urlsplit(request.url)
    return asked.scheme not in NEVER_SENT and asked[:2] != own[:2]
