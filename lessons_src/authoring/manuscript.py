"""The built site's pages as one long page for the printer: a title, contents, chapters, answers.

What a screen folds away or moves is put where paper can show it: solutions and the answers of quizzes go to
the end, a widget shows the frame it starts with and says where it can be moved. Every link to a page of the
book becomes a link within it.
"""

import posixpath
import re
from html import escape
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from authoring import book

STYLE = Path(__file__).parent / "theme" / "print.css"
MARK = Path(__file__).parent / "theme" / "favicon.svg"
FONTS = ("source-serif-4/wght", "source-serif-4/wght-italic", "source-sans-3/wght",
         "source-sans-3/wght-italic", "source-code-pro/wght", "noto-sans-sc/wght")  # fmt: skip
NOT_PRINTED = ["script", "a.headerlink", "nav.lesson-links", ".term-tip", ".toctree-wrapper"]
REFERS = ("aria-labelledby", "aria-describedby", "for")
ARTICLE = re.compile(r'<article class="bd-article">.*?</article>', re.DOTALL)
STYLES = re.compile(r"<style[^>]*>(?P<text>.*?)</style>", re.DOTALL)
# Nine tenths of all elements are within drawings; these are taken out while the rest is worked on.
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
KEPT = re.compile(r'<svg data-kept="(?P<number>\d+)"></svg>')
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


def compose(site: Path, root: Path = book.ROOT) -> str:
    """Make one HTML page of all pages, to stand in a folder beside the site's.

    Parameters
    ----------
    site : Path
        The built site; the result refers to its parts as ``../html/``.
    root : Path
        The book that the site was built from.
    """
    pages = book.pages(root)
    texts = [_article(page, site) for page in pages]
    # What figures and widgets bring along; one of each is enough for the book.
    styles = list(dict.fromkeys(found["text"] for text in texts for found in STYLES.finditer(text)))
    drawings: list[str] = []
    chapters = [
        _chapter(page, number, _keep_drawings(STYLES.sub("", text), page, drawings))
        for number, (page, text) in enumerate(zip(pages, texts, strict=True))
    ]
    for chapter in chapters:
        _settle(chapter, set(pages), root)
    _number_figures(chapters)
    answers = [entry for chapter in chapters if (entry := _take_answers(chapter))]
    by_page = {chapter.page: chapter for chapter in chapters}
    body = [_title_page(root), _contents(by_page, root), str(chapters[0].article)]
    for caption, listed in book.parts(root):
        body.append(_part(caption, [by_page[page] for page in listed]))
        body += [str(by_page[page].article) for page in listed]
    body.append(_answers(answers))
    text = KEPT.sub(lambda found: drawings[int(found["number"])], "\n".join(body))
    return _page(text, styles, chapters, root)


# One chapter.


def _article(page: str, site: Path) -> str:
    found = ARTICLE.search((site / f"{page}.html").read_text(encoding="utf8"))
    if found is None:
        raise ValueError(f"{page}.html has no article")
    return found[0]


def _keep_drawings(text: str, page: str, drawings: list[str]) -> str:
    def keep(found: re.Match[str]) -> str:
        drawings.append(WITHIN.sub(lambda name: name["before"] + anchor(page, name["id"]), found[0]))
        return f'<svg data-kept="{len(drawings) - 1}"></svg>'

    return DRAWING.sub(keep, text)


def _chapter(page: str, number: int, text: str) -> Chapter:
    article = _only(BeautifulSoup(text, "lxml"), "article")
    for unwanted in article.select(", ".join(NOT_PRINTED)):
        unwanted.decompose()
    return Chapter(page, number, _only(article, "h1").get_text(strip=True), article)


