"""Takes in what students handed in: a fresh notebook for each, with their answers and nothing else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

import nbformat
from nbformat.notebooknode import NotebookNode

from grading import report
from grading.answers import Filled, Unreadable, fill, read, stranger
from grading.course import Course, write
from grading.report import Line
from grading.submissions import Found, Refused, Student, little_memory, look, whose

WHOSE = "whose is it? The name of the file does not tell"


def intake(course: Course, assignment: str, download: Path) -> list[Line]:
    """Copy the answers in a download into the course's `submitted` folder; run nothing.

    Parameters
    ----------
    course, assignment
        What they are answers to.
    download
        A folder or a zip, as it came from Canvas, Moodle, Google Drive or `nbgrader collect`.

    Returns
    -------
    list of Line
        At least one for every file; they are also added to the table `reports/ASSIGNMENT/intake.csv`.
    """
    releases = {assignment: course.release(assignment)} | {
        path.stem: nbformat.read(path, as_version=4)
        for path in course.folder("release", assignment).parent.glob("*/*.ipynb")
        if path.stem != assignment
    }
    with little_memory():
        lines = _all(course, assignment, releases, download)
    if any((folder / ".git").exists() for folder in (course.root, *course.root.parents)):
        text = f"{course.root} lies in a git repository: keep it out of every commit"
        lines.append(Line("", "", "note", text))
    table = course.reports(assignment) / "intake.csv"
    lines = [replace(line, download=download.name) for line in lines]
    report.save(table, [*(line for line in report.load(table) if line.download != download.name), *lines])
    return lines


def _all(course: Course, assignment: str, releases: Mapping[str, NotebookNode], download: Path) -> list[Line]:
    lines: list[Line] = []
    times: dict[PurePosixPath, Found] = {}
    people: dict[str, Student] = {}
    attempts: dict[str, list[tuple[str, Found]]] = defaultdict(list)
    for found in look(download):
        student, attempt = whose(found.name, assignment)
        path = PurePosixPath(found.name)
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if student and (student.number or not hidden):  # else it is a computer's own file
            people[student.id] = student
        if path.name == "timestamp.txt":  # nbgrader collect puts one beside every notebook
            times[path.parent] = found
            continue
        if path.suffix.lower() != ".ipynb" or hidden:
            lines += _not_a_notebook(found, student)
        elif student is None:
            lines.append(Line("", found.name, "look", WHOSE))
        else:
            attempts[student.id].append((attempt, found))
    with course.gradebook() as gradebook:
        for name, theirs in attempts.items():
            student = people[name]
            gradebook.update_or_create_student(student.id, last_name=student.name, lms_user_id=student.number)
            newest_first = [
                found for _, found in sorted(theirs, key=lambda each: (each[0], each[1].when, each[1].name))
            ]
            lines += _take(course, assignment, releases, student, newest_first[::-1])
    for name in sorted(people.keys() - attempts.keys()):
        lines.append(Line(name, "", "look", f"there is no notebook; {_kept(course, assignment, name)}"))
    for line in lines:
        if line.level == "ok" and (time := times.get(PurePosixPath(line.file).parent)):
            _keep_time(course.folder("submitted", assignment, line.student), time)
    return lines


def _keep_time(folder: Path, found: Found) -> None:
    """Keep when a submission came, from which nbgrader tells late ones."""
    with suppress(Refused, UnicodeDecodeError):
        if time := re.fullmatch(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [A-Z]+)?", found.read().decode().strip()
        ):
            write(folder / "timestamp.txt", time[0])


def _not_a_notebook(found: Found, student: Student | None) -> Iterator[Line]:
    # Opened all the same: a link or a zip bomb should not pass for a stray picture.
    try:
        empty = not found.read()
        level, what = ("note", "left out") if student else ("look", WHOSE)
        yield Line(
            student.id if student else "", found.name, level, f"not a notebook{', and empty' * empty}; {what}"
        )
    except Refused as refusal:
        yield Line(student.id if student else "", found.name, "look", f"not read: {refusal}")


def _take(
    course: Course,
    assignment: str,
    releases: Mapping[str, NotebookNode],
    student: Student,
    newest_first: list[Found],
) -> Iterator[Line]:
    """Take a student's newest attempt that can be read."""
    taken = False
    for found in newest_first:
        if taken:
            one_person = student.number or "+" in found.name  # a platform's number, not just a name
            doubt = "" if one_person else "; is it of somebody else with this name?"
            yield Line(
                student.id, found.name, "look" if doubt else "note", f"an earlier attempt; not used{doubt}"
            )
            continue
        try:
            cells = read(found.read())
            if reason := stranger(cells, assignment, releases):
                raise Unreadable(reason)
            filled = fill(releases[assignment], cells)
        except (Refused, Unreadable) as problem:
            yield Line(student.id, found.name, "look", f"not read: {problem}")
            continue
        taken = True
        if found is not newest_first[0]:
            yield Line(student.id, found.name, "look", "an earlier attempt, as the newest cannot be read")
        yield from _hand_in(course, assignment, student, found, filled)
    if not taken:
        yield Line(student.id, "", "look", _kept(course, assignment, student.id))


def _kept(course: Course, assignment: str, student: str) -> str:
    kept = course.notebook("submitted", assignment, student).exists()
    return "what was taken in before stays" if kept else "nothing of this student is graded"


def _hand_in(
    course: Course, assignment: str, student: Student, found: Found, filled: Filled
) -> Iterator[Line]:
    target = course.notebook("submitted", assignment, student.id)
    text = nbformat.writes(filled.notebook)
    if target.exists() and target.read_text(encoding="utf8") != text:
        yield Line(student.id, found.name, "note", "replaces what was taken in before")
    if not target.exists() or target.read_text(encoding="utf8") != text:
        write(target, text)
    for doubt in filled.doubts:
        yield Line(student.id, found.name, "look", doubt)
    for note in filled.notes:
        yield Line(student.id, found.name, "note", note)
    if not filled.answered:
        yield Line(student.id, found.name, "look", "no answer differs from what was given out")
    yield Line(student.id, found.name, "ok", f"{filled.answered} answers taken in")
