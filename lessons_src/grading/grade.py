"""Grades what was taken in: student code runs shut in and in parallel, nbgrader writes down its points."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute
from tqdm import tqdm

from grading import report, sandbox, workers
from grading.course import Course, silence, write
from grading.execute import Executed, Job, execute
from grading.export import by_hand
from grading.report import Line
from grading.sandbox import Limits


def grade(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    limits: Limits | None = None,
    sandboxed: bool = True,
) -> list[Line]:
    """Grade every submission that is new, or whose tests are; after an interruption the same call goes on.

    Parameters
    ----------
    course, assignment
        What to grade.
    jobs
        Submissions at a time on this machine; None for one on every core.
    scheduler
        Address of a Dask scheduler: its workers run the submissions, each in a sandbox of its own, and need
        this package, nbgrader and bubblewrap. The gradebook is written here.
    limits
        What one submission may use.
    sandboxed
        False runs student code with all your rights.

    Returns
    -------
    list of Line
        At least one for every submission; also in the table `reports/ASSIGNMENT/grade.csv`.

    Raises
    ------
    SandboxMissing
        This machine cannot shut student code in.
    """
    if sandboxed:
        sandbox.check_hidden(course.root)
        if not scheduler:
            sandbox.check()
    course.prepare(assignment)
    given = course.folder("release", assignment).iterdir()
    files = {path.name: path.read_bytes() for path in given if path.is_file() and path.suffix != ".ipynb"}
    with silence():
        runs = {name: Run(course, assignment, name) for name in course.students("submitted", assignment)}
        waiting = {
            student: run.job(files, limits or Limits(), sandboxed)
            for student, run in runs.items()
            if run.executed() is None
        }
        failures: dict[str, str] = {}
        results = workers.each(execute, waiting, jobs=jobs, scheduler=scheduler)
        for student, result in tqdm(results, "grading", len(waiting), file=sys.stdout, disable=not waiting):
            if isinstance(result, str):
                failures[student] = result
            else:
                runs[student].keep(result)
                failures[student] = runs[student].record()
        for student in runs.keys() - waiting.keys():
            failures[student] = runs[student].record()  # unless it was, before an interruption
    lines = [line for student, run in runs.items() for line in run.lines(failures.get(student, ""))]
    with course.gradebook() as gradebook:
        lines += by_hand(gradebook.find_assignment(assignment).submissions)
    report.save(course.reports(assignment) / "grade.csv", lines)
    return lines


class Run:
    """One student's submission on its way: sanitized, executed, recorded."""

    def __init__(self, course: Course, assignment: str, student: str) -> None:
        self.course, self.assignment, self.student = course, assignment, student
        self.notebook = self._sanitized()
        answers = course.notebook("submitted", assignment, student).read_bytes()
        self.seed = course.seed(assignment, student, answers)
        # Another answer, another test or another seed make another key: only that is run again.
        self.key = hashlib.sha256((self.notebook + self.seed).encode()).hexdigest()
        self.kept = course.state(assignment) / "executed" / f"{student}.json"
        self.mark = course.state(assignment) / "recorded" / student

    def _sanitized(self) -> str:
        """Let nbgrader put the hidden tests in."""
        notebook = nbformat.read(
            self.course.notebook("submitted", self.assignment, self.student), as_version=4
        )
        names = {"assignment": self.assignment, "student": self.student, "notebook": self.assignment}
        resources: dict[str, Any] = {"nbgrader": names | {"db_url": self.course.directory.db_url}}
        for step in self.course.converter(Autograde, self.assignment, self.student).sanitize_preprocessors:
            notebook, resources = step(config=self.course.config).preprocess(notebook, resources)
        return str(nbformat.writes(notebook))

    def job(self, files: dict[str, bytes], limits: Limits, sandboxed: bool) -> Job:
        """Give a worker what it needs."""
        return Job(self.notebook, self.seed, files, limits, sandboxed)

    def keep(self, executed: Executed) -> None:
        """Keep a result, so that an interruption does not lose it."""
        write(self.kept, json.dumps({"key": self.key} | asdict(executed)))

    def executed(self) -> Executed | None:
        """Return what was kept, if it belongs to these answers and these tests."""
        kept = json.loads(self.kept.read_text(encoding="utf8")) if self.kept.exists() else {}
        return Executed(**kept) if kept.pop("key", "") == self.key else None

    def record(self) -> str:
        """Let nbgrader write points and the executed notebook, once; say what went wrong, or nothing.

        Points given by hand stay: nbgrader keeps them apart, and asks for another look at them.
        """
        executed = self.executed()
        if executed is None or (self.mark.exists() and self.mark.read_text() == self.key):
            return ""

        def take(notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
            return nbformat.reads(executed.notebook, as_version=4), resources

        converter = self.course.converter(Autograde, self.assignment, self.student)
        converter.autograde_preprocessors = [
            take if step is Execute else step for step in converter.autograde_preprocessors
        ]
        converter.sanitize_preprocessors = []  # it was sanitized before it ran
        try:
            converter.start()
        except NbGraderException as error:
            return str(error)
        if executed.forged:
            self._leave_to_a_person()
        write(self.mark, self.key)
        return ""

    def _leave_to_a_person(self) -> None:
        with self.course.gradebook() as gradebook:
            for each in gradebook.find_submission_notebook(
                self.assignment, self.assignment, self.student
            ).grades:
                each.needs_manual_grade = True
            gradebook.db.commit()

    def lines(self, failure: str) -> Iterator[Line]:
        """Tell how it went."""
        executed = self.executed()
        if executed is None or failure:
            yield Line(self.student, "", "look", f"not graded: {failure}")
            return
        if executed.forged:
            yield Line(self.student, "", "look", f"points withheld: {executed.forged}")
        for remark in executed.remarks:
            yield Line(self.student, "", "note", remark)
        yield Line(self.student, "", "ok", f"graded; it ran {executed.seconds:.0f} s")