def _settle(chapter: Chapter, pages: set[str], root: Path) -> None:
    """Give a page's content its place in the book, and let paper show all of it."""
    article = chapter.article
    for details in article.select("details.sd-dropdown"):
        _unfold(details)
    _still_widgets(chapter, root)
    _keep_ids_apart(chapter)
    for link in article.select("a[href]"):
        link["href"] = _link(str(link["href"]), chapter.page, pages, root)
    for level in (5, 4, 3, 2, 1):  # the parts of the book are its first level
        for heading in article.select(f"h{level}"):
            heading.name = f"h{level + 1}"
    heading = _only(article, "h2")
    if chapter.number:
        heading.insert(0, _tag("span", f"{chapter.number}", "chapter-number"))
    address = book.page_url(chapter.page, root)
    heading.insert_after(
        _parse(f'<p class="address">On the web: <a href="{address}">{_bare(address)}</a></p>')
    )
    article.name = "section"
    article["class"] = f"chapter {chapter.anchor}"
    article["id"] = chapter.anchor


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
        for control in widget.select(".cnn-explore > .cnn-controls > .cnn-control"):
            name, value = (_only(control, part).get_text(strip=True) for part in (".cnn-label", ".cnn-value"))
            settings.append(f"{name}: {value}")
        for controls in widget.select(".cnn-explore > .cnn-controls"):
            controls.decompose()
        section = widget.find_parent("section")
        place = f"{book.page_url(chapter.page, root)}#{section['id']}" if section else ""
        shown = f"{escape('; '.join(settings))}. " if settings else ""
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


def _number_figures(chapters: list[Chapter]) -> None:
    """Join each drawing or table that a cell made with its caption, under a number."""
    numbers = {"Figure": count(1), "Table": count(1)}
    for output in (o for chapter in chapters for o in chapter.article.select(".cell_output")):
        if not output.select_one("svg, table, .cnnlab-live"):
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


def _take_answers(chapter: Chapter) -> str:
    """Take a chapter's solutions and right answers out of it, and leave the page where they are."""
    taken = []
    for number, question in enumerate(chapter.article.select(".quiz-question"), start=1):
        taken.append(_answered(question, number, f"{chapter.anchor}--answer-{number}"))
    for number, solution in enumerate(chapter.article.select(".solution"), start=1):
        solution["id"] = f"{chapter.anchor}--solution-{number}"
        before = solution.find_previous(class_="exercise")
        if before:
            before.append(_parse(f'<p class="see">{_see("Solution", str(solution["id"]))}</p>'))
        taken.append(str(solution.extract()))
    for number, measured in enumerate(chapter.article.select(".cnnlab-fallback details"), start=1):
        _only(measured, "summary").decompose()
        name = f"{chapter.anchor}--measured-{number}"
        figure = measured.find_parent("figure")
        label = _only(figure, "figcaption > b").get_text() if figure else ""
        measured.insert_before(_parse(f'<p class="see">{_see("What was measured", name)}</p>'))
        table = str(_only(measured, "table"))
        measured.decompose()
        taken.append(
            f'<div class="measured" id="{name}"><p><b>What was measured for {label}</b></p>{table}</div>'
        )
    if not taken:
        return ""
    heading = (
        f'<h3 id="{chapter.anchor}--answers"><a href="#{chapter.anchor}">{escape(chapter.title)}</a></h3>'
    )
    return heading + "".join(taken)


def _answered(question: Tag, number: int, name: str) -> str:
    """Letter a question's answers and give what is said of each."""
    said = []
    options = _tag("ol", "", "options")
    for letter, answer in zip("abcdefgh", question.select(".quiz-answer"), strict=False):
        words, comment = _only(answer, "summary"), _only(answer, "p")
        option = _tag("li")
        option.extend(list(words.contents))
        options.append(option)
        comment.insert(0, _parse(f"<b>({letter})</b> "))
        said.append(
            f'<p class="{" ".join(answer.get_attribute_list("class"))}">{comment.decode_contents()}</p>'
        )
        answer.decompose()
    question.append(options)
    question.append(_parse(f'<p class="see">{_see("Answer", name)}</p>'))
    return f'<div class="answer" id="{name}"><p><b>Question {number}</b></p>{"".join(said)}</div>'


def _see(what: str, name: str) -> str:
    return f'<a href="#{name}">{what}: page <span class="page-of" data-of="{name}"></span></a>'


