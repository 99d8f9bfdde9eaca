"""The built site in _build/html: whole, self-contained, and its buttons lead where they say."""

import importlib
import json
import re
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from authoring import book, gather, glossary, licences, meta, references
from authoring.check_site import faults

SITE = book.ROOT / "_build" / "html"
WIDGET = re.compile(r"\b(?:explore|ConvArithmetic|HeadCalculator|AtlasExplorer|GuessCurve)\(")
WIDGETS = [name for name in book.lessons() if WIDGET.search(book.source(name).read_text(encoding="utf8"))]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def built():
    if not (SITE / "index.html").exists():
        pytest.fail(f"there is no site in {SITE}: run `make site` first", pytrace=False)


@pytest.fixture(scope="module")
def read():
    """Parse a page of the site by its path without a suffix, once: nobody may change it."""
    return cache(lambda name: BeautifulSoup((SITE / f"{name}.html").read_text(encoding="utf8"), "lxml"))


def test_the_site_has_no_faults():
    # Tracebacks, silent pictures, dead links and anchors, raw markup, and whatever loads from elsewhere.
    assert faults(SITE) == []


@pytest.mark.parametrize("name", book.pages())
def test_every_page_of_the_toc_is_there_under_its_title(name, read):
    heading = read(name).select_one("article h1")
    title = heading.get_text(strip=True).removesuffix(heading.select_one(".headerlink").get_text())
    assert title == references.page(name).title


@pytest.mark.parametrize("name", book.lessons())
def test_a_lesson_can_be_opened_downloaded_and_looked_at(name, read):
    (buttons,) = read(name).select("nav.lesson-links")
    links = {a.get_text(): a["href"] for a in buttons.select("a")}
    repository = urlsplit(book.repository_url()).path
    branch = book.config()["repository"]["branch"]
    path = f"book/notebooks/{name.split('/')[-1]}.ipynb"
    assert (
        links["Open in Colab"] == f"https://colab.research.google.com/github{repository}/blob/{branch}/{path}"
    )
    assert links["Open in Binder"] == book.binder_url(book.ROOT / path)
    assert links["Download everything"] == f"{book.config()['html']['baseurl']}{book.bundle_name()}"
    assert links["View the source"] == f"{book.repository_url()}/blob/{branch}/{name}.md"

    served = ((SITE / f"{name}.html").parent / links["Download the notebook"]).resolve()
    assert served.is_relative_to(SITE)
    assert served.read_bytes() == (book.ROOT / path).read_bytes()
    assert json.loads(served.read_bytes())["nbformat"] == 4


@pytest.mark.parametrize("name", sorted(set(book.pages()) - set(book.lessons())))
def test_a_page_without_cells_offers_no_notebook(name, read):
    assert not read(name).select("nav.lesson-links")


@pytest.mark.parametrize("name", book.lessons())
def test_every_link_of_a_notebook_into_the_site_arrives(name, read):
    base = book.config()["html"]["baseurl"]
    text = "\n".join(cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
                     for cell in json.loads(book.notebook(name).read_bytes())["cells"])  # fmt: skip
    found = re.findall(rf"\]\({re.escape(base)}([^)]*)\)", text)
    assert found  # at least the way back
    for address in found:
        path, _, anchor = address.partition("#")
        page = read(path.removesuffix(".html"))
        assert not anchor or page.find(id=anchor), address


@pytest.mark.parametrize("name", book.lessons())
def test_exercises_have_the_same_numbers_here_and_in_the_notebook(name, read):
    here = [
        (int(re.search(r"\d+", title.span.get_text())[0]), title.span.next_sibling.strip(" ()"))
        for title in read(name).select(".exercise > .admonition-title")
    ]
    here = [(number, title.replace("’", "'")) for number, title in here]  # the site sets curly ones
    text = book.notebook(name).read_text(encoding="utf8")
    there = [(int(n), title) for n, title in re.findall(r"\*\*Exercise (\d+)(?: — )?(.*?)\*\*", text)]
    assert here == there


@pytest.mark.parametrize("name", WIDGETS)
def test_things_to_move_carry_their_state_and_a_picture(name, read):
    page = read(name)
    (script,) = page.select('script[src*="widgets/static.js"]')
    assert (SITE / f"{name}.html").parent.joinpath(script["src"].partition("?")[0]).exists()
    (state,) = page.select('script[type="application/vnd.jupyter.widget-state+json"]')
    models = json.loads(state.string)["state"]
    views = page.select('script[type="application/vnd.jupyter.widget-view+json"]')
    assert len(views) == len(WIDGET.findall(book.source(name).read_text(encoding="utf8")))
    for view in views:
        model = models[json.loads(view.string)["model_id"]]
        assert model["model_module"] == "anywidget"
        picture = view.find_previous_sibling(class_="cnnlab-fallback")
        assert picture.select_one("svg[aria-label]"), "nothing to see without JavaScript"


@pytest.mark.parametrize("name", book.lessons())
def test_run_times_were_measured(name, read):
    for time in read(name).select(".run-time"):
        assert re.fullmatch(r"\d+ s", time.get_text())


