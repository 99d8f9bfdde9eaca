"""Writes grades for nbgrader, Canvas and Moodle, what each question showed, and what is left for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from statistics import correlation, fmean
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Grade, SubmittedAssignment

from grading import report
from grading.course import Course
from grading.execute import is_test
from grading.report import Line

NBGRADER = (
    "assignment duedate timestamp student_id last_name first_name email"
    " raw_score late_submission_penalty score max_score"
)
# Canvas finds a student by the ID; the Section has to stand there, as the last column before the points.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# Moodle refuses a worksheet without Identifier, Grade and the time. Without a time it replaces no grade that
# it has already, unless the teacher says so; a grade above its own maximum it leaves out without a word.
MOODLE = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)")
QUESTIONS = "question max_score graded mean full_marks zero with_the_rest"


def export(course: Course, assignment: str) -> list[Line]:
    """Write the tables of `reports/ASSIGNMENT`; whoever has no grade is left out of them, not given a zero.

    `nbgrader.csv`, `canvas.csv`, `moodle.csv`
        The grades, each with the columns that the platform reads.
    `questions.csv`, `misconceptions.csv`
        How each question went, and what the tests told how many students.
    `errors.csv`
        Where a test was stopped by something else: no answer, a wrong name, too much time.
    `person.csv`
        What needs a person: hand-graded answers, odd files, withheld points, files without a student.
    """
    course.graded(assignment)
    folder = course.reports(assignment)
    with course.gradebook() as gradebook:
        submissions = gradebook.find_assignment(assignment).submissions
        table = [_nbgrader(each) for each in submissions]
        report.table(table, NBGRADER.split(), folder / "nbgrader.csv")
        graded = list(zip(submissions, table, strict=True))
        report.table(_canvas(assignment, graded), [*CANVAS, assignment], folder / "canvas.csv")
        report.table(_moodle(graded), list(MOODLE), folder / "moodle.csv")
        report.table(_questions(submissions), QUESTIONS.split(), folder / "questions.csv")
        lines = [*_looks(course, assignment), *by_hand(submissions)]
    for name, kind in (("misconceptions", _messages), ("errors", _errors)):
        counts = _counted(course, assignment, kind)
        report.table(counts, ["question", "students", "message"], folder / f"{name}.csv")
    report.save(folder / "person.csv", lines)
    return [
        *lines,
        *(Line(row["student_id"], "", "ok", f"{row['score']} of {row['max_score']}") for row in table),
    ]


def _nbgrader(submission: SubmittedAssignment) -> dict[str, Any]:
    student, penalty = submission.student, submission.late_submission_penalty
    return {
        "assignment": submission.name,
        "duedate": submission.assignment.duedate or "",
        "timestamp": submission.timestamp or "",
        "student_id": student.id,
        "last_name": student.last_name or "",
        "first_name": student.first_name or "",
        "email": student.email or "",
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
        "max_score": submission.max_score,
    }


def _canvas(
    assignment: str, graded: list[tuple[SubmittedAssignment, dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    if graded:
        yield {"Student": "    Points Possible", assignment: graded[0][1]["max_score"]}
    for each, row in graded:
        if number := each.student.lms_user_id:
            yield {"Student": each.student.last_name, "ID": number, assignment: row["score"]}


def _moodle(graded: list[tuple[SubmittedAssignment, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for each, row in graded:
        if number := each.student.lms_user_id:
            yield {
                "Identifier": f"Participant {number}",
                "Full name": each.student.last_name,
                "Grade": row["score"],
                "Maximum Grade": row["max_score"],
            }


def _grades(submissions: Iterable[SubmittedAssignment]) -> list[dict[str, Grade]]:
    return [
        {grade.name: grade for notebook in each.notebooks for grade in notebook.grades}
        for each in submissions
    ]


def _questions(submissions: Iterable[SubmittedAssignment]) -> Iterator[dict[str, Any]]:
    """Count points per question; `with_the_rest` is its correlation with the points of all the others."""
    students = _grades(submissions)
    for name in students[0] if students else ():
        graded = [each for each in students if not each[name].needs_manual_grade]
        points = [each[name].score for each in graded]
        rest = [sum(grade.score for other, grade in each.items() if other != name) for each in graded]
        varies = len(set(points)) > 1 and len(set(rest)) > 1
        best = students[0][name].max_score
        yield {
            "question": name,
            "max_score": best,
            "graded": len(points),
            "mean": round(fmean(points), 2) if points else "",
            "full_marks": sum(each == best for each in points),
            "zero": sum(each == 0 for each in points),
            "with_the_rest": round(correlation(points, rest), 2) if varies else "",
        }


def _counted(
    course: Course, assignment: str, messages: Callable[[NotebookNode], Iterator[str]]
) -> Iterator[dict[str, Any]]:
    met: Counter[tuple[str, str]] = Counter()
    for student in course.students("autograded", assignment):
        notebook = nbformat.read(course.notebook("autograded", assignment, student), as_version=4)
        for cell in filter(is_test, notebook.cells):
            met.update({(cell.metadata.nbgrader.grade_id, message) for message in messages(cell)})
    for (question, message), students in sorted(met.items(), key=lambda item: (item[0][0], -item[1])):
        yield {"question": question, "students": students, "message": message}


def _messages(cell: NotebookNode) -> Iterator[str]:
    """Give what a test said: which misconception was met, what a prediction stands for."""
    for output in cell.outputs:
        if output.output_type == "error" and output.ename == "AssertionError":
            yield from output.evalue.splitlines()[:1]
        elif output.output_type == "stream":
            yield output.text.strip()


def _errors(cell: NotebookNode) -> Iterator[str]:
    """Give what else ended a test."""
    for output in cell.outputs:
        if output.output_type == "error" and not (output.ename == "AssertionError" and output.evalue):
            yield output.ename


def _looks(course: Course, assignment: str) -> list[Line]:
    """Gather what earlier steps left to a person."""
    tables = (course.reports(assignment) / f"{step}.csv" for step in ("intake", "grade"))
    return [line for table in tables for line in report.load(table) if line.level == "look"]


def by_hand(submissions: Iterable[SubmittedAssignment]) -> Iterator[Line]:
    """Tell whose answers still wait for a person."""
    for each, grades in zip(submissions, _grades(submissions), strict=True):
        waiting = [name for name, grade in grades.items() if grade.needs_manual_grade]
        if waiting:
            yield Line(each.student.id, "", "hand", f"to grade by hand: {', '.join(waiting)}")
