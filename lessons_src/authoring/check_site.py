"""Check the built HTML for what a strict Sphinx build lets pass."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

# Stands in every page, and a browser holds the page's scripts to it, whatever they try to load.
# `file:` is for browsers that do not take a page from a disk for a part of 'self'.
POLICY = (
    "default-src 'self' file:; script-src 'self' file: 'unsafe-inline' blob:; "
    "style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'"
)
# A script sets it: with a `meta` tag in its text Chromium takes twice as long to the first paint of a page
# (python -m tests.bench browser). What the text itself loads is checked here.
SET_POLICY = (
    'document.head.append(Object.assign(document.createElement("meta"), '
    f'{{ httpEquiv: "Content-Security-Policy", content: "{POLICY}" }}));'
)
# Where HTML and SVG hold addresses; a `link` of these kinds, and an `a`, wait until a reader follows them.
ADDRESSES = {"src", "href", "xlink:href", "action", "formaction", "ping", "poster", "background", "data"}
LISTS = {"srcset", "imagesrcset"}
FOLLOWED = {"canonical", "alternate", "author", "license", "index", "search", "next", "prev", "up", "top"}
REFUSED = {  # what would lead past the checks
    "base": "base changes every address of a page",
    "[srcdoc]": "srcdoc hides a page in a page",
    "[http-equiv=refresh i][content*='//']": "a page that sends its reader elsewhere",
}
LITE = "lite"
NOT_WORDS = ["pre", "script", "style", "svg", "code"]
WITHIN_A_LINE = ["a", "abbr", "b", "em", "i", "kbd", "mark", "small", "span", "strong", "sub", "sup", "u"]
MARKUP = re.compile(
    r"^\s*:{3,}.*|\{[\w:-]+\}`[^`]*`?|^\s*\([^\s()]+\)=\s*$|\{\{.*?\}\}|\{[.#][\w-][^{}]*\}", re.MULTILINE
)
NO_ADDRESS = re.compile(r"""/\*.*?\*/|@namespace[^;]*;|(["'])data:.*?\1|\(data:[^)]*\)""", re.DOTALL)
STYLE_ELSEWHERE = re.compile(r"""(?<=["'(\s])(?:https?:)?//[^\s"')]+""", re.IGNORECASE)
STYLE_HERE = re.compile(r"""url\(\s*["']?(?P<url>[^"')\s#:]+)(?:#[^"')\s]*)?["']?\s*\)""", re.IGNORECASE)


def faults(site: Path) -> list[str]:
    """List what is wrong with the pages below `site`, one line each, with the page's name."""
    site = site.resolve()
    # JupyterLite is no page of the book: it has scripts of its own, and loads Python when it is opened.
    pages = sorted(p for p in site.rglob("*.html") if not {"_static", LITE} & {*p.relative_to(site).parts})
    if not pages:
        return [f"{site} has no pages"]
    found = [f"{p.relative_to(site)}: {fault}" for p in pages for fault in _page_faults(p, site)]
    sheets = (
        (p, p.read_text(encoding="utf8"))
        for p in sorted(site.rglob("*.css"))
        if LITE not in p.relative_to(site).parts
    )
    return found + [f"{p.relative_to(site)}: {fault}" for p, text in sheets for fault in _style(text, p)]


def _page_faults(path: Path, site: Path) -> Iterator[str]:
    page = _parse(path)
    for rule in (_failed_cells, _images, _markup, _ids, _json, _policy):
        yield from rule(page)
    for element in page.select("style, [style]"):
        yield from _style(str(element.get("style", "")) + (element.string or ""), path)
    for selector, fault in REFUSED.items():
        if page.select_one(selector):
            yield fault
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
        silent = (
            str(image.get("alt", "")).strip() in {"", image.get("src")}
            and image.get("role") != "presentation"
        )
        if silent and not image.find_parent(attrs={"aria-hidden": "true"}):
            yield f"an image without alt text: {str(image)[:80]}"
    for svg in page.select("article svg:not([aria-hidden])"):
        if not str(svg.get("aria-label", "")).strip() and not svg.get("aria-labelledby"):
            yield f"a figure without alt text: {str(svg)[:80]}"


def _markup(page: BeautifulSoup) -> Iterator[str]:
    text = "".join(word for article in page.select("article") for word in _words(article))
    for found in MARKUP.finditer(text):
        yield f"raw markup in the text: {found[0].strip()}"


def _words(element: Tag) -> Iterator[str]:
    """Give the words of the text without code and formulas; each block starts a line."""
    for node in element.children:
        if isinstance(node, Tag):
            # A role that nobody knew is its name before a piece of code; code itself may look like anything.
            yield "`code`" if node.name == "code" else "" if node.name in WITHIN_A_LINE else "\n"
            if node.name not in NOT_WORDS and "math" not in node.get_attribute_list("class"):
                yield from _words(node)
        elif type(node) is NavigableString:
            yield str(node)


def _ids(page: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(element["id"]) for element in page.select("[id]"))
    yield from (f"the id {name} stands {count} times" for name, count in ids.items() if count > 1)
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for element in page.select(f"[{attribute}]"):
            for name in str(element[attribute]).split():
                if name not in ids:
                    yield f"{attribute} names {name}, which is nowhere"


def _json(page: BeautifulSoup) -> Iterator[str]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant}, which no browser reads")

    for script in page.select('script[type*="json"]'):
        try:
            json.loads(script.string or "", parse_constant=refuse)
        except ValueError as error:
            yield f"data for a script that is no JSON: {error}"


def _policy(page: BeautifulSoup) -> Iterator[str]:
    policy = page.find("script", string=SET_POLICY)
    # The front door, which Jupyter Book writes, sends its reader on and has nothing else.
    bare = page.select_one("meta[http-equiv=refresh i]") and len(page.find_all(True)) <= 3
    if not bare and (policy is None or policy.find_previous(["link", "script", "style"])):
        yield "the policy against loads from elsewhere does not stand before the first load"


def _style(css: str, path: Path) -> Iterator[str]:
    text = NO_ADDRESS.sub("", css)
    for found in STYLE_ELSEWHERE.finditer(text):
        yield f"a style loads from a third party: {found[0]}"
    for found in STYLE_HERE.finditer(text):
        url = unquote(found["url"].partition("?")[0])
        if not url.startswith("//") and not (path.parent / url).is_file():
            yield f"a style loads what is not there: {url}"


def _addresses(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for element in page.find_all(True):
        for name in ADDRESSES & element.attrs.keys():
            yield _kind(element, name), str(element[name])
        for name in LISTS & element.attrs.keys():
            for candidate in re.split(r",\s+|(?<=\d[wx]),", str(element[name]).strip()):
                yield "load", candidate.split()[0]


def _kind(element: Tag, name: str) -> str:
    followed = element.name in {"a", "area"} or FOLLOWED & set(element.get_attribute_list("rel"))
    return "link" if name == "href" and followed else "load"


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