def test_the_map_leads_to_every_page_and_says_how_long_its_cells_ran(read):
    links = [urljoin("book/", a["href"]) for a in read("book/index").select(".course-map strong > a")]
    assert links == [f"{page}.html" for page in book.pages()[1:]]
    asked = [entry for _, entries in gather.course_map() for entry in entries if entry.time]
    assert len(read("book/index").select(".course-time .run-time")) == len(asked) > 0


def test_every_myth_is_listed_with_its_verdict_and_leads_to_its_box(read):
    listed = read("book/reference/myths").select(".gathered-myth")
    myths = list(gather.myths())
    assert len(listed) == len(myths)
    for entry, myth in zip(listed, myths, strict=True):
        belief, verdict, place = entry.select("p")
        path, _, anchor = urljoin("book/reference/", place.a["href"]).partition(".html#")
        assert (path, anchor) == (myth.page, myth.anchor)
        assert belief.get_text() in read(path).find(id=anchor).select_one(".admonition-title").get_text()
        assert verdict.get_text()[:1].isupper() or verdict.math


def test_every_exercise_is_listed_under_the_number_that_its_page_gives_it(read):
    for item in read("book/reference/exercises").select(".exercise-list li"):
        path, _, anchor = urljoin("book/reference/", item.a["href"]).partition(".html#")
        title = read(path).find(id=anchor).select_one(".admonition-title").get_text()
        assert re.match(rf"Exercise {item.strong.get_text()}\b", title)
        assert item.a.get_text() in title
    listed = read("book/reference/exercises").select(".exercise-list li")
    assert len(listed) == len(list(gather.exercises()))


def test_a_term_is_explained_where_it_is_used_and_the_glossary_says_where(read):
    page = read(glossary.PAGE)
    for term in glossary.read():
        entry = page.find(id=f"term-{term.key}")
        assert [name.get_text() for name in entry.select("[lang]")] == [term.hans, term.hant]
        _, *uses = entry.find_next_sibling("dd").select(".term-uses a")
        assert uses
        for use in uses:
            path, _, anchor = urljoin("book/reference/", use["href"]).partition(".html#")
            used = read(path).find(id=anchor)
            assert used.a["href"].endswith(f"glossary.html#term-{term.key}")
            assert term.means in read(path).find(id=used.a["aria-describedby"]).get_text()


@pytest.mark.parametrize("name", book.pages())
def test_the_version_stands_at_the_foot_of_every_page(name, read):
    assert f"Version {book.version()}." in read(name).select_one(".extra_footer").get_text()


@pytest.mark.parametrize("name", sorted(set(book.pages()) - set(WIDGETS)))
def test_pages_without_widgets_do_without_their_script(name, read):
    assert not read(name).select('script[src*="widgets/static.js"]')


def test_the_page_of_the_package_has_every_public_name_that_lessons_use(read):
    page = read("book/reference/api")
    for module in ("data", "layers", "count", "nets", "atlas", "capstone", "widgets"):
        package = importlib.import_module(f"cnnlab.{module}")
        for name in package.__all__:
            if callable(getattr(package, name)):
                assert page.find(id=f"cnnlab.{module}.{name}"), f"{module}.{name}"


def test_every_file_has_a_known_licence_and_the_list_says_so():
    assert licences.faults(SITE) == []
    assert "mathjax" in (SITE / licences.NAME).read_text(encoding="utf8")


def test_the_front_door_leads_to_the_first_page(read):
    refresh = read("index").select_one('meta[http-equiv="Refresh"]')["content"]
    assert urljoin("/", refresh.partition("url=")[2]) == f"/{book.pages()[0]}.html"


@pytest.mark.parametrize("name", book.pages())
def test_a_page_says_what_it_is_about_and_its_card_is_there(name):
    head, _, _ = (SITE / f"{name}.html").read_text(encoding="utf8").partition("</head>")
    page = BeautifulSoup(re.sub(r"<script.*?</script>", "", head, flags=re.DOTALL), "lxml")
    (description,) = page.select('meta[name="description"]')
    assert 20 <= len(description["content"]) <= meta.LONGEST + 2
    assert description["content"] == page.select_one('meta[property="og:description"]')["content"]
    card = page.select_one('meta[property="og:image"]')["content"]
    assert (SITE / card.removeprefix(book.config()["html"]["baseurl"])).stat().st_size < 100_000
    assert page.select_one('link[rel="canonical"]')["href"] == book.page_url(name)


def test_search_engines_find_the_map_and_lost_readers_the_way(read):
    assert "sitemap.xml" in (SITE / "robots.txt").read_text(encoding="utf8")
    assert len(re.findall("<loc>", (SITE / "sitemap.xml").read_text(encoding="utf8"))) == len(book.pages())
    assert read("404").h1


def test_the_index_leads_from_every_term_to_the_pages_that_use_it(read):
    entries = {
        entry.get_text(): entry for entry in read("genindex").select(".indextable > tr > td > ul > li")
    }
    names = " ".join(entries)
    for term in glossary.read():
        assert term.term in names
