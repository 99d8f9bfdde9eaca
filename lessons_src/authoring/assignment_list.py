"""The list of assignments on the site: what each asks for, and where to get it.

It reads the masters' own facts, so it needs no nbgrader, and cannot say anything that is not so.
"""

import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

import jupytext
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from authoring import book, references

KINDS = {"compute", "code", "predict", "debug", "design", "explain"}  # what an answer can ask for


@dataclass(frozen=True)
class Assignment:
    """A master's facts."""

    name: str
    title: str
    minutes: int
    lessons: tuple[str, ...]  # pages that a learner should have read
    kinds: tuple[str, ...]
    points: int
    by_hand: int  # of these, points that a person gives


def masters(root: Path = book.ROOT) -> list[Path]:
    """List the masters in their order."""
    return sorted((root / "lessons_src" / "assignments").glob("*.md"))


def facts(path: Path) -> Assignment:
    """Read what a master says about itself."""
    notebook = jupytext.read(path, fmt="md:myst")
    said = notebook.metadata["assignment"]
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return Assignment(
        name=path.stem,
        title=notebook.cells[0].source.partition("\n")[0].partition(": ")[2],
        minutes=said["minutes"],
        lessons=tuple(said["lessons"]),
        kinds=tuple(said["kinds"]),
        points=sum(cell.metadata.nbgrader.points for cell in graded),
        by_hand=sum(cell.metadata.nbgrader.points for cell in graded if cell.cell_type == "markdown"),
    )


def lay_beside(site: Path, root: Path = book.ROOT) -> None:
    """Copy the student notebooks to the site, where the list offers them."""
    for path in masters(root):
        (site / "assignments").mkdir(exist_ok=True)
        shutil.copyfile(book.assignment(path.stem, root), site / "assignments" / f"{path.stem}.ipynb")


class AssignmentsDirective(SphinxDirective):
    """``{assignments}`` lists all assignments in a table."""

    def run(self) -> list[nodes.Node]:
        """Make the table of the masters as they are now."""
        root, page = Path(self.env.srcdir), self.env.docname
        for path in masters(root):
            self.env.note_dependency(str(path))
        rows = "\n".join(
            _row(number, facts(path), page, root) for number, path in enumerate(masters(root), 1)
        )
        names = ("Assignment", "Lessons", "Time and points")
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        return [nodes.raw("", f'<div class="pst-scrollable-table-container">{table}</div>', format="html")]


def _row(number: int, given: Assignment, page: str, root: Path) -> str:
    up = "../" * page.count("/")
    lessons = ", ".join(
        f'<a href="{up}{name}.html">{escape(references.page(name, root).title)}</a>' for name in given.lessons
    )
    by_hand = f", {given.by_hand} of them given by a person" if given.by_hand else ""
    colab = book.colab_url(book.assignment(given.name, root), root)
    file = f"{given.name}.ipynb"
    cells = (
        f"{number}. {escape(given.title)}<br><small>{', '.join(given.kinds)}</small><br>"
        f'<a href="{colab}" aria-label="Open assignment {number} in Colab">Colab</a> · '
        f'<a href="{up}assignments/{file}" download="{file}" aria-label="Download assignment {number}">'
        "Download</a>",
        lessons,
        f"{given.minutes} minutes, {given.points} points{by_hand}",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
