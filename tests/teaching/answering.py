"""Masters taken apart and answered, as learners might: what the tests of assignments and of grading share."""

import contextlib
import io
import re
from functools import cache

import nbformat

from authoring import assignments, book

MASTERS = {path.stem: path for path in assignments.masters()}
REGION = re.compile(r" *### BEGIN (?P<kind>SOLUTION|HIDDEN TESTS)\n(?P<text>.*?)### END (?P=kind)", re.DOTALL)
SOLUTION = re.compile(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)


class Anything:
    """Equals everything, and whatever is asked of it, it gives itself."""

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return self

    def __call__(self, *_, **__):
        return self

    __hash__ = None


@cache
def source(name, class_seed="0"):
    return assignments.source(MASTERS[name], class_seed=class_seed)


@cache
def released(name):
    return assignments.release(nbformat.from_dict(source(name)))


def code(notebook):
    """The cells to run, by their ids; the one that installs the package is for other places."""
    return {c.id: c for c in notebook.cells if c.cell_type == "code" and "%pip" not in c.source}


def answer(cell, body):
    """Put another answer where the solution stands."""
    assert SOLUTION.search(cell.source)
    lines = body.strip().split("\n")
    return SOLUTION.sub(lambda found: "\n".join(found[1] + line for line in lines), cell.source)


def run(text, where, space):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(text, where, "exec"), space)  # noqa: S102  # a master's cell, or an answer of ours
    return said.getvalue()


def solve(name, student="", class_seed="0"):
    """Run all cells with their solutions, and return what they leave."""
    space = {"Anything": Anything}
    for cell in code(source(name, class_seed)).values():
        text = answer(cell, f"return {student!r}") if cell.id == "student" else cell.source
        run(text, f"{name}:{cell.id}", space)
    return space


def secrets(name):
    """The lines of a master that no learner may see, each with its cell's id."""
    cells = source(name).cells
    shown = {line.strip() for cell in cells for line in REGION.sub("", cell.source).split("\n")}
    for cell in cells:
        by_hand = cell.cell_type == "markdown" and cell.metadata.get("nbgrader")
        regions = [cell.source] if by_hand else [found["text"] for found in REGION.finditer(cell.source)]
        for line in (line.strip() for region in regions for line in region.split("\n")):
            if line and (by_hand or line not in shown):
                yield cell.id, line


def graded(name):
    """The cells that bring points."""
    return [cell for cell in source(name).cells if cell.metadata.get("nbgrader", {}).get("grade")]


def site_texts():
    """Every file of the built site that holds words."""
    for path in (book.ROOT / "_build" / "html").rglob("*"):
        if path.suffix in {".html", ".ipynb", ".md", ".txt", ".js", ".json"}:
            yield path, path.read_text(encoding="utf8", errors="replace")
