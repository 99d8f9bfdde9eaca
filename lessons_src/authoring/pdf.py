"""Print the whole book: ``python -m authoring.pdf`` makes one PDF of the built site, with Chromium."""

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, Request, sync_playwright
from pypdf import PdfReader

from authoring import book, browser
from authoring.manuscript import compose

PAPER = 168  # mm between the margins of print.css
MM = 96 / 25.4  # pixels

# What sticks out of the page would be cut off.
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((element) => !element.closest("svg") || element.matches("svg"))
    .filter((element) => !element.closest("mjx-container") || element.matches("mjx-container"))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, { width, height, right }]) => width && height && right > innerWidth + 1)
    .map(([element, { right }]) =>
        `${element.closest("[id]").id}: ${element.localName} ${element.className} ends `
        + `${Math.round(right - innerWidth)} px outside: ${element.textContent.trim().slice(0, 60)}`)"""

NUMBER = """(pages) => {
    for (const place of document.querySelectorAll("[data-of]")) place.textContent = pages[place.dataset.of];
}"""


class PrintError(RuntimeError):
    """The book cannot be printed as it is."""


def make(site: Path, target: Path, root: Path = book.ROOT) -> None:
    """Print the book to `target`; the page that is printed stays beside it.

    Raises
    ------
    PrintError
        No browser; a request to anywhere but this machine's files; something wider than the paper; a link
        that leads nowhere.
    """
    source = target.with_suffix(".html")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(compose(site, root), encoding="utf8")
    with sync_playwright() as playwright:
        program = browser.find(playwright)
        if program is None:
            raise PrintError(browser.ADVICE)
        chromium = playwright.chromium.launch(executable_path=program, args=browser.OPTIONS)
        print_page(chromium.new_page(viewport={"width": int(PAPER * MM), "height": 1000}), source, target)
        chromium.close()


def print_page(page: Page, source: Path, target: Path) -> None:
    """Print the one long page, once to learn where everything is, then with the numbers of pages."""
    wrong: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            wrong.append(f"asks elsewhere: {request.url}")

    page.on("request", note)
    page.on("requestfailed", lambda request: wrong.append(f"not there: {request.url}"))
    page.set_default_timeout(0)  # a large page, and perhaps a busy machine
    page.emulate_media(media="print")
    page.goto(source.resolve().as_uri())
    page.evaluate("async () => { await globalThis.MathJax?.startup.promise; await document.fonts.ready; }")
    wrong += page.evaluate(STICKING_OUT)
    if not wrong:
        page.pdf(path=target, prefer_css_page_size=True)
        page.evaluate(NUMBER, pages_of(PdfReader(target)))
        # Chromium writes bookmarks only where it writes tags.
        page.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        wrong += lost_links(PdfReader(target))
    if wrong:
        raise PrintError("\n".join(wrong))


def pages_of(pdf: PdfReader) -> dict[str, int]:
    """Say for each place that a link of the file leads to on which page it stands; the first is 1."""
    return {
        name.removeprefix("/"): number + 1
        for name, place in pdf.named_destinations.items()
        if (number := pdf.get_destination_page_number(place)) is not None
    }


def lost_links(pdf: PdfReader) -> Iterator[str]:
    """Name the links that lead to no page of the file and to no address of the web."""
    places = set(pdf.named_destinations)
    for number, page in enumerate(pdf.pages, start=1):
        for link in (entry.get_object() for entry in page.get("/Annots", [])):
            address = link.get("/A", {}).get("/URI", "")
            if link.get("/Dest") not in places and not address.startswith("https://"):
                yield f"page {number}: a link leads nowhere: {link.get('/Dest') or address}"


def main(root: Path = book.ROOT) -> int:
    """Print the book that `_build/html` has."""
    site = root / "_build" / "html"
    if not (site / "book").exists():
        print("There is no site to print yet; build it first: make site", file=sys.stderr)
        return 1
    # Named as the repository is.
    target = root / "_build" / "pdf" / f"{book.repository_url(root).rpartition('/')[2]}.pdf"
    try:
        make(site, target, root)
    except PrintError as error:
        print(error, file=sys.stderr)
        return 1
    pages = len(PdfReader(target).pages)
    print(
        f"The book is in {target.relative_to(root)}: {pages} pages, {target.stat().st_size / 2**20:.1f} MiB."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
