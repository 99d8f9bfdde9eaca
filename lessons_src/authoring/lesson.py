"""A lesson taken apart: its cells, its directives, its headings and its prose, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from authoring import book
from authoring.plain import OPTION

FENCES = {"fence", "colon_fence"}
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
class Directive:
    """A directive: ``{name} argument``, its options and its body."""

    line: int
    name: str
    argument: str
    options: dict[str, str]
    body: str


@dataclass(frozen=True)
class Prose:
    """A paragraph, list or table: the second-level heading above it and the directives around it."""

    line: int
    text: str
    section: str
    inside: frozenset[str]


@dataclass
class Lesson:
    """The parts of one lesson in the order of its text."""

    page: str
    cells: list[Cell] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)
    sections: dict[str, int] = field(default_factory=dict)  # the second-level headings and their lines
    prose: list[Prose] = field(default_factory=list)

    def named(self, name: str, kind: str = "") -> Iterator[Directive]:
        """Find the directives of a name, and of a class where one is given."""
        return (d for d in self.directives if d.name == name and kind in d.options.get("class", ""))


def read(page: str, root: Path = book.ROOT) -> Lesson:
    """Take a page apart."""
    extensions = set(book.config(root)["parse"]["myst_enable_extensions"])
    parser = create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)
    lesson = Lesson(page)
    section, solution = "", frozenset[str]()

    def walk(text: str, offset: int, inside: frozenset[str]) -> None:
        nonlocal section, solution
        lines = text.split("\n")
        tokens = parser.parse(text)
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.level or not token.map:
                continue
            first = offset + token.map[0] + 1
            if token.type in FENCES and token.info.startswith("{"):
                directive, body_at = _directive(token, first)
                if directive.name == "code-cell":
                    lesson.cells.append(Cell(body_at + 1, directive.body))
                    continue
                lesson.directives.append(directive)
                if directive.name in {"solution-start", "solution-end"}:
                    solution = frozenset({"solution"} if directive.name == "solution-start" else ())
                elif directive.name not in NO_PROSE:
                    names = {directive.name, *directive.options.get("class", "").split()}
                    walk(directive.body, body_at, inside | names)
            elif token.type == "heading_open" and token.tag == "h2" and following:
                section = following.content
                lesson.sections[section] = first
            elif token.type in PROSE:
                words = "\n".join(lines[slice(*token.map)])
                lesson.prose.append(Prose(first, words, section, inside | solution))

    walk(book.source(page, root).read_text(encoding="utf8"), 0, frozenset())
    return lesson


def _directive(token: Token, line: int) -> tuple[Directive, int]:
    """Read a directive; the second value is the number of lines before its body."""
    name, _, argument = token.info[1:].partition("}")
    lines = token.content.rstrip("\n").split("\n")
    options = {}
    while lines and (found := OPTION.match(lines[0])):
        options[found["name"]] = found["value"]
        del lines[0]
    return Directive(line, name, argument.strip(), options, "\n".join(lines)), line + len(options)
