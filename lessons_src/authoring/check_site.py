"""Check the built HTML for what a strict Sphinx build lets pass."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

# What a browser fetches by itself; a plain link is fetched only when a reader follows it.
LOADED_LINKS = ("stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon")
LOADED = ", ".join(["[src]", *(f'link[rel~="{kind}"][href]' for kind in LOADED_LINKS)])
NOT_WORDS = ["pre", "script", "style", "svg"]
STYLE_LOADS = re.compile(r"""(?:@import\s*|url\(\s*)["']?(?P<url>(?:https?:)?//[^"')\s]+)""")
MARKUP = re.compile(r"^\s*:{3,}.*|\{[\w:-]+\}`[^`]*`?|^\s*\([\w-]+\)=\s*$", re.MULTILINE)


def faults(site: Path) -> list[str]:
    """List what is wrong with the pages below `site`, one line each, with the page's name."""
    site = site.resolve()
    pages = sorted(p for p in site.rglob("*.html") if "_static" not in p.relative_to(site).parts)
    if not pages:
        return [f"{site} has no pages"]
    found = [f"{p.relative_to(site)}: {fault}" for p in pages for fault in _page_faults(p, site)]
    sheets = ((p, p.read_text(encoding="utf8")) for p in sorted(site.rglob("*.css")))
    return found + [f"{p.relative_to(site)}: {fault}" for p, text in sheets for fault in _style(text)]


def _page_faults(path: Path, site: Path) -> Iterator[str]:
    page = _parse(path)
    yield from _failed_cells(page)
    yield from _images(page)
    yield from _markup(page)
    for element in page.select("style, [style]"):
        yield from _style(str(element.get("style", "")) + (element.string or ""))
    for kind, url in _addresses(page):
        yield from _address(kind, url, path, site)


def _failed_cells(page: BeautifulSoup) -> Iterator[str]:
    for number, cell in enumerate(page.select(".cell"), start=1):
        for output in cell.select(".cell_output"):
            text = output.get_text()
            if output.select(".traceback, .stderr") or "Traceback (most recent call last)" in text:
                yield f"an error or a warning in the output of cell {number}: {text.strip().splitlines()[-1]}"


def _images(page: BeautifulSoup) -> Iterator[str]:
    for image in page.select("img"):
        # docutils gives a picture that says nothing its own address as alt text.
        silent = image.get("alt", "") in {"", image.get("src")} and image.get("role") != "presentation"
        if silent and not image.find_parent(attrs={"aria-hidden": "true"}):
            yield f"an image without alt text: {str(image)[:80]}"
    for svg in page.select("article svg:not([aria-hidden])"):
        if not svg.get("aria-label") and not svg.get("aria-labelledby"):
            yield f"a figure without alt text: {str(svg)[:80]}"


def _markup(page: BeautifulSoup) -> Iterator[str]:
    for block in page.select("article :is(p, li, dd, td, h1, h2, h3)"):
        strings = (s for s in block.find_all(string=True) if not s.find_parent(NOT_WORDS))
        # A role that nobody knew is its name before a piece of code; code itself may look like anything.
        words = "".join("`code`" if s.find_parent("code") else str(s) for s in strings)
        for found in MARKUP.finditer(words):
            yield f"raw markup in the text: {found[0].strip()}"


def _style(css: str) -> Iterator[str]:
    for found in STYLE_LOADS.finditer(css):
        yield f"a style loads from a third party: {found['url']}"


def _addresses(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for element in page.select(LOADED):
        yield "load", str(element.get("src") or element["href"])
    for element in page.select("a[href]"):
        yield "link", str(element["href"])


def _address(kind: str, url: str, path: Path, site: Path) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme in {"data", "mailto", "javascript", "blob"}:
        return
    if parts.scheme or parts.netloc:
        if kind == "load":
            yield f"loads from a third party: {url}"
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.exists():
        yield f"dead {kind}: {url}"
    elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in _anchors(target):
        yield f"dead anchor: {url}"


@cache
def _parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf8"), "lxml")


@cache
def _anchors(path: Path) -> set[str]:
    page = _parse(path)
    return {str(e[key]) for key in ("id", "name") for e in page.select(f"[{key}]")} | {"", "top"}
