"""One page of the built site as a chapter on paper, and what it leaves for the end of the book."""

import posixpath
import re
from html import escape
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from authoring import book

NOT_PRINTED = ["script", "a.headerlink", "nav.lesson-links", ".term-tip", ".toctree-wrapper",
               "section:has(> .figure-list)"]  # every figure stands in its lesson  # fmt: skip
REFERS = ("aria-labelledby", "aria-describedby", "for")
ARTICLE = re.compile(r'<article class="bd-article">.*?</article>', re.DOTALL)
STYLES = re.compile(r"<style[^>]*>(?P<text>.*?)</style>", re.DOTALL)
# Nine tenths of all elements are within drawings; these are taken out while the rest is worked on.
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
WITHIN = re.compile(r'(?P<before>\b(?:id="|href="#)|url\(#)(?P<id>[^")]+)')


class Chapter(NamedTuple):
    """One page of the site."""

    page: str
    number: int
    title: str
    article: Tag

    @property
    def anchor(self) -> str:
        """Its place in the whole book."""
        return anchor(self.page)


def anchor(page: str, name: str = "") -> str:
    """Name a place of a page so that no other page has it.

    >>> anchor("book/layers/pooling", "book/layers/pooling-solution-1")
    'layers-pooling--book-layers-pooling-solution-1'
    """
    parts = [page.removeprefix("book/"), *([name] if name else [])]
    return "--".join(re.sub(r"[^\w-]", "-", part) for part in parts)


def article(page: str, site: Path) -> str:
    """Cut a page's text out of its file."""
    found = ARTICLE.search((site / f"{page}.html").read_text(encoding="utf8"))
    if found is None:
        raise ValueError(f"{page}.html has no article")
    return found[0]


def keep_drawings(text: str, page: str, drawings: list[str]) -> str:
    """Put a page's drawings into the list, with names of their own, and a mark in the place of each."""

    def keep(found: re.Match[str]) -> str:
        drawings.append(WITHIN.sub(lambda name: name["before"] + anchor(page, name["id"]), found[0]))
        return f'<svg data-kept="{len(drawings) - 1}"></svg>'

    return DRAWING.sub(keep, text)


def read(page: str, number: int, text: str) -> Chapter:
    """Parse a page's text, and leave out what paper has no use for."""
    words = _only(BeautifulSoup(text, "lxml"), "article")
    for unwanted in words.select(", ".join(NOT_PRINTED)):
        unwanted.decompose()
    return Chapter(page, number, _only(words, "h1").get_text(strip=True), words)


def settle(chapter: Chapter, pages: set[str], site: Path, root: Path) -> None:
    """Give a page's content its place in the book, and let paper show all of it."""
    words = chapter.article
    for details in words.select("details.sd-dropdown"):
        _unfold(details)
    _still_widgets(chapter, root)
    _keep_ids_apart(chapter)
    for link in words.select("a[href]"):
        link["href"] = _link(str(link["href"]), chapter.page, pages, root)
    for image in words.select('img[src]:not([src^="data:"])'):
        image["src"] = ((site / chapter.page).parent / str(image["src"])).resolve().as_uri()
        del image["loading"]  # paper shows all of them at once
    for level in (5, 4, 3, 2, 1):  # the parts of the book are its first level
        for heading in words.select(f"h{level}"):
            heading.name = f"h{level + 1}"
    heading = _only(words, "h2")
    if chapter.number:
        heading.insert(0, _parse(f'<span class="chapter-number">{chapter.number}</span> '))
    address = book.page_url(chapter.page, root)
    heading.insert_after(
        _parse(f'<p class="address">On the web: <a href="{address}">{bare(address)}</a></p>')
    )
    words.name = "section"
    words["class"] = f"chapter {chapter.anchor}"
    words["id"] = chapter.anchor


def _unfold(details: Tag) -> None:
    details.name = "div"
    details["class"] = "unfolded"
    summary = _only(details, "summary")
    summary.name = "p"
    summary["class"] = "unfolded-title"
    for sign in summary.select("svg"):
        sign.decompose()


def _still_widgets(chapter: Chapter, root: Path) -> None:
    """Say below a widget's first frame how it is set, and where it moves."""
    for widget in chapter.article.select(".cnnlab-fallback"):
        settings = []
        for control in widget.select(".cnn-control"):
            name, value = (_only(control, part).get_text(strip=True) for part in (".cnn-label", ".cnn-value"))
            settings.append(f"{name}: {value}")
        for controls in widget.select(".cnn-controls"):
            controls.decompose()
        section = widget.find_parent("section")
        place = f"{book.page_url(chapter.page, root)}#{section['id'] if section else ''}"
        shown = f"Shown with {escape('; '.join(settings))}. " if settings else ""
        widget.append(_parse(f'<p class="moves">{shown}<a href="{place}">Move it on the web</a></p>'))


