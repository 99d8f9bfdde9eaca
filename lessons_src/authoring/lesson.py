"""A lesson taken apart: its cells, its directives, its headings and its prose, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it.token import Token

from authoring import book, myst
from authoring.myst import Directive

PROSE = {
    "paragraph_open",
    "bullet_list_open",
    "ordered_list_open",
    "blockquote_open",
    "table_open",
    "dl_open",
}
NO_PROSE = {"math", "quiz"}


@dataclass(frozen=True)
class Cell:
    """A code cell and the line of its first statement."""

    line: int
    source: str


@dataclass(frozen=True)
class Prose:
    """A paragraph, list or table: the second-level heading above it and the directives around it."""

    line: int
    text: str
    section: str
    inside: frozenset[str]  # names and classes, for example admonition and myth


@dataclass
class Lesson:
    """The parts of one lesson in the order of its text."""

    page: str
    cells: list[Cell] = field(default_factory=list)
    directives: list[tuple[int, Directive]] = field(default_factory=list)  # with their lines
    sections: dict[str, int] = field(default_factory=dict)  # the second-level headings and their lines
    prose: list[Prose] = field(default_factory=list)
    title: str = ""
    labels: dict[str, str] = field(default_factory=dict)  # and the headings that they stand before, or ""

    def named(self, name: str, kind: str = "") -> Iterator[tuple[int, Directive]]:
        """Find the directives of a name, and of a class where one is given."""
        return (
            (line, d) for line, d in self.directives if d.name == name and kind in d.options.get("class", "")
        )


def read(page: str, root: Path = book.ROOT) -> Lesson:
    """Take a page apart."""
    reader = _Reader(page, root)
    reader.walk(book.source(page, root).read_text(encoding="utf8"), 0, frozenset())
    return reader.lesson


class _Reader:
    def __init__(self, page: str, root: Path) -> None:
        self.lesson = Lesson(page)
        self.parser = myst.parser(root)
        self.section = ""
        self.labels: list[str] = []  # those that stand before the next block
        self.solution: frozenset[str] = frozenset()  # what lies between solution-start and solution-end

    def walk(self, text: str, before: int, inside: frozenset[str]) -> None:
        """Gather the parts of a text that starts after so many lines of the page."""
        tokens = self.parser.parse(text)
        for index, token in enumerate(tokens):
            if token.level or not token.map:
                continue
            line = before + token.map[0] + 1
            self._label(token, tokens[index + 1].content if token.type == "heading_open" else "")
            if myst.is_directive(token):
                self._directive(line, myst.directive(token), inside)
            elif token.type == "heading_open" and token.tag == "h2":
                self.section = tokens[index + 1].content
                self.lesson.sections[self.section] = line
            elif token.type in PROSE:
                words = "\n".join(text.split("\n")[slice(*token.map)])
                self.lesson.prose.append(Prose(line, words, self.section, inside | self.solution))

    def _label(self, token: Token, heading: str) -> None:
        if token.type == "myst_target":
            self.labels.append(token.content)
            return
        self.lesson.labels |= dict.fromkeys(self.labels, heading)
        self.labels = []
        if token.tag == "h1":
            self.lesson.title = self.lesson.title or heading

    def _directive(self, line: int, directive: Directive, inside: frozenset[str]) -> None:
        before = line + len(directive.options)  # lines of the page before the body
        if directive.name == "code-cell":
            self.lesson.cells.append(Cell(before + 1, directive.body))
            return
        self.lesson.directives.append((line, directive))
        if directive.name in {"solution-start", "solution-end"}:
            self.solution = frozenset({"solution"} if directive.name == "solution-start" else ())
        elif directive.name not in NO_PROSE:
            classes = directive.options.get("class", "").split()
            self.walk(directive.body, before, inside | {directive.name, *classes})
