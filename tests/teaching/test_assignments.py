"""The assignments: solved ones pass, each mistake meets its message, and releases tell nothing."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest
import yaml
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_output
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from authoring import assignment_list, assignments, book, references
from grading import execute
from tests.teaching.answering import (
    MASTERS,
    answer,
    code,
    graded,
    released,
    run,
    secrets,
    site_texts,
    solve,
    source,
)

MISTAKES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf8"))
    for path in sorted((book.ROOT / "tests" / "teaching" / "mistakes").glob("*.yml"))
}
NAMES = [pytest.param(name, id=f"<{name}>") for name in MASTERS]  # one worker for what shares solutions
ROWS = [
    pytest.param(name, question, says, body, id=f"<{name}>-{question}-{says}")
    for name, questions in MISTAKES.items()
    for question, rows in questions.items()
    for says, body in rows
]
STUDENTS = ["", "Ada"]
solved = cache(solve)


# -- what a master has to have ----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_metadata_is_nbgraders(name):
    for notebook in (source(name), released(name)):
        nbformat.validate(notebook)
        MetadataValidatorV3().validate_nb(notebook)
    ids = Counter(cell.id for cell in source(name).cells)
    assert set(ids.values()) == {1}
    assert all(
        cell.id == cell.metadata.nbgrader.grade_id
        for cell in source(name).cells
        if "nbgrader" in cell.metadata
    )


@pytest.mark.parametrize("name", NAMES)
def test_one_sitting_a_few_answers_and_at_most_one_for_a_person(name):
    given = assignment_list.facts(MASTERS[name])
    cells = graded(name)
    assert 4 <= len(cells) <= 8
    assert 30 <= given.minutes <= 60
    assert set(given.kinds) <= assignment_list.KINDS
    by_hand = [cell for cell in cells if cell.cell_type == "markdown"]
    assert len(by_hand) <= 1
    assert bool(by_hand) == ("explain" in given.kinds)
    for cell in by_hand:
        assert "**A full answer.**" in cell.source
        assert "**Rubric.**" in cell.source
        examples = re.findall(r"^- ([\d.]+) points?: “", cell.source, re.MULTILINE)
        assert len(examples) == 3
        assert float(examples[0]) == cell.metadata.nbgrader.points > float(examples[1]) > float(examples[2])


@pytest.mark.parametrize("name", NAMES)
def test_the_text_says_the_same_as_the_metadata(name):
    given = assignment_list.facts(MASTERS[name])
    text = MASTERS[name].read_text(encoding="utf8")
    assert f"about {given.minutes} minutes. **Points:** {given.points}." in text
    in_headings = [int(points) for points in re.findall(r"^## .*\((\d+) points?[,)]", text, re.MULTILINE)]
    assert in_headings == [cell.metadata.nbgrader.points for cell in graded(name)]
    assert [int(n) for n in re.findall(r"^## (\d+)\.", text, re.MULTILINE)] == list(
        range(1, len(in_headings) + 1)
    )
    linked = set(re.findall(r"<([\w-]+)>`", text.partition("\n% opening")[0]))
    pages = {references.labels()[label].url.partition("#")[0] for label in linked}
    assert pages == {book.page_url(page) for page in given.lessons}


def test_every_kind_of_answer_is_asked_for_and_every_lesson_on_layers_and_costs():
    given = [assignment_list.facts(path) for path in MASTERS.values()]
    assert {kind for one in given for kind in one.kinds} == assignment_list.KINDS
    lessons = {page for page in book.pages() if page.startswith(("book/layers/", "book/costs/"))}
    assert lessons <= {page for one in given for page in one.lessons}


# -- solutions and mistakes -------------------------------------------------------------------------


@pytest.mark.parametrize("student", STUDENTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_solved_notebook_passes(name, student):
    solved(name, student)


@pytest.mark.parametrize("name", NAMES)
def test_another_class_and_another_secret_have_other_numbers_and_solutions_that_pass(name, monkeypatch):
    monkeypatch.setenv("CNNLAB_SECRET_SEED", "known to the teacher alone")
    numbers = {solved(name, student)["mine"] for student in STUDENTS} | {
        solve(name, "4711", "of 2027")["mine"]
    }
    assert len(numbers) == 3


@pytest.mark.parametrize("student", STUDENTS)
@pytest.mark.parametrize(("name", "question", "says", "body"), ROWS)
def test_a_mistake_meets_its_message(name, question, says, body, student):
    cells, space = code(source(name)), dict(solved(name, student))
    run(answer(cells[question], body), question, space)
    test = cells[f"{question}_test"].source
    if "comment(" in test:  # a prediction: it keeps its point
        printed = new_output("stream", text=run(test, "test", space))
        (kept,) = execute.telling(new_code_cell(test, outputs=[printed]))
        assert says in kept.text
    else:
        with pytest.raises(AssertionError, match=re.escape(says)):
            run(test, "test", space)


def messages(name):
    """The texts that a master has for mistakes."""
    for cell in code(source(name)).values():
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in {"expect", "expect_all"}:
                    pairs = [a for a in node.args[1:] if isinstance(a, ast.Tuple)]
                    yield from (p.elts[-1].value for p in pairs if isinstance(p.elts[-1], ast.Constant))
                elif node.func.id == "comment":
                    yield from (value.value for value in node.args[1].values)


@pytest.mark.parametrize("name", NAMES)
def test_every_message_has_an_answer_that_meets_it(name):
    rows = [says for rows in MISTAKES[name].values() for says, _ in rows]
    assert not [
        text for text in messages(name) if type(text) is str and not any(says in text for says in rows)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_question_that_a_test_grades_has_mistakes(name):
    assert set(MISTAKES[name]) == {
        cell.id.removesuffix("_test") for cell in graded(name) if cell.cell_type == "code"
    }


def test_a_numpy_that_finds_everything_equal_does_not_help(monkeypatch):
    cells, space = code(source("01-convolution")), dict(solved("01-convolution", ""))
    run(answer(cells["conv"], "return layers.conv2d(x[None], weight)[0]"), "conv", space)
    for name in ("array_equal", "allclose", "isclose", "array_equiv"):
        monkeypatch.setattr(np, name, lambda *_, **__: True)
    monkeypatch.setattr(np.testing, "assert_allclose", lambda *_, **__: None)
    with pytest.raises(AssertionError, match="the bias is missing"):
        run(cells["conv_test"].source, "test", space)


# -- what students get ------------------------------------------------------------------------------


def test_the_committed_releases_are_what_the_masters_give(capsys):
    assert assignments.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_release_has_no_line_of_a_solution_or_a_hidden_test(name):
    text = book.assignment(name).read_text(encoding="utf8")
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN|MARK)", text)
    cells = {cell.id: cell.source for cell in nbformat.reads(text, as_version=4).cells}
    everything = {line.strip() for cell in cells.values() for line in cell.split("\n")}
    hidden = [line for _, line in secrets(name)]
    assert len(hidden) > 50
    assert not everything & set(hidden)


@pytest.mark.parametrize("name", NAMES)
def test_a_release_is_clean_short_and_locked(name):
    for cell in nbformat.read(book.assignment(name), as_version=4).cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
            lines = cell.source.split("\n")
            assert len(lines) <= 15, cell.id
            assert max(map(len, lines)) <= 88 or "%pip" in cell.source, cell.id
        if marks:
            assert (
                cell.metadata.get("editable", True)
                is cell.metadata.get("deletable", True)
                is not marks["locked"]
            )
            assert (
                marks["locked"] or "NotImplementedError" in cell.source or "YOUR ANSWER HERE" in cell.source
            )


@pytest.mark.parametrize("name", NAMES)
def test_on_a_student_notebook_only_graded_cells_fail_and_with_not_implemented(name):
    space, failed = {}, {}
    for cell in code(released(name)).values():
        try:
            run(cell.source, cell.id, space)
        except Exception as error:
            failed[cell.id] = type(error)
    assert failed == {cell.id: NotImplementedError for cell in graded(name) if cell.cell_type == "code"}


@pytest.mark.parametrize("name", NAMES)
def test_a_question_left_open_costs_its_own_points_and_those_of_answers_that_use_it(name):
    assert "stops at the first test that fails" in released(name).cells[-1].source
    cells = code(source(name))
    tests = [cell.id for cell in graded(name) if cell.cell_type == "code"]
    question, space, failed = tests[0].removesuffix("_test"), {}, []
    for cell in cells.values():
        text = answer(cell, "raise NotImplementedError()") if cell.id == question else cell.source
        try:
            run(text, cell.id, space)
        except NotImplementedError:
            failed.append(cell.id)
    solutions = {test: cells[test.removesuffix("_test")].source for test in tests}
    assert failed == [test for test, text in solutions.items() if f"{question}(" in text]


def test_a_course_for_nbgrader_draws_its_own_numbers(tmp_path, capsys):
    assert assignments.main(["--course", str(tmp_path), "--class-seed", "autumn"]) == 0
    assert "keep source to yourself" in capsys.readouterr().out
    for name in MASTERS:
        texts = [
            (tmp_path / kind / name / f"{name}.ipynb").read_text(encoding="utf8")
            for kind in ("source", "release")
        ]
        assert all('class autumn\\"' in text and "class 0" not in text for text in texts)
        assert ["BEGIN SOLUTION" in text for text in texts] == [True, False]


def test_a_course_keeps_its_numbers(tmp_path, capsys):
    given = tmp_path / "release" / "03-pooling" / "03-pooling.ipynb"
    course = ["--course", str(tmp_path)]

    def seeds(*options):
        code = assignments.main([*course, *options])
        return code, re.findall(r'draw\(\\"class (.*?)\\"', given.read_text(encoding="utf8"))

    assert seeds("--class-seed", "autumn") == (0, ["autumn"])
    assert seeds() == (0, ["autumn"])
    assert seeds("--class-seed", "spring") == (1, ["autumn"])
    said = capsys.readouterr().out
    assert "the numbers of --class-seed 'autumn'" in said
    assert "--force" in said
    assert seeds("--class-seed", "spring", "--force") == (0, ["spring"])
    assert seeds() == (0, ["spring"])


@pytest.mark.parametrize("class_seed", ['say "hi"', "back\\slash\\", "it's 2027 ü 🐦", "{} % \n"])
def test_a_class_may_have_any_name(class_seed):
    name = "03-pooling"
    given = code(source(name, class_seed))["given"].source
    drawn = next(
        node
        for node in ast.walk(ast.parse(given))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "draw"
    )
    assert drawn.args[0].value == f"class {class_seed}"


def test_a_stale_release_and_a_stranger_turn_the_check_red(tmp_path, capsys):
    for name in ("_config.yml", "_toc.yml", "lessons_src"):
        (tmp_path / name).symlink_to(book.ROOT / name)
    (tmp_path / "book" / "assignments").mkdir(parents=True)
    for path in (book.ROOT / "book").iterdir():
        if path.name != "assignments":
            (tmp_path / "book" / path.name).symlink_to(path)
    for path in (book.ROOT / "book" / "assignments").glob("*.ipynb"):
        text = path.read_text(encoding="utf8")
        (tmp_path / "book" / "assignments" / path.name).write_text(
            text.replace("by hand", "with a calculator"), encoding="utf8"
        )
    (tmp_path / "book" / "assignments" / "mine.ipynb").write_text("{}")
    assert assignments.main(["--check"], tmp_path) == 1
    said = capsys.readouterr().out
    assert "stale: book/assignments/01-convolution.ipynb\n" in said
    assert "Run `make assignments`" in said
    assert "nothing makes book/assignments/mine.ipynb" in said


# -- with kernels, nbgrader and the built site ------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1], ids=["<half of them>", "<the others>"])
def test_nbval_passes_the_solved_notebooks(half, tmp_path):
    for name in list(MASTERS)[half::2]:
        nbformat.write(source(name), tmp_path / f"{name}.ipynb")
    command = ["-m", "pytest", "-q", "--nbval-lax", "--nbval-cell-timeout=300", "-p", "no:cacheprovider"]
    ran = subprocess.run([sys.executable, *command, tmp_path], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_in_a_kernel_only_graded_cells_of_a_student_notebook_fail(name):
    notebook = nbformat.read(book.assignment(name), as_version=4)
    NotebookClient(notebook, timeout=300, allow_errors=True, kernel_name="python3").execute()
    failed = {
        cell.id: output.ename
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }
    assert failed == {cell.id: "NotImplementedError" for cell in graded(name) if cell.cell_type == "code"}


@pytest.mark.slow
def test_nbgrader_makes_the_same_release_and_grades_it(tmp_path):
    name = "02-output-sizes"
    assignments.write_course(tmp_path, "0")
    ours = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", as_version=4)

    # nbgrader starts a program of its own, which stands beside Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def nbgrader(*arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments, name, f"--CourseDirectory.root={tmp_path}"]
        ran = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
        )
        assert ran.returncode == 0, ran.stderr

    nbgrader("generate_assignment", "--force")
    theirs = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", as_version=4)
    assert [(c.id, c.source.rstrip(), c.metadata.get("nbgrader")) for c in ours.cells] == [
        (c.id, c.source.rstrip(), c.metadata.get("nbgrader")) for c in theirs.cells
    ]
    for student, notebook in (("ada", source(name)), ("bob", ours)):
        folder = tmp_path / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    nbgrader("autograde")
    scores = {}
    for student in ("ada", "bob"):
        marked = nbformat.read(tmp_path / "autograded" / student / name / f"{name}.ipynb", as_version=4)
        tests = [c for c in marked.cells if c.id in {cell.id for cell in graded(name)}]
        scores[student] = sum(not any(o.output_type == "error" for o in cell.outputs) for cell in tests)
    assert scores == {"ada": 6, "bob": 0}


@pytest.mark.slow
def test_the_site_offers_the_releases_and_tells_no_secret():
    for name in MASTERS:
        offered = book.ROOT / "_build" / "html" / "assignments" / f"{name}.ipynb"
        assert offered.read_bytes() == book.assignment(name).read_bytes()
    # Short ones are plain words, which a lesson may use too.
    told = {text for name in MASTERS for text in messages(name) if type(text) is str and len(text) > 40}
    secret = {line for name in MASTERS for _, line in secrets(name) if len(line) > 70}
    for path, text in site_texts():
        assert not re.search(r"### (BEGIN|END) (SOLUTION|HIDDEN|MARK)", text), path
        # What the list of assignments and its source show is no line of a master.
        assert not [line for line in told if line in text], path
        assert not [line for line in secret if line in text or line.replace('"', '\\"') in text], path


def test_masters_are_listed_in_their_order():
    numbers = [int(name.partition("-")[0]) for name in MASTERS]
    assert numbers == list(range(1, len(numbers) + 1))
    titles = [jupytext.read(path, fmt="md:myst").cells[0].source.split(":")[0] for path in MASTERS.values()]
    assert titles == [f"# Assignment {n}" for n in numbers]
