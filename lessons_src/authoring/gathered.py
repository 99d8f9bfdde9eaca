"""Directives that show what stands all over the book: its map, its myths, its exercises, its terms.

Each takes everything from the pages themselves, so that a new lesson is on them without a further word.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from authoring import book, gather, glossary, lite, references


class Gathering(SphinxDirective):
    """A directive that reads every page of the book."""

    @property
    def root(self) -> Path:
        """The book's folder."""
        return Path(self.env.srcdir)

    def run(self) -> list[nodes.Node]:
        """Show what was gathered; the page is made anew when any page has changed."""
        for page in book.pages(self.root):
            self.env.note_dependency(str(book.source(page, self.root)))
        return list(self.show())

    def show(self) -> Iterator[nodes.Node]:
        """Make the nodes."""
        raise NotImplementedError

    def link(self, page: str, text: str, anchor: str = "") -> nodes.reference:
        """Link to a page, or to a place in it."""
        url = self.env.app.builder.get_relative_uri(self.env.docname, page)
        words = self.parse_inline(text)[0]
        return nodes.reference("", "", *words, refuri=url + (f"#{anchor}" if anchor else ""), internal=True)

    def words(self, text: str) -> list[nodes.Node]:
        """Read a line of Markdown."""
        return self.parse_inline(text)[0]

    def lesson_section(self, page: str) -> nodes.section:
        """Begin the section of a lesson, under its title."""
        title = references.page(page, self.root).title
        section = nodes.section("", nodes.title("", "", self.link(page, title)))
        section["ids"] = [nodes.make_id(f"of-{Path(page).name}")]
        return section


class CourseMap(Gathering):
    """``{course-map}``: the lessons in their order, each with its question and the time that it takes."""

    def show(self) -> Iterator[nodes.Node]:
        """Make a list for each part; a part whose pages ask no question is one line."""
        for part, entries in gather.course_map(self.root):
            asking = any(entry.question for entry in entries)
            items = [nodes.list_item("", *self._entry(entry)) for entry in entries]
            kind = "lessons" if asking else "pages"
            yield nodes.paragraph("", part, classes=["course-part"])
            yield nodes.bullet_list("", *items, classes=["course-map", kind])

    def _entry(self, entry: gather.Entry) -> Iterator[nodes.Node]:
        yield nodes.paragraph("", "", nodes.strong("", "", self.link(entry.page, entry.title)))
        if entry.question:
            yield nodes.paragraph("", "", *self.words(entry.question))
        if entry.time:
            run = nodes.inline("", entry.run_time, classes=["run-time"], page=entry.page)
            words = [nodes.Text(f"{entry.time}; the cells run in "), run]
            yield nodes.paragraph("", "", *words, classes=["course-time"])


class Myths(Gathering):
    """``{myths}``: every belief that a lesson puts to the test, its verdict and the way to the experiment."""

    def show(self) -> Iterator[nodes.Node]:
        """Make a section for each lesson that has a myth."""
        for page, myths in groupby(gather.myths(self.root), attrgetter("page")):
            section = self.lesson_section(page)
            for myth in myths:
                section += self._myth(myth)
            yield section

    def _myth(self, myth: gather.Myth) -> nodes.Node:
        verdict = myth.verdict[:1].upper() + myth.verdict[1:]
        to = [nodes.Text("Settled in "), self.link(myth.page, myth.section, myth.anchor)]
        return nodes.container(
            "",
            nodes.paragraph("", "", nodes.strong("", "", *self.words(myth.belief))),
            nodes.paragraph("", "", *self.words(verdict)),
            nodes.paragraph("", "", *to, classes=["gathered-from"]),
            classes=["gathered-myth"],
        )


class Exercises(Gathering):
    """``{exercises}``: every exercise under its number, with what it asks for."""

    def show(self) -> Iterator[nodes.Node]:
        """Make a section for each lesson that has exercises."""
        for page, exercises in groupby(gather.exercises(self.root), attrgetter("page")):
            section = self.lesson_section(page)
            section += nodes.bullet_list("", *map(self._exercise, exercises), classes=["exercise-list"])
            yield section

    def _exercise(self, exercise: gather.Exercise) -> nodes.Node:
        title = exercise.title or "without a title"
        line = [
            nodes.strong("", str(exercise.number)),
            nodes.Text(" "),
            self.link(exercise.page, title, exercise.label),
            nodes.Text(" "),
            nodes.inline("", exercise.kind, classes=["exercise-kind"]),
        ]
        return nodes.list_item("", nodes.paragraph("", "", *line))


