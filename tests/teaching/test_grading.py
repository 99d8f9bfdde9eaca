"""The parts of grading that need no sandbox."""

import csv
import os
import subprocess
import sys
import tempfile

import nbformat
import pytest
from nbformat.v4 import new_output

from grading import __main__, report, sandbox, workers
from grading.__main__ import main
from grading.canary import CLAIMS, Canary
from grading.course import Course, CourseError, write
from grading.execute import Executed, Job, _Runner
from grading.export import export
from grading.feedback import _censor, _readable
from grading.intake import intake
from grading.sandbox import Limits, SandboxMissing
from tests.teaching import made


@pytest.fixture
def course(tmp_path):
    return Course(made.course(tmp_path / "course"))


@pytest.mark.parametrize(
    "words", [["--help"], ["intake", "--help"], ["grade", "--help"], ["export", "--help"]]
)
def test_help_is_there(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0
    assert "assignment" in capsys.readouterr().out


def test_help_needs_none_of_the_libraries():
    code = "import sys, grading.__main__; sys.exit('nbgrader' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_to_stop_it_at_once_is_no_error(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "_do", interrupted)
    assert main(["grade", made.NAME]) == 1
    assert "Stopped" in capsys.readouterr().out


def test_without_a_sandbox_nothing_runs(course, monkeypatch, capsys):
    monkeypatch.setattr(sandbox.shutil, "which", lambda tool: None)
    assert main(["grade", made.NAME, "--course", str(course.root)]) == 1
    said = capsys.readouterr().out
    assert "apt install bubblewrap" in said
    assert "--without-sandbox" in said


def test_a_course_in_sight_of_students_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "visible_folders", lambda: [tmp_path])
    with pytest.raises(SandboxMissing, match="Move the course folder"):
        sandbox.check_hidden(tmp_path / "course")


def test_no_home_and_no_course_is_in_sight():
    words = sandbox.command(["true"], made.Path("/tmp/sockets"), (), Limits())  # noqa: S108
    shown = [words[i + 1] for i, word in enumerate(words) if word in {"--bind", "--ro-bind"}]
    root = made.Path(__file__).parents[2]
    lessons = root / "lessons_src"
    assert str(lessons / "cnnlab") in shown
    for hidden in (
        lessons,
        lessons / "lessons_src",
        lessons / "lessons_src" / "assignments",
        made.Path.home(),
    ):
        assert str(hidden) not in shown


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_the_sandbox_of_somebody_who_is_not_root(monkeypatch):
    code = (
        "import os, socket; print(os.listdir('/'));"
        "print([len(os.listdir('/proc/self/task')), socket.if_nameindex()])\n"
        "for n in range(200):\n  if not os.fork(): os.read(os.pipe()[0], 1)"
    )
    monkeypatch.setattr(sandbox, "visible_folders", list)  # root's Python may lie where nobody else gets
    monkeypatch.setattr(sandbox.os, "getuid", lambda: 12345)
    with tempfile.TemporaryDirectory() as sockets:
        os.chown(sockets, 12345, 12345)
        monkeypatch.setenv("HOME", sockets)
        words = sandbox.command(["/usr/bin/python3", "-c", code], made.Path(sockets), (), Limits())
        somebody = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups"]
        ran = subprocess.run([*somebody, *words], capture_output=True, text=True, timeout=60, check=False)
    assert "home" not in ran.stdout
    assert "(1, 'lo')" in ran.stdout
    assert "eth" not in ran.stdout
    assert "BlockingIOError" in ran.stderr


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_canary_believes_nothing_false(claim):
    import math

    import numpy as np
    import torch

    names = {"math": math, "np": np, "testing": np.testing, "torch": torch}
    try:
        believed = eval(claim, names)  # noqa: S307
    except AssertionError:
        believed = False
    assert not believed


def test_a_canary_names_what_was_changed():
    canary = Canary.fresh()
    space = {"isinstance": lambda *_: True}
    with pytest.raises(AssertionError) as failure:
        exec(canary.cell.source, space)  # noqa: S102
    canary.cell.outputs = [new_output("error", ename="AssertionError", evalue=str(failure.value))]
    assert canary.complaint() == "what is false passed as true: isinstance('a', int)"


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [new_output("stream", text="fine")],
        [new_output("error", ename="AssertionError", evalue="another")],
        [new_output("error", ename="NameError", evalue="a name")],
    ],
)
def test_a_canary_that_does_not_fail_as_it_must_is_seen(outputs):
    canary = Canary.fresh()
    canary.cell.outputs = outputs
    assert canary.complaint() == "a cell that must fail did not fail as it must"


def test_a_seed_belongs_to_one_submission(course, monkeypatch):
    seeds = {
        course.seed(assignment, student, answers)
        for assignment in ("one", "two")
        for student in ("ann", "bo")
        for answers in (b"x", b"y")
    }
    assert len(seeds) == 8
    assert course.seed("one", "ann", b"x") in seeds
    assert (course.root / "secret_seed").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("CNNLAB_SECRET_SEED", "mine")
    assert course.seed("one", "ann", b"x") not in seeds