def _keep_ids_apart(chapter: Chapter) -> None:
    def renamed(name: str) -> str:
        return anchor(chapter.page, name)

    for element in chapter.article.find_all(True):
        if element.has_attr("id"):
            element["id"] = renamed(str(element["id"]))
        for key in set(REFERS) & element.attrs.keys():
            element[key] = " ".join(renamed(name) for name in str(element[key]).split())


def _link(address: str, page: str, pages: set[str], root: Path) -> str:
    """Lead to the same place in the book, or to the published file where it is no page."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return address
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path)) if parts.path else ""
    target = path.removesuffix(".html") or page
    if target in pages:
        return "#" + anchor(target, unquote(parts.fragment))
    return f"{book.config(root)['html']['baseurl']}{path}"


# Figures, and what stands at the end.


def number_figures(chapters: list[Chapter]) -> None:
    """Join each drawing or table that a cell made with its caption, under a number."""
    numbers = {"Figure": count(1), "Table": count(1)}
    for output in (o for chapter in chapters for o in chapter.article.select(".cell_output")):
        if not output.select_one("svg, table"):
            continue
        kind = "Figure" if output.select_one("svg") else "Table"
        figure, words = _tag("figure", "", "numbered"), _tag("figcaption")
        words.append(_tag("b", f"{kind} {next(numbers[kind])}"))
        cell = output.find_parent(class_="cell")
        caption = cell and cell.find_next_sibling()
        if caption and caption.name == "p" and caption.contents and _is_emphasis(caption.contents[0]):
            words.append(" ")
            words.extend(list(caption.contents))
            caption.decompose()
        output.replace_with(figure)
        figure.append(output)
        figure.append(words)


def _is_emphasis(node: object) -> bool:
    return isinstance(node, Tag) and node.name == "em"


def take_answers(chapter: Chapter) -> str:
    """Take a chapter's solutions and right answers out of it, and leave the page where they are."""
    taken = []
    for number, question in enumerate(chapter.article.select(".quiz-question"), start=1):
        taken.append(_take_answer(question, number, f"{chapter.anchor}--answer-{number}"))
    for number, solution in enumerate(chapter.article.select(".solution"), start=1):
        solution["id"] = f"{chapter.anchor}--solution-{number}"
        if exercise := solution.find_previous(class_="exercise"):
            exercise.append(_see("Solution", str(solution["id"])))
        taken.append(str(solution.extract()))
    for number, measured in enumerate(chapter.article.select(".cnnlab-fallback details"), start=1):
        taken.append(_take_measured(measured, f"{chapter.anchor}--measured-{number}"))
    if not taken:
        return ""
    title = f'<a href="#{chapter.anchor}">{escape(chapter.title)}</a>'
    return f'<h3 id="{chapter.anchor}--answers">{title}</h3>{"".join(taken)}'


def _take_answer(question: Tag, number: int, name: str) -> str:
    """Letter a question's answers and give what is said of each."""
    said = []
    options = _tag("ol", "", "options")
    for letter, answer in zip("abcdefgh", question.select(".quiz-answer"), strict=False):
        option, comment = _tag("li"), _only(answer, "p")
        option.extend(list(_only(answer, "summary").contents))
        options.append(option)
        comment.insert(0, _parse(f"<b>({letter})</b> "))
        comment["class"] = answer["class"]
        said.append(str(comment.extract()))
        answer.decompose()
    question.append(options)
    question.append(_see("Answer", name))
    return f'<div class="answer" id="{name}"><p><b>Question {number}</b></p>{"".join(said)}</div>'


def _take_measured(details: Tag, name: str) -> str:
    """Give the table that a drawn guess is to be held against."""
    table = str(_only(details, "table"))
    figure = details.find_parent("figure")
    label = _only(figure, "figcaption > b").get_text() if figure else "the drawing"
    details.replace_with(_see("What was measured", name))
    return f'<div class="measured" id="{name}"><p><b>What was measured for {label}</b></p>{table}</div>'


def _see(what: str, name: str) -> Tag:
    page = f'<span class="page-of" data-of="{name}"></span>'
    return _parse(f'<p class="see"><a href="#{name}">{what}: page {page}</a></p>')


# Small things.


def bare(address: str) -> str:
    """Write an address as people do."""
    return escape(address.removeprefix("https://").removesuffix("/"))


def _only(within: Tag, selector: str) -> Tag:
    found = within.select_one(selector)
    if found is None:
        raise ValueError(f"there is no {selector} in {str(within)[:200]}")
    return found


def _tag(name: str, text: str = "", class_: str = "") -> Tag:
    tag = BeautifulSoup("", "lxml").new_tag(name)
    if text:
        tag.string = text
    if class_:
        tag["class"] = class_
    return tag


def _parse(html: str) -> Tag:
    return BeautifulSoup(html, "html.parser")
