"""Makes a page for each student: their answers, their points, what the tests said, and no hidden test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

from grading import workers
from grading.course import Course
from grading.execute import is_test
from grading.report import Line

SHORT = 20  # characters; a shorter line of a test stands in many programs
ENTRY = re.compile(
    r'(<a href="#(?:comment-)?([^"<>]+)">)(Test cell|Written response|Coding free-response|Comment)</a>'
)
NARROW = """
<meta name="viewport" content="width=device-width, initial-scale=1" />
<style>
div.nbgrader_cell .panel-heading { height: auto; overflow: hidden; }
#notebook pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; }
</style>
</head>"""


def feedback(course: Course, assignment: str, *, jobs: int | None = None) -> list[Line]:
    """Write `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html` for everyone who was graded."""
    students = course.graded(assignment)
    pages = workers.each(partial(_page, course, assignment), {name: name for name in students}, jobs=jobs)
    return [
        page if isinstance(page, Line) else Line(student, "", "look", f"no page: {page}")
        for student, page in sorted(pages)
    ]


def _page(course: Course, assignment: str, student: str) -> Line:
    with course.gradebook() as gradebook:
        grades = gradebook.find_submission_notebook(assignment, assignment, student).grades
        waiting = [grade.name for grade in grades if grade.needs_manual_grade]

    def announce(notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if waiting:
            text = f"**Not graded yet:** {', '.join(waiting)}. The points will change."
            notebook.cells.insert(0, new_markdown_cell(text))
        return notebook, resources

    course.config.HTMLExporter.sanitize_html = True  # what a student shows may hold a script
    converter = course.converter(GenerateFeedback, assignment, student)
    converter.preprocessors = [announce, _HideTests, GetGrades, CSSHTMLHeaderPreprocessor]
    try:
        converter.start()
    except NbGraderException as error:
        return Line(student, "", "look", f"no page: {error}")
    page = course.notebook("feedback", assignment, student).with_suffix(".html")
    page.write_text(_readable(page.read_text(encoding="utf8")), encoding="utf8")
    return Line(student, "", "ok", "page written, but not all is graded" if waiting else "page written")


def _readable(page: str) -> str:
    """Name the cells in nbgrader's list, and let it fit a phone."""
    return ENTRY.sub(r"\1\3 <code>\2</code></a>", page).replace("</head>", NARROW.lstrip(), 1)


class _HideTests(ClearHiddenTests):  # type: ignore[misc]  # nbgrader has no types
    """Takes hidden tests out of the tests, of their errors, and of what an answer printed."""

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Go through a graded notebook."""
        hidden = set(self._hidden_lines(notebook.cells))
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            if is_test(cell):
                self._remove_hidden_test_region(cell)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
                _censor(output, hidden)
        return notebook, resources

    def _hidden_lines(self, cells: Iterable[NotebookNode]) -> Iterable[str]:
        for cell in filter(is_test, cells):
            inside = False
            for line in cell.source.splitlines():
                if self.begin_test_delimeter in line or self.end_test_delimeter in line:
                    inside = self.begin_test_delimeter in line
                elif inside and len(line.strip()) >= SHORT:
                    yield line.strip()


def _censor(output: NotebookNode, hidden: set[str]) -> None:
    """Leave out every text that repeats a line of a hidden test, as `print(In)` does."""
    for holder, names in (
        (output, ("text", "evalue", "traceback")),
        (output.get("data", {}), tuple(output.get("data", {}))),
    ):
        for name in names:
            text = str(holder.get(name, ""))
            if any(line in text or repr(line)[1:-1] in text for line in hidden):
                holder[name] = ["[left out]"] if name == "traceback" else "[left out]"
