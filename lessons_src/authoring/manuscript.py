"""The built site's pages as one long page for the printer: a title, contents, chapters, answers.

What a screen folds away or moves is put where paper can show it: solutions and the answers of quizzes go to
the end, a widget shows the frame it starts with and says where it can be moved. Every link to a page of the
book becomes a link within it.
"""

import re
from html import escape
from pathlib import Path

from authoring import book, chapter, npm
from authoring.chapter import Chapter, anchor, bare

STYLE = Path(__file__).parent / "theme" / "print.css"
MARK = Path(__file__).parent / "theme" / "favicon.svg"
FONTS = ("source-serif-4/wght", "source-serif-4/wght-italic", "source-sans-3/wght",
         "source-sans-3/wght-italic", "source-code-pro/wght", "noto-sans-sc/wght")  # fmt: skip
KEPT = re.compile(r'<svg data-kept="(?P<number>\d+)"></svg>')
INTRODUCTION = "What this course is"
ANSWERS = "Answers and solutions"


def compose(site: Path, root: Path = book.ROOT) -> str:
    """Make one HTML page of all pages of the built site.

    Parameters
    ----------
    site : Path
        The built site; the result takes MathJax and the colours of code from it.
    root : Path
        The book: its list of pages and its settings.
    """
    pages = book.pages(root)
    texts = [chapter.article(page, site) for page in pages]
    # What figures and widgets bring along; one of each is enough for the book.
    styles = list(dict.fromkeys(found["text"] for text in texts for found in chapter.STYLES.finditer(text)))
    drawings: list[str] = []
    chapters = [
        chapter.read(page, number, chapter.keep_drawings(chapter.STYLES.sub("", text), page, drawings))
        for number, (page, text) in enumerate(zip(pages, texts, strict=True))
    ]
    for each in chapters:
        chapter.settle(each, set(pages), site, root)
    chapter.number_figures(chapters)
    answers = [entry for each in chapters if (entry := chapter.take_answers(each))]
    by_page = {each.page: each for each in chapters}
    body = [_title_page(root), _contents(by_page, root), str(chapters[0].article)]
    for caption, listed in book.parts(root):
        body.append(_part(caption, [by_page[page] for page in listed]))
        body += [str(by_page[page].article) for page in listed]
    body.append(_answers(answers))
    text = KEPT.sub(lambda found: drawings[int(found["number"])], "\n".join(body))
    return _page(text, styles, chapters, site, root)


def _title_page(root: Path) -> str:
    settings, source = book.config(root), book.repository_url(root)
    address = settings["html"]["baseurl"]
    return f"""<section class="title-page">
{MARK.read_text(encoding="utf8")}
<p class="book-title">{escape(settings["title"])}</p>
<p class="book-subtitle">An executable course on convolutional networks</p>
<p class="book-author">{escape(settings["author"])}</p>
<p class="book-version">Version {book.version(root)}</p>
</section>
<section class="colophon">
<p><b>This is the course on paper.</b> On the web every picture with the words “Move it on the web” moves,
every question answers, and every lesson can be run and changed: <a href="{address}">{bare(address)}</a>.</p>
<p>A picture that moves is printed with the setting it starts with, which stands below it. The answers to
the questions and the solutions of the exercises are at the end, and each question says on which page. Words
with a dotted line are explained in the glossary. In the file, every link to another chapter leads there.</p>
<p>Text: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. Code: the MIT licence.
The images keep their own licences, which the chapter on the data names. Source:
<a href="{source}">{bare(source)}</a>.</p>
<p>Set in Source Serif, Source Sans, Source Code and Noto Sans, which are under the SIL Open Font License.</p>
</section>"""


def _contents(by_page: dict[str, Chapter], root: Path) -> str:
    lines = [_line("", INTRODUCTION, anchor(next(iter(by_page))))]
    for caption, pages in book.parts(root):
        lines.append(f'<li class="contents-part">{escape(caption)}</li>')
        lines += [_line(str(by_page[page].number), by_page[page].title, anchor(page)) for page in pages]
    lines += ['<li class="contents-part">Answers</li>', _line("", ANSWERS, "answers")]
    return f'<section class="contents"><h1 id="contents">Contents</h1><ol>{"".join(lines)}</ol></section>'


def _line(number: str, title: str, name: str) -> str:
    return (
        f'<li><a href="#{name}"><span class="contents-number">{number}</span><span>{escape(title)}</span>'
        f'<span class="leader"></span><span class="page-of" data-of="{name}"></span></a></li>'
    )


def _part(caption: str, chapters: list[Chapter]) -> str:
    lines = "".join(_line(str(c.number), c.title, c.anchor) for c in chapters)
    title = f'<h1 id="part-{anchor(caption)}">{escape(caption)}</h1>'
    return f'<section class="part">{title}<ol>{lines}</ol></section>'


def _answers(entries: list[str]) -> str:
    return f'<section class="chapter answers" id="answers"><h1>{ANSWERS}</h1>{"".join(entries)}</section>'


def _page(body: str, styles: list[str], chapters: list[Chapter], site: Path, root: Path) -> str:
    modules, built = npm.ensure().resolve().as_uri(), site.resolve().as_uri()
    sheets = [f"{modules}/@fontsource-variable/{name}.css" for name in FONTS]
    sheets.append(f"{built}/_static/pygments.css")
    heads = [_running_head(c.anchor, c.title if c.number else INTRODUCTION) for c in chapters]
    heads.append(_running_head("answers", ANSWERS))
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{escape(book.config(root)["title"])}</title>
{"".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)}
<style>{"".join(styles)}</style>
<style>
@page {{ @bottom-right {{ content: "Version {book.version(root)}"; }} }}
{STYLE.read_text(encoding="utf8")}
{"".join(heads)}
</style>
<script>window.MathJax = {{
  chtml: {{ mtextInheritFont: true }},
  options: {{
    enableMenu: false, enableAssistiveMml: false, ignoreHtmlClass: "mathjax_ignore", processHtmlClass: "math",
  }},
}};</script>
<script defer src="{built}/mathjax/tex-chtml.js"></script>
</head>
<body>
{body}
</body>
</html>
"""


def _running_head(name: str, title: str) -> str:
    words = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'.{name} {{ page: {name}; }} @page {name} {{ @top-right {{ content: "{words}"; }} }}'
