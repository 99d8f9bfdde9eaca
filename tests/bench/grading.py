"""`python -m grading grade` against plain `nbgrader autograde`, on one class of honest submissions."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from grading.course import SEED, Course
from grading.intake import intake
from tests.teaching import made

STUDENTS = 24
GOAL = 0.5  # of nbgrader's seconds for one submission, with two cores
ANSWERS = ({}, {"size": "size = 28"}, {"params": "def conv_params(n, k, f):\n    return n * k * f * f"})


def run() -> None:
    """Grade the same class both ways, in turns, and print seconds for each submission."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(made.course(Path(folder) / "course"))
        release = course.release(made.NAME)
        download = Path(folder) / "download"
        download.mkdir()
        for number in range(STUDENTS):
            notebook = made.answered(release, ANSWERS[number % len(ANSWERS)])
            nbformat.write(notebook, download / f"student{number:02}.ipynb")
        intake(course, made.NAME, download)
        plain = Path(folder) / "plain"
        shutil.copytree(course.root, plain)
        ours = seconds(
            [sys.executable, "-m", "grading", "grade", made.NAME, "--course", str(course.root)], course.root
        )
        theirs = seconds([sys.executable, "-m", "nbgrader", "autograde", made.NAME], plain)
        scores = [marks(Course(root)) for root in (course.root, plain)]
    assert scores[0] == scores[1]  # the same points
    assert len(scores[0]) == STUDENTS
    ratio = ours / theirs
    print(f"Grading {STUDENTS} submissions on {os.cpu_count()} cores, seconds for each:")
    print(f"  nbgrader autograde         {theirs / STUDENTS:6.2f}   in the open, one after the other")
    print(f"  python -m grading grade    {ours / STUDENTS:6.2f}   in sandboxes, with canaries")
    print(f"  ratio {ratio:.2f} (goal: {GOAL}): {'reached' if ratio <= GOAL else 'MISSED'}\n")


def seconds(words: list[str], folder: Path) -> float:
    """Time a command."""
    began = time.perf_counter()
    subprocess.run(words, cwd=folder, env=os.environ | {SEED: "0"}, check=True, capture_output=True)
    return time.perf_counter() - began


def marks(course: Course) -> dict[str, float]:
    """Read everyone's points."""
    with course.gradebook() as gradebook:
        return {each.student_id: each.score for each in gradebook.find_assignment(made.NAME).submissions}
