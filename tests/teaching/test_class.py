"""The whole way of a class of honest, unlucky and hostile submissions: take in, grade, hand back, export.

`class.yml` says for each what has to come of it.
"""

import csv
import hashlib
import socket
import sqlite3
import time
from contextlib import closing

import nbformat
import pandas
import psutil
import pytest

from grading.__main__ import main
from grading.course import Course
from grading.report import load
from tests.teaching import made

pytestmark = pytest.mark.slow

ROWS = [pytest.param(row, id=row["student"] or "nobody") for row in made.CLASS]
GRADED = [pytest.param(row, id=row["student"]) for row in made.CLASS if "points" in row]


class Graded:
    """The class after all steps, and what was outside the sandboxes while it was graded."""

    def __init__(self, root):
        self.root = made.course(root / "course")
        self.course = Course(self.root)
        release = self.course.release(made.NAME)
        with closing(socket.create_server(("127.0.0.1", 0))) as server:
            port = str(server.getsockname()[1])
            other = self.course.notebook("submitted", made.NAME, "correct_1001")
            facts = {"course": str(self.root), "other": str(other), "port": port}
            (root / "download.zip").write_bytes(made.download(release, facts))
            assert self.step("intake", str(root / "download.zip")) == 0
            before = self.files("source", "release", "submitted")
            assert self.step("grade", "--seconds", "20", "--memory", "2048") == 0
            self.unchanged = before == self.files("source", "release", "submitted")
            server.settimeout(0.2)
            try:
                self.reached = server.accept()
            except TimeoutError:
                self.reached = None
        self.left_running = [
            each.info
            for each in psutil.process_iter(["cmdline", "uids"])
            if "86399" in (each.info["cmdline"] or ()) or str(root) in " ".join(each.info["cmdline"] or ())
        ]
        assert self.step("feedback") == 0
        assert self.step("export") == 0

    def step(self, name, *options):
        return main([name, made.NAME, *options, "--course", str(self.root)])

    def files(self, *folders):
        paths = [path for folder in folders for path in (self.root / folder).rglob("*") if path.is_file()]
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def student(self, row):
        return made.student(row)

    def told(self, step, student):
        lines = load(self.course.reports(made.NAME) / f"{step}.csv")
        return [line for line in lines if line.student == student]

    def table(self, name):
        with (self.course.reports(made.NAME) / f"{name}.csv").open(encoding="utf8") as file:
            return list(csv.DictReader(file))

    def points(self, student):
        with self.course.gradebook() as gradebook:
            grades = gradebook.find_submission_notebook(made.NAME, made.NAME, student).grades
            return {grade.name.removesuffix("-tests"): grade.score for grade in grades}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return Graded(tmp_path_factory.mktemp("class"))


@pytest.mark.parametrize("row", GRADED)
def test_points_are_as_expected(graded, row):
    points = graded.points(graded.student(row))
    assert [points["params"], points["size"], points["relu"]] == row["points"]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("step", ["intake", "grade"])
def test_the_teacher_is_told(graded, row, step):
    if step in row:
        assert any(row[step] in line.text for line in graded.told(step, graded.student(row)))


@pytest.mark.parametrize("row", ROWS)
def test_a_person_looks_at_odd_submissions_and_no_others(graded, row):
    looks = [line for line in graded.told("person", graded.student(row)) if "by hand" not in line.text]
    assert bool(looks) == row.get("person", False)


@pytest.mark.parametrize("row", GRADED)
def test_pages_say_why_and_show_no_hidden_test(graded, row):
    page = graded.course.notebook("feedback", made.NAME, graded.student(row)).with_suffix(".html")
    text = page.read_text(encoding="utf8")
    assert row.get("feedback", "") in text
    assert not [line for line in made.SECRET_LINES if line in text]
    assert "HIDDEN TESTS" not in text
    assert "<script>REACHED" not in text
    assert 'href="javascript:REACHED' not in text


def test_nothing_outside_was_reached(graded):
    executed = [path.read_text() for path in (graded.root / ".grading").rglob("*.json")]
    assert executed
    assert not any("REACHED /" in text for text in executed)
    assert graded.unchanged
    assert graded.reached is None
    assert not list(graded.root.rglob("REACHED*"))


def test_a_teacher_who_reads_an_answer_runs_no_script(graded):
    student = graded.student(next(row for row in made.CLASS if row["student"] == "scripts"))
    notebook = nbformat.read(graded.course.notebook("autograded", made.NAME, student), as_version=4)
    shown = [each for cell in notebook.cells for each in cell.get("outputs", []) if "data" in each]
    assert [list(each.data) for each in shown] == [["text/plain"]] * 2
    told = next(cell.source for cell in notebook.cells if cell.get("id") == "why")
    assert told == "Shared < script>REACHED()< /script> weights, see [this](javascript :REACHED())."


def test_nothing_is_left_running(graded):
    assert graded.left_running == []


def test_whoever_has_no_grade_gets_no_zero(graded):
    listed = {row["student_id"] for row in graded.table("nbgrader")}
    assert listed == {graded.student(row) for row in made.CLASS if "points" in row}


def test_canvas_and_moodle_find_what_their_importers_look_for(graded):
    folder = graded.course.reports(made.NAME)
    canvas = pandas.read_csv(folder / "canvas.csv", dtype={"ID": "Int64"})
    assert list(canvas) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", made.NAME]
    assert canvas.Student[0].strip() == "Points Possible"
    assert canvas[made.NAME][0] == sum(made.POINTS.values())
    numbers = [1001 + i for i, row in enumerate(made.CLASS) if "points" in row and "named" not in row]
    assert sorted(canvas.ID[1:]) == numbers
    points = canvas[1:].set_index("ID")[made.NAME]
    assert points[1001] == 7
    moodle = pandas.read_csv(folder / "moodle.csv").set_index("Identifier")
    assert {"Grade", "Last modified (grade)"} < set(moodle)
    assert list(moodle.index) == [f"Participant {number}" for number in points.index]
    assert list(moodle.Grade) == list(points)
    assert (moodle["Maximum Grade"] == sum(made.POINTS.values())).all()


def test_misconceptions_are_counted(graded):
    met = {(row["question"], row["message"]): int(row["students"]) for row in graded.table("misconceptions")}
    assert met["params-tests", "your count has one bias per connection"] == 1
    assert met["size-tests", "without padding the output shrinks"] == 2


def test_questions_have_statistics(graded):
    rows = {row["question"]: row for row in graded.table("questions")}
    scores = [row["points"][1] for row in made.CLASS if "points" in row and not row.get("person")]
    assert float(rows["size-tests"]["mean"]) == pytest.approx(sum(scores) / len(scores), abs=0.2)
    assert rows["why"]["graded"] in {"0", "1"}  # only who wrote nothing has a grade


def test_a_second_start_runs_nothing_and_keeps_grades_given_by_hand(graded):
    student = graded.student(made.CLASS[2])
    with graded.course.gradebook() as gradebook:
        for grade in gradebook.find_submission_notebook(made.NAME, made.NAME, student).grades:
            grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    with closing(sqlite3.connect(graded.root / "gradebook.db")) as database:
        before = list(database.iterdump())
    began = time.process_time()
    assert graded.step("grade") == 0
    with closing(sqlite3.connect(graded.root / "gradebook.db")) as database:
        assert list(database.iterdump()) == before
    assert graded.points(student) == {"params": 1.5, "size": 1.5, "relu": 1.5, "why": 1.5}
    assert time.process_time() - began < 60
