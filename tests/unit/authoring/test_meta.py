"""What pages say of themselves, the cards, the sitemap, and the page for lost readers."""

import json
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree

from authoring import book, cards, meta
from authoring.check_site import faults

LOOK = (meta.THEME / "look.css").read_text(encoding="utf8")


def tags_of(page):
    return BeautifulSoup(meta.tags(page, "What is it?", book.ROOT), "lxml")


def test_a_page_is_described_by_its_first_paragraph():
    long = "word " * 60
    assert (
        meta.describe(publish_doctree("Title\n=====\n\nThe first,\nin two lines.\n\nMore.\n"))
        == "The first, in two lines."
    )
    assert meta.describe(publish_doctree("")) == ""
    described = meta.describe(publish_doctree(long))
    assert described.endswith("word …")
    assert len(described) <= meta.LONGEST + 2


@pytest.mark.parametrize("page", [book.pages()[0], book.lessons()[1], "book/reference/glossary"])
def test_what_is_shown_where_a_page_is_shared(page):
    found = {tag["property"]: tag["content"] for tag in tags_of(page).select("meta[property]")}
    assert found["og:url"] == book.page_url(page)
    assert found["og:description"] == "What is it?"
    assert found["og:image"] == f"{book.config()['html']['baseurl']}_static/cards/{meta.card_name(page)}"


def test_the_front_page_is_a_course_and_the_others_are_its_parts():
    def schema(page):
        return json.loads(tags_of(page).select_one('script[type="application/ld+json"]').string)

    first, *others = book.pages()
    course, lesson = schema(first), schema(others[0])
    assert course["@type"] == "Course"
    assert [part["url"] for part in course["hasPart"]] == [book.page_url(page) for page in others]
    assert lesson["isPartOf"]["url"] == course["url"]
    assert (lesson["learningResourceType"], lesson["timeRequired"]) == ("lesson", "PT45M")
    assert schema("book/reference/glossary")["learningResourceType"] == "reference"


def test_a_description_does_not_end_its_tag():
    text = meta.tags(book.pages()[0], '</script><b>"', book.ROOT)
    assert text.count("</script>") == 1
    assert '"&lt;/script&gt;&lt;b&gt;&quot;"' in text


def test_the_sitemap_lists_every_page_once():
    root = ET.fromstring(meta.sitemap())  # noqa: S314 -- our own
    assert [place.text for place in root.findall(".//{*}loc")] == [
        book.page_url(page) for page in book.pages()
    ]


def test_who_gets_lost_finds_every_page(tmp_path):
    (tmp_path / "404.html").write_text(meta.lost(), encoding="utf8")
    assert faults(tmp_path) == []
    links = [a["href"] for a in BeautifulSoup(meta.lost(), "lxml").select("li a")]
    assert links == [book.page_url(page) for page in book.pages()[1:]]


def test_a_card_has_the_size_that_is_asked_for_and_long_titles_fit():
    card = cards.card(
        "A title of so many words that no large letters could hold all of it", "Layers", "Course"
    )
    assert card.size == cards.SIZE
    ground = np.array(card.convert("L"))[:, 690]  # between the words and the bird
    assert len(set(ground.tolist())) == 1


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    "ink", ["text-base", "text-muted", "heading", "link", "link-hover", "primary", "inline-code"]
)
def test_words_can_be_read_on_every_ground(mode, ink):
    block = LOOK.split(f'html[data-theme="{mode}"] {{')[1].split("}")[0]
    colours = dict(re.findall(r"--(?:pst-color-|course-)([a-z-]+): (#[0-9a-f]{6});", block))
    for ground in ("background", "surface", "ground"):
        pair = sorted(map(luminance, (colours[ink], colours.get(ground, "#ffffff"))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (ink, ground)