def test_what_is_missing_is_said(course, capsys):
    with pytest.raises(CourseError, match="no assignment 'other'"):
        course.prepare("other")
    assert main(["grade", "other", "--course", str(course.root)]) == 1
    assert main(["grade", "other", "--course", str(course.root / "nowhere")]) == 1
    assert "There is no folder" in capsys.readouterr().out


@pytest.mark.parametrize("step", ["feedback", "export"])
def test_before_grading_nothing_is_handed_back(course, capsys, step):
    before = list(course.root.rglob("*"))
    assert main([step, "other", "--course", str(course.root)]) == 1
    assert "no assignment 'other'" in capsys.readouterr().out
    assert main([step, made.NAME, "--course", str(course.root)]) == 1
    assert "Nothing is graded yet" in capsys.readouterr().out
    assert list(course.root.rglob("*")) == before


@pytest.mark.slow  # nbgrader reads the source, which takes seconds
def test_grading_says_how_many_wait_for_a_person(course, tmp_path, monkeypatch, capsys):
    (tmp_path / "download").mkdir()
    nbformat.write(made.answered(course.release(made.NAME), {}), tmp_path / "download" / "ann.ipynb")
    words = [made.NAME, "--course", str(course.root)]
    assert main(["intake", *words, str(tmp_path / "download")]) == 0

    def each(_, work, **__):
        return ((name, Executed(job.notebook, [], "", 1.0)) for name, job in work.items())

    monkeypatch.setattr(workers, "each", each)
    assert main(["grade", *words, "--without-sandbox"]) == 0
    said = capsys.readouterr().out
    assert said.endswith("1 students done, 0 notes, 0 things to look at, 1 with answers to grade by hand.\n")


def test_a_slow_cell_has_its_name():
    runner = _Runner(made.source(), Job("", "0"), 0.0)
    runner.left_out = {runner.places[number]: "too slow" for number in (0, 3)}
    assert runner.remarks() == ["cell 1: too slow", "params-tests, cell 4: too slow"]


@pytest.mark.slow  # nbgrader reads the source, which takes seconds
def test_a_course_folder_is_its_teachers(course, tmp_path):
    course.root.chmod(0o755)
    course.prepare(made.NAME)
    assert course.root.stat().st_mode & 0o777 == 0o750
    assert not (course.root / "grading").exists()  # as it would hide the program of this name
    download = tmp_path / "download"
    download.mkdir()
    assert intake(course, made.NAME, download) == []
    (tmp_path / ".git").mkdir()
    assert "git repository" in intake(course, made.NAME, download)[0].text


@pytest.mark.slow  # nbgrader reads the source, which takes seconds
def test_only_what_a_test_says_is_a_misconception(course):
    ends = {
        "ann": ("AssertionError", "no biases\nassert 1 == 2"),
        "bo": ("AssertionError", "no biases"),
        "cy": ("NotImplementedError", ""),
        "di": ("AssertionError", ""),
        "ed": ("NameError", "name 'size' is not defined"),
    }
    for student, (name, text) in ends.items():
        notebook = made.source()
        notebook.cells[3].outputs = [new_output("error", ename=name, evalue=text)]
        write(course.notebook("autograded", made.NAME, student), nbformat.writes(notebook))
    course.prepare(made.NAME)
    export(course, made.NAME)
    said, ended = (
        list(csv.DictReader((course.reports(made.NAME) / f"{name}.csv").read_text().splitlines()))
        for name in ("misconceptions", "errors")
    )
    assert said == [{"question": "params-tests", "students": "2", "message": "no biases"}]
    assert [row["message"] for row in ended] == ["NotImplementedError", "AssertionError", "NameError"]


@pytest.mark.slow  # nbgrader reads the source, which takes seconds
def test_a_changed_source_reaches_students_and_gradebook(course):
    course.prepare(made.NAME)
    source = course.notebook("source", made.NAME)
    notebook = nbformat.read(source, as_version=4)
    notebook.cells[0].source = "# Another title"
    nbformat.write(notebook, source)
    assert course.release(made.NAME).cells[0].source == "# Another title"


def test_hidden_lines_are_left_out_of_all_outputs():
    hidden = {'assert told == weights + k, "your count"'}
    printed = new_output("stream", text=f"In: {list(hidden)!r}")
    shown = new_output("display_data", data={"text/plain": "".join(hidden), "text/html": "<b>fine</b>"})
    for output in (printed, shown):
        _censor(output, hidden)
    assert printed.text == "[left out]"
    assert shown.data == {"text/plain": "[left out]", "text/html": "<b>fine</b>"}


def test_a_students_words_are_no_formula(tmp_path):
    report.table([{"text": "=HYPERLINK(1)", "points": -1}], ["text", "points"], tmp_path / "t.csv")
    with (tmp_path / "t.csv").open() as file:
        assert list(csv.DictReader(file)) == [{"text": "'=HYPERLINK(1)", "points": "-1"}]


def test_a_page_names_its_cells_and_fits_a_phone():
    page = '<head></head><li><a href="#a_test">Test cell</a></li><li><a href="#comment-a">Comment</a></li>'
    said = _readable(page)
    assert '<a href="#a_test">Test cell <code>a_test</code></a>' in said
    assert '<a href="#comment-a">Comment <code>a</code></a>' in said
    assert said.index("viewport") < said.index("</head>")
