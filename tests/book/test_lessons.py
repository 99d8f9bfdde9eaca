"""The book keeps its own rules: _toc.yml and files agree, and every lesson has all that a lesson needs."""

from collections import Counter
from pathlib import Path

import pytest

from authoring import book, check_lesson, lesson

GENERATED = {"notebooks", "assignments"}


def test_every_page_of_the_toc_has_its_file_and_every_file_its_place_in_the_toc():
    folder = book.ROOT / "book"
    files = {
        path.relative_to(book.ROOT).with_suffix("").as_posix()
        for path in folder.rglob("*.md")
        if path.relative_to(folder).parts[0] not in GENERATED
    }
    assert Counter(book.pages()) == Counter(files)  # and nothing is listed twice


def test_every_lesson_has_its_notebook_and_no_other_is_there():
    present = {path.name for path in (book.ROOT / "book" / "notebooks").iterdir()} - {".ipynb_checkpoints"}
    assert Counter(book.notebook(page).name for page in book.lessons()) == Counter(present)


def test_every_quiz_is_asked_in_a_lesson():
    asked = {box.argument for page in book.lessons() for _, box in lesson.read(page).named("quiz")}
    assert {path.stem for path in (book.ROOT / "book" / "quizzes").iterdir()} == asked


@pytest.mark.parametrize(
    ("name", "rule"),
    [(name, rule) for name in book.lessons() for rule in check_lesson.rules(name)],
    ids=lambda value: getattr(value, "__name__", None) or Path(value).name,
)
def test_a_lesson_keeps_the_rules(name, rule):
    found = list(rule(lesson.read(name), book.ROOT))
    assert not found, "\n" + "\n".join(found)


def test_there_are_chapters_to_hold_to_the_rules():
    assert any(check_lesson.rules(page) == check_lesson.RULES for page in book.lessons())
