"""The rubrics of hand-graded answers, for teachers: read from the masters of the assignments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.util.docutils import SphinxDirective

from authoring import book

RUBRIC = "**Rubric.**"
COMMENT = re.compile(r"^% .*$", re.MULTILINE)  # stands for what all masters share
QUESTION = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Rubric:
    """A hand-graded answer: where it is asked, what is asked, and how it is graded. Texts are Markdown."""

    assignment: str
    question: str
    grading: str


def masters(root: Path = book.ROOT) -> list[Path]:
    """List the masters in their order."""
    return sorted((root / "lessons_src" / "assignments").glob("*.md"))


def read(path: Path) -> Iterator[Rubric]:
    """Find the hand-graded answers of a master.

    Raises
    ------
    ValueError
        One of them has no rubric.
    """
    cells = jupytext.read(path, fmt="md:myst").cells
    title = cells[0].source.partition("\n")[0].removeprefix("# ")
    question = ""
    for cell in cells:
        if cell.cell_type != "markdown":
            continue
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            question = QUESTION.split(cell.source)[-1]
            continue
        _, found, grading = COMMENT.sub("", cell.source).partition(RUBRIC)
        if not found:
            name = cell.metadata["nbgrader"]["grade_id"]
            raise ValueError(f"{path.name}: the answer {name} has no {RUBRIC}")
        heading, _, text = question.partition("\n")
        yield Rubric(title, f"**{heading.strip()}**\n\n{text.strip()}", f"{RUBRIC} {grading.strip()}")


def html(rubric: Rubric) -> str:
    """Write a question and its rubric as HTML."""
    return str(MarkdownIt("commonmark", {"html": False}).render(f"{rubric.question}\n\n{rubric.grading}"))


class RubricsDirective(SphinxDirective):
    """``{rubrics}`` shows every rubric under its assignment's title."""

    def run(self) -> list[nodes.Node]:
        """Read the masters as they are now."""
        sections: list[nodes.Node] = []
        for path in masters(Path(self.env.srcdir)):
            self.env.note_dependency(str(path))
            try:
                found = list(read(path))
            except ValueError as error:
                raise self.error(str(error)) from error
            if found:
                section = nodes.section("", nodes.title("", found[0].assignment), ids=[f"rubric-{path.stem}"])
                section += [nodes.raw("", html(rubric), format="html") for rubric in found]
                sections.append(section)
        return sections
