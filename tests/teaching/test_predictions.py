"""What a prediction stands for reaches the student and the teacher, and its point is kept."""

import csv

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from grading.__main__ import main
from grading.course import Course
from grading.execute import telling
from tests.teaching import answering

NAME = "03-pooling"
SAYS = {"B": "right. Less, not nothing", "C": "misconception: what is inside stays inside."}
LETTERS = {"ada": "C", "bo": "B", "cy": "C"}
TEST = 'comment(moved(), {"A": "mis" "taken", "B": "right"})\nassert moved() in "AB"'


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("Prediction A: mistaken\n", ["Prediction A: mistaken\n"]),
        ("loud\nPrediction B: right\nPrediction A: mistaken\nloud\n", ["Prediction B: right\n"]),
        ("Prediction A: no words of this test\n", []),
    ],
)
def test_of_what_is_printed_only_the_tests_own_words_are_kept(printed, kept):
    cell = new_code_cell(TEST, outputs=[new_output("stream", text=printed)])
    assert [each.text for each in telling(cell)] == kept


@pytest.mark.slow  # runs a whole grading
def test_a_prediction_is_told_and_counted_and_earns_its_point(tmp_path):
    notebook = nbformat.from_dict(answering.source(NAME))
    notebook.cells = [cell for cell in notebook.cells if cell.id in {"moved", "moved_test"}]
    course, handed_in = Course(tmp_path), tmp_path / "handed in"
    for folder in (course.folder("source", NAME), handed_in):
        folder.mkdir(parents=True)
    nbformat.write(notebook, course.notebook("source", NAME))
    for student, letter in LETTERS.items():
        notebook.cells[0].source = f"def moved():\n    print('loud')\n    return {letter!r}"
        nbformat.write(notebook, handed_in / f"{student}.ipynb")

    steps = (
        ["intake", NAME, str(handed_in)],
        ["grade", NAME, "--without-sandbox"],
        ["feedback", NAME],
        ["export", NAME],
    )
    assert [main([*step, "--course", str(tmp_path)]) for step in steps] == [0, 0, 0, 0]

    for student, letter in LETTERS.items():
        page = course.notebook("feedback", NAME, student).with_suffix(".html").read_text(encoding="utf8")
        told = [each for each in SAYS if f"Prediction {each}: {SAYS[each]}" in page]
        assert told == [letter]
        assert "Test cell <code>moved_test</code>" in page  # nbgrader names no cell
        assert "loud\n" not in page
    with (course.reports(NAME) / "misconceptions.csv").open(encoding="utf8") as file:
        rows = [
            (row["question"], row["students"], row["message"].partition(":")[0])
            for row in csv.DictReader(file)
        ]
    assert rows == [("moved_test", "2", "Prediction C"), ("moved_test", "1", "Prediction B")]
    with course.gradebook() as gradebook:
        assert [each.score for each in gradebook.find_assignment(NAME).submissions] == [1, 1, 1]
