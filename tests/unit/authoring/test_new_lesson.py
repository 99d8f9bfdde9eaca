"""A new lesson keeps the rules as it stands: in a copy of the book, with its cells run."""

import os
import shutil
import subprocess
import sys

import pytest

from authoring import book, check_lesson, gather, new_lesson, notebooks, quiz

NAME = "layers/attention-please"
PAGE = f"book/{NAME}"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A copy of what a lesson is held to, with a new lesson in it."""
    copy = tmp_path_factory.mktemp("course")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy2(book.ROOT / name, copy)
    shutil.copytree(book.ROOT / "book", copy / "book", ignore=shutil.ignore_patterns("assignments"))
    assert new_lesson.main([NAME], copy) == 0
    return copy


def test_it_stands_behind_the_last_lesson_of_its_folder(root):
    layers = [page for page in book.pages(root) if page.startswith("book/layers/")]
    assert layers[-1] == PAGE
    assert set(book.pages(root)) - set(book.pages()) == {PAGE}
    assert [page for page in book.pages(root) if page != PAGE] == book.pages()


def test_it_keeps_the_rules_of_a_lesson(root):
    assert check_lesson.rules(PAGE) == check_lesson.RULES
    assert check_lesson.faults(PAGE, root) == []


def test_notebooks_are_up_to_date(root):
    assert notebooks.stale(root) == {}
    assert book.notebook(PAGE, root).exists()


def test_map_myths_exercises_and_notes_for_teachers_have_it(root):
    (entry,) = [e for _, entries in gather.course_map(root) for e in entries if e.page == PAGE]
    assert entry.title == "Attention please"
    assert entry.question.endswith("?")
    assert entry.time
    assert all(myth.verdict for myth in gather.myths(root) if myth.page == PAGE)
    assert len([exercise for exercise in gather.exercises(root) if exercise.page == PAGE]) == 2
    assert f"<../{NAME}>" in (root / new_lesson.NOTES).read_text(encoding="utf8")


def test_its_quiz_asks_three_questions(root):
    questions = quiz.load(root / "book" / "quizzes" / "attention-please.yml")
    assert len(questions) == 3
    assert len({[a.correct for a in q.answers].index(True) for q in questions}) == 3
    assert all(len(a.misconception.split()) >= 2 for q in questions for a in q.answers if not a.correct)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("attention", "folder"),
        ("layers/Big Words", "folder"),
        ("reference/attention", "folder"),
        ("layers/../x", "folder"),
        ("costs/pooling", "a page named pooling"),
        ("layers/rank", "label rank is taken, in book/layers/compression.md"),
    ],
)
def test_a_name_that_no_lesson_can_have_is_refused(root, name, said, capsys):
    before = sorted(root.rglob("*"))
    assert new_lesson.main([name], root) == 1
    assert said in capsys.readouterr().err
    assert sorted(root.rglob("*")) == before


@pytest.mark.slow
def test_its_cells_run_and_show_what_they_say(root):
    command = ["-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=120", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, *command, str(book.notebook(PAGE, root))],
        cwd=root, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
