"""Makes a page for each student: their answers, their points, what the tests said, and no hidden test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import joblib
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, GetGrades
from nbgrader.utils import is_grade, is_solution

from grading.course import Course, quiet
from grading.execute import is_test
from grading.grade import workers
from grading.report import Line

SHORT = 20  # characters; a shorter line of a test stands in many programs


def feedback(course: Course, assignment: str, *, jobs: int | None = None) -> list[Line]:
    """Write `feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html` for everyone who was graded."""
    students = course.students("autograded", assignment)
    with workers(jobs, None):
        parallel = joblib.Parallel()
        return list(parallel(joblib.delayed(_page)(course, assignment, student) for student in students))


def _page(course: Course, assignment: str, student: str) -> Line:
    quiet()
    config = course.config
    config.CourseDirectory.update(assignment_id=assignment, student_id=student)
    config.HTMLExporter.sanitize_html = True  # a student's output may hold a script
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config, force=True)
    converter.preprocessors = [_HideTests, GetGrades, CSSHTMLHeaderPreprocessor]
    try:
        converter.start()
    except Exception as error:  # noqa: BLE001 — one page that fails must not stop the others
        return Line(student, "", "look", f"no page: {type(error).__name__}: {error}")
    return Line(student, "", "ok", "page written")


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
