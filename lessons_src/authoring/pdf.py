"""Print the whole book: ``python -m authoring.pdf`` makes one PDF of the built site, with Chromium."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from authoring import book, browser
from authoring.manuscript import compose

PAPER = 168  # mm between the margins of print.css
MM = 96 / 25.4

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


def make(site: Path, target: Path, root: Path = book.ROOT) -> Path:
    """Print the book to `target`; the page that is printed stays beside it.

    Raises
    ------
    PrintError
        No browser; a request to anywhere but this machine's files; something wider than the paper.
    """
    source = target.with_suffix(".html")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(compose(site, root), encoding="utf8")
    with sync_playwright() as playwright:
        program = browser.find(playwright)
        if program is None:
            raise PrintError(browser.ADVICE)
        chromium = playwright.chromium.launch(executable_path=program, args=browser.OPTIONS)
        page = chromium.new_page(viewport={"width": int(PAPER * MM), "height": 1000})
        _print(page, source, target)
        chromium.close()
    return target


def _print(page: Page, source: Path, target: Path) -> None:
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(f"not there: {request.url}"))
    page.on("request", lambda request: request.url.startswith(("file:", "data:"))
            or wrong.append(f"asks elsewhere: {request.url}"))  # fmt: skip
    page.set_default_timeout(0)  # a large page, and perhaps a busy machine
    page.emulate_media(media="print")
    page.goto(source.resolve().as_uri())
    page.evaluate("async () => { await MathJax.startup.promise; await document.fonts.ready; }")
    if wrong := wrong + page.evaluate(STICKING_OUT):
        raise PrintError("\n".join(wrong))
    options = {
        "path": target,
        "prefer_css_page_size": True,
        "print_background": True,
        "outline": True,
        "tagged": True,
    }
    page.pdf(**options)
    # Once more, now that it is known on which page everything is.
    page.evaluate(NUMBER, pages_of(target))
    page.pdf(**options)


def pages_of(pdf: Path) -> dict[str, int]:
    """Say for each place that a link of the file leads to on which page it stands; the first is 1."""
    reader = PdfReader(pdf)
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages, start=1)}
    return {
        name.removeprefix("/"): numbers[place.page.idnum] for name, place in reader.named_destinations.items()
    }


def main(root: Path = book.ROOT) -> int:
    """Print the book that `_build/html` has."""
    site = root / "_build" / "html"
    if not (site / "book").exists():
        print("There is no site to print yet; build it first: make site", file=sys.stderr)
        return 1
    try:
        made = make(site, root / "_build" / "pdf" / f"{root_name(root)}.pdf", root)
    except PrintError as error:
        print(error, file=sys.stderr)
        return 1
    pages = len(PdfReader(made).pages)
    print(f"The book is in {made.relative_to(root)}: {pages} pages, {made.stat().st_size / 2**20:.1f} MiB.")
    return 0


def root_name(root: Path) -> str:
    """Name the file as the repository is named."""
    return book.repository_url(root).rpartition("/")[2]


if __name__ == "__main__":
    sys.exit(main())
