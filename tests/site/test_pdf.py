"""The book on paper: the page that is printed has everything, and Chromium prints it whole."""

import json
import re
import shutil
from collections import Counter

import pytest
import yaml
from lxml import html
from pypdf import PdfReader

from authoring import book, gather, manuscript, pdf
from authoring.chapter import anchor

FEW = ("book/layers/pooling", "book/reference/bibliography", "book/reference/glossary")
MOVES = re.compile(r'type="application/vnd\.jupyter\.widget-view\+json"')

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(site):
    """The page of the whole book, before it is printed."""
    return html.fromstring(manuscript.compose(site))


def test_every_page_of_the_toc_is_a_chapter_in_its_order(whole):
    anchors = [anchor(page) for page in book.pages()]
    assert [c.get("id") for c in whole.find_class("chapter")] == [*anchors, "answers"]
    listed = whole.xpath('//section[@class="contents"]//a/@href')
    assert listed == [f"#{name}" for name in [*anchors, "answers"]]


def test_links_stay_in_the_book_or_lead_to_the_web(whole):
    ids = Counter(whole.xpath("//@id"))
    assert max(ids.values()) == 1
    links = whole.xpath("//a/@href")
    assert [link for link in links if not link.startswith(("#", "https://"))] == []
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= ids.keys()
    published = book.config()["html"]["baseurl"]
    inside = {f"{published}{page}.html" for page in book.pages()}
    outside = set(whole.xpath('//a[not(ancestor::p[@class="moves" or @class="address"])]/@href'))
    assert not outside & inside


def test_figures_and_tables_are_numbered_without_a_gap(whole):
    labels = [label.text.split() for label in whole.xpath("//figcaption/b")]
    for kind in ("Figure", "Table"):
        numbers = [int(number) for word, number in labels if word == kind]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
        assert numbers


def test_every_widget_shows_a_frame_and_says_where_it_moves(whole, site):
    pages = [(site / f"{page}.html").read_text(encoding="utf8") for page in book.pages()]
    shown = whole.find_class("cnnlab-fallback")
    assert len(shown) == sum(len(MOVES.findall(page)) for page in pages)
    for widget in shown:
        assert widget.xpath(".//svg[@aria-label]")
        (place,) = widget.xpath('p[@class="moves"]/a/@href')
        assert place.startswith(book.config()["html"]["baseurl"])


def test_answers_and_solutions_stand_at_the_end_and_nowhere_else(whole, site):
    (end,) = whole.find_class("answers")
    solutions = whole.find_class("solution")
    assert len(solutions) == len(list(gather.exercises()))
    questions = whole.find_class("quiz-question")
    answers = whole.find_class("answer")
    assert len(answers) == len(questions) > 30
    assert all(end in entry.iterancestors() for entry in [*solutions, *answers])
    assert all(len(answer.find_class("right")) == 1 for answer in answers)
    assert len(whole.find_class("see")) >= len(solutions) + len(questions)


@pytest.fixture(scope="module")
def printed(site, browser, tmp_path_factory):
    """A few pages as a PDF; the whole book takes minutes."""
    root = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(book.ROOT / name, root)
    parts = [{"caption": "A few", "chapters": [{"file": page} for page in FEW]}]
    toc = {"format": "jb-book", "root": "book/index", "parts": parts}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf8")
    source = root / "few.html"
    source.write_text(manuscript.compose(site, root), encoding="utf8")
    page = browser.new_page(viewport={"width": int(pdf.PAPER * pdf.MM), "height": 1000})
    # It raises where something asks elsewhere, sticks out of the paper or leads nowhere.
    pdf.print_page(page, source, root / "few.pdf")
    page.close()
    return PdfReader(root / "few.pdf")


def test_the_contents_and_the_bookmarks_lead_to_the_chapters(printed):
    pages = pdf.pages_of(printed)
    contents = printed.pages[2].extract_text()
    for number, page in enumerate(FEW, start=1):
        first = printed.pages[pages[anchor(page)] - 1].extract_text()
        title = re.search(rf"^{number} (.+)$", contents, re.MULTILINE)[1]
        title, _, listed = title.rpartition(" ") if title[-1].isdigit() else (title, "", "")
        assert title.strip() in first
        assert re.search(rf"{re.escape(title)}\s*{pages[anchor(page)]}\b", contents), listed
    marks = json.dumps([_titles(entry) for entry in printed.outline])
    assert "A few" in marks
    assert "Glossary" in marks
    assert manuscript.ANSWERS in marks


def _titles(entry):
    return [_titles(e) for e in entry] if isinstance(entry, list) else entry.title


def test_what_a_page_says_is_in_the_file(printed):
    text = "\n".join(page.extract_text() for page in printed.pages)
    assert "Shown with Window number: 1; Kind: max." in text
    lesson = book.source("book/layers/pooling").read_text(encoding="utf8")
    code = re.findall(r"```\{code-cell\} python\n(.*?)```", lesson, re.DOTALL)
    widest = max((line for cell in code for line in cell.splitlines()), key=len)
    assert len(widest) > 80
    dense = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", widest) in dense
    assert "池化" in dense  # the font for Chinese was there
    assert re.search(r"Solution: page \d+", text)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ('<p style="width: 300mm">wide</p>', "px outside: wide"),
        ('<img src="http://example.org/picture.png" alt="">', "asks elsewhere: http://example.org"),
        ('<script src="nothing-there.js"></script>', "not there: file:"),
    ],
)
def test_what_would_be_lost_on_paper_stops_the_print(fault, said, browser, tmp_path):
    source = tmp_path / "faulty.html"
    source.write_text(f'<!doctype html><title>t</title><body id="b"><p>text</p>{fault}', encoding="utf8")
    page = browser.new_page(viewport={"width": int(pdf.PAPER * pdf.MM), "height": 1000})
    with pytest.raises(pdf.PrintError, match=re.escape(said)):
        pdf.print_page(page, source, tmp_path / "faulty.pdf")
    page.close()