class Terms(Gathering):
    """``{terms}``: the glossary, by letters; ``authoring.terms`` adds where each term is used."""

    def show(self) -> Iterator[nodes.Node]:
        """Make a section for each letter."""
        self.env.note_dependency(str(glossary.source(self.root)))
        places = references.labels(self.root)
        terms = sorted(glossary.read(self.root), key=lambda term: term.term.lower())
        for letter, group in groupby(terms, lambda term: term.term[0].upper()):
            entries = [self._entry(term, places[term.where]) for term in group]
            section = nodes.section("", nodes.title("", letter), ids=[f"letter-{letter.lower()}"])
            section += nodes.definition_list("", *entries, classes=["glossary"])
            yield section

    def _entry(self, term: glossary.Term, place: references.Place) -> nodes.Node:
        introduced = self.link(place.page, place.title, place.anchor)
        names = nodes.term("", "", nodes.strong("", term.term), ids=[f"term-{term.key}"])
        for lang, name in (("zh-Hans", term.hans), ("zh-Hant", term.hant)):
            names += nodes.raw("", f' <span class="chinese" lang="{lang}">{name}</span>', format="html")
        where = nodes.paragraph("", "Introduced in ", introduced, classes=["gathered-from", "term-uses"])
        where["term"] = term.key
        return nodes.definition_list_item(
            "", names, nodes.definition("", nodes.paragraph("", term.means), where)
        )


class InBrowser(Gathering):
    """``{in-browser}``: the lessons that open in the browser, how much of each runs there, and the way in."""

    def show(self) -> Iterator[nodes.Node]:
        """Make a section for each of them."""
        for page in lite.lessons(self.root):
            runs, cells = lite.runs(page, self.root)
            section = self.lesson_section(page)
            title = references.page(page, self.root).title
            open_it = nodes.reference(
                "", f"Open {title} in the browser", refuri=lite.address(page, self.root)
            )
            section += nodes.paragraph("", f"{runs} of its {cells} cells of code run there. {lite.cost()}")
            section += nodes.paragraph("", "", open_it, classes=["lesson-links"])
            yield section


class Citation(Gathering):
    """``{citation}``: how to cite the course, from CITATION.cff."""

    def show(self) -> Iterator[nodes.Node]:
        """Make one entry for BibTeX."""
        path = self.root / "CITATION.cff"
        self.env.note_dependency(str(path))
        text = bibtex(yaml.safe_load(path.read_text(encoding="utf8")))
        yield nodes.literal_block(text, text, language="bibtex")


def bibtex(citation: dict[str, Any]) -> str:
    """Write what CITATION.cff says as an entry for BibTeX."""
    names = [a.get("name") or f"{a['family-names']}, {a['given-names']}" for a in citation["authors"]]
    fields = {
        "author": " and ".join(f"{{{name}}}" if "," not in name else name for name in names),
        "title": f"{{{citation['title']}}}",
        "version": citation["version"],
        "year": str(citation["date-released"])[:4],
        "url": citation["url"],
    }
    lines = [f"  {key:7} = {{{value}}}," for key, value in fields.items()]
    return "\n".join([f"@misc{{cnnlab{fields['year']},", *lines, "}"])


def name_myths(app: Sphinx, doctree: nodes.document) -> None:
    """Give each myth's box the id that the list of myths links to."""
    if app.env.docname not in book.pages(Path(app.srcdir)):
        return
    boxes = [box for box in doctree.findall(nodes.admonition) if "myth" in box["classes"]]
    myths = gather.myths_of(references.read(app.env.docname, Path(app.srcdir)))
    for box, myth in zip(boxes, myths, strict=True):
        box["ids"].append(myth.anchor)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.connect("doctree-read", name_myths)
    for name, directive in {
        "course-map": CourseMap,
        "myths": Myths,
        "exercises": Exercises,
        "terms": Terms,
        "in-browser": InBrowser,
        "citation": Citation,
    }.items():
        app.add_directive(name, directive)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
