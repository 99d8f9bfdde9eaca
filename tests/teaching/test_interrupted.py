"""Grading that is killed in the middle, and goes on elsewhere: on a cluster, with the same gradebook."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from grading.course import Course
from grading.intake import intake
from tests.cluster import cluster, process, wait_until
from tests.teaching import made

pytestmark = pytest.mark.slow


def test_a_kill_loses_nothing_and_a_cluster_goes_on(tmp_path):
    course = Course(made.course(tmp_path / "course"))
    release = course.release(made.NAME)
    students = [f"student{number}" for number in range(6)]
    (tmp_path / "download").mkdir()
    for student in students:
        notebook = made.answered(release, {"size": "size = 24  # " + student})
        (tmp_path / "download" / f"{student}.ipynb").write_text(made.nbformat.writes(notebook))
    intake(course, made.NAME, tmp_path / "download")
    words = (sys.executable, "-m", "grading", "grade", made.NAME, "--course", str(course.root))
    kept = course.state(made.NAME) / "executed"

    with (tmp_path / "first.log").open("w") as log:
        first = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: len(list(kept.glob("*.json"))) >= 2, "two submissions")
        family = psutil.Process(first.pid).children(recursive=True)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    # Sandboxes are in sessions of their own, and end all the same.
    wait_until(lambda: not any(each.is_running() for each in family), "everything to end with the grader")
    done = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert len(done) < len(students)

    with (
        cluster(tmp_path) as (address, _),
        process(tmp_path / "second.log", *words, "--scheduler", address) as second,
    ):
        assert second.wait(300) == 0, (tmp_path / "second.log").read_text()
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert set(course.students("autograded", made.NAME)) == set(students)
    with course.gradebook() as gradebook:
        assert {each.score for each in gradebook.find_assignment(made.NAME).submissions} == {7.0}
