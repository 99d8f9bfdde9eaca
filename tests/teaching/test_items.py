"""Item statistics: against values worked out by hand, and against the textbook's formula."""

import csv
from pathlib import Path
from statistics import fmean, pstdev

import pytest

from grading.__main__ import main
from grading.course import CourseError
from grading.items import Question, answers, key, statistics

QUESTIONS = [Question("A", {"B": "b", "C": "c"}), Question("B", {"A": "a"}), Question("C", {"A": "x"})]
BEFORE = {"ann": ["A", "B", "C"], "bo": ["B", "B", "A"], "cy": ["B", "A", ""], "di": ["C", "B", "C"]}
AFTER = {"ann": ["A", "B", "C"], "bo": ["A", "A", "C"], "cy": ["A", "B", "A"], "new": ["A", "A", "A"]}


def test_shares_and_wrong_answers_are_counted():
    first, second, third = statistics(QUESTIONS, BEFORE)
    assert [first["difficulty"], second["difficulty"], third["difficulty"]] == [0.25, 0.75, 0.5]
    assert first["answers"] == "A:1 B:2 C:1"
    assert (first["most_frequent_wrong"], first["stands_for"]) == ("B:2", "b")
    assert third["answers"] == "A:1 C:2 empty:1"


def test_discrimination_is_the_point_biserial_with_the_rest():
    (first, *_) = statistics(QUESTIONS, BEFORE)
    rest, right = [2, 1, 0, 2], [True, False, False, False]
    of_right = fmean(r for r, hit in zip(rest, right, strict=True) if hit)
    of_wrong = fmean(r for r, hit in zip(rest, right, strict=True) if not hit)
    share = fmean(right)
    textbook = (of_right - of_wrong) / pstdev(rest) * (share * (1 - share)) ** 0.5
    assert first["discrimination"] == pytest.approx(textbook, abs=0.005)


def test_gain_counts_only_who_answered_twice():
    first, second, _ = statistics(QUESTIONS, BEFORE, AFTER)
    assert (first["right_after"], first["gain"]) == (1.0, 1.0)
    assert (second["right_after"], second["gain"]) == (0.67, 0.0)


def test_the_inventory_has_a_key():
    questions = key(Path("book/teaching/inventory.yml"))
    assert len(questions) == 12
    assert all(each.misconceptions and all(each.misconceptions.values()) for each in questions)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ann,A,B", "2 answers, not 3"),
        ("ann,A,B,9", "'9' is no letter"),
        ("ann,A,B,C\nann,A,B,C", "line 3: 'ann' stands there twice"),
        ("", "holds no answers"),
    ],
)
def test_a_table_that_does_not_fit_is_said(tmp_path, line, problem):
    (tmp_path / "a.csv").write_text(f"student,1,2,3\n{line}\n")
    with pytest.raises(CourseError, match=problem):
        answers(tmp_path / "a.csv", 3)


def test_from_a_spreadsheet_to_a_table(tmp_path, capsys):
    right = [each.right for each in key(Path("book/teaching/inventory.yml"))]
    rows = {"ann": right, "bo": ["A"] * 12, "cy": [""] * 12}
    text = "".join(f"{name},{','.join(letters).lower()}\n" for name, letters in rows.items())
    (tmp_path / "before.csv").write_text(f"\ufeffstudent{',q' * 12}\n{text}")
    out = tmp_path / "items.csv"
    assert main(["items", str(tmp_path / "before.csv"), "--out", str(out)]) == 0
    table = list(csv.DictReader(out.read_text().splitlines()))
    assert len(table) == 12
    assert table[0]["answers"] == "A:1 B:1 empty:1"
    assert table[0]["stands_for"] == "the biases are left out"
    assert "the biases are left out" in capsys.readouterr().out