# The book around the chapters.


def _title_page(root: Path) -> str:
    settings, address = book.config(root), book.config(root)["html"]["baseurl"]
    return f"""<section class="title-page">
{MARK.read_text(encoding="utf8")}
<p class="book-title">{escape(settings["title"])}</p>
<p class="book-subtitle">An executable course on convolutional networks</p>
<p class="book-author">{escape(settings["author"])}</p>
<p class="book-version">Version {book.version(root)}</p>
</section>
<section class="colophon">
<p><b>This is the course on paper.</b> On the web every picture with the words “Move it on the web” moves, every
question answers, and every lesson can be run and changed: <a href="{address}">{_bare(address)}</a>.</p>
<p>A picture that moves is printed with the setting it starts with; the setting stands below it. Answers to the
questions and solutions of the exercises stand at the end, and each question says on which page. Words with a dotted
line are explained in the glossary. In the file, every link to another chapter leads there.</p>
<p>Text: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. Code: the MIT licence. The images keep their own
licences, which the chapter on the data names. Source: <a href="{book.repository_url(root)}">{_bare(book.repository_url(root))}</a>.</p>
<p>Set in Source Serif, Source Sans, Source Code and Noto Sans, which are under the SIL Open Font License.</p>
</section>"""


def _contents(by_page: dict[str, Chapter], root: Path) -> str:
    lines = [_line("", INTRODUCTION, anchor(next(iter(by_page))))]
    for caption, pages in book.parts(root):
        lines.append(f'<li class="contents-part">{escape(caption)}</li>')
        lines += [_line(str(by_page[page].number), by_page[page].title, anchor(page)) for page in pages]
    lines += ['<li class="contents-part">Answers</li>', _line("", ANSWERS, "answers")]
    return f'<section class="contents"><h1 id="contents">Contents</h1><ol>{"".join(lines)}</ol></section>'


INTRODUCTION = "What this course is"
ANSWERS = "Answers and solutions"


def _line(number: str, title: str, name: str) -> str:
    return (
        f'<li><a href="#{name}"><span class="contents-number">{number}</span><span>{escape(title)}</span>'
        f'<span class="leader"></span><span class="page-of" data-of="{name}"></span></a></li>'
    )


def _part(caption: str, chapters: list[Chapter]) -> str:
    lines = "".join(_line(str(c.number), c.title, c.anchor) for c in chapters)
    return f'<section class="part"><h1 id="part-{anchor(caption)}">{escape(caption)}</h1><ol>{lines}</ol></section>'


def _answers(entries: list[str]) -> str:
    return f'<section class="chapter answers" id="answers"><h1>{ANSWERS}</h1>{"".join(entries)}</section>'


def _page(body: str, styles: list[str], chapters: list[Chapter], root: Path) -> str:
    fonts = "".join(
        f'<link rel="stylesheet" href="../../node_modules/@fontsource-variable/{name}.css">' for name in FONTS
    )
    heads = "\n".join(_running_head(c.anchor, c.title if c.number else INTRODUCTION) for c in chapters)
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{escape(book.config(root)["title"])}</title>
{fonts}
<link rel="stylesheet" href="../html/_static/pygments.css">
<style>{"".join(styles)}</style>
<style>{STYLE.read_text(encoding="utf8")}
{heads}
{_running_head("answers", ANSWERS)}</style>
<script>window.MathJax = {{
  chtml: {{ mtextInheritFont: true }},
  options: {{ enableMenu: false, enableAssistiveMml: false, ignoreHtmlClass: "mathjax_ignore", processHtmlClass: "math" }},
}};</script>
<script defer src="../html/mathjax/tex-chtml.js"></script>
</head>
<body>
{body}
</body>
</html>
"""


def _running_head(name: str, title: str) -> str:
    words = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'.{name} {{ page: {name}; }} @page {name} {{ @top-right {{ content: "{words}"; }} }}'


# Small things.


def _bare(address: str) -> str:
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
