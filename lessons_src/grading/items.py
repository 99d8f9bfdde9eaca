"""Item statistics of a multiple-choice test: how hard a question is, whom it tells apart, what is met."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import correlation, fmean

import yaml

from grading.course import CourseError

LETTERS = "ABCDEF"
COLUMNS = "question right difficulty discrimination answers most_frequent_wrong stands_for right_after gain"


@dataclass(frozen=True)
class Question:
    """The right letter, and what each wrong one stands for."""

    right: str
    misconceptions: dict[str, str]


def key(path: Path) -> list[Question]:
    """Read a key, such as `book/teaching/inventory.yml`."""
    questions = []
    for each in yaml.safe_load(path.read_text(encoding="utf8")):
        lettered = dict(zip(LETTERS, each["answers"], strict=False))
        right = next(letter for letter, answer in lettered.items() if answer.get("correct"))
        wrong = {letter: str(a.get("misconception", "")) for letter, a in lettered.items() if letter != right}
        questions.append(Question(right, wrong))
    return questions


def answers(path: Path, questions: int) -> dict[str, list[str]]:
    """Read a table with a line for each student: a name, then one letter for each question, or nothing.

    Raises
    ------
    CourseError
        A line does not fit, or a student stands there twice; the message names the line.
    """
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)  # the columns' names
        for number, row in enumerate(rows, start=2):
            if not any(each.strip() for each in row):
                continue
            student, letters = row[0].strip(), [each.strip().upper() for each in row[1:]]
            odd = [each for each in letters if each and each not in LETTERS]
            if len(letters) != questions or odd:
                problem = f"{odd[0]!r} is no letter" if odd else f"{len(letters)} answers, not {questions}"
                raise CourseError(f"{path}, line {number}: {problem}.")
            if student in found:
                raise CourseError(f"{path}, line {number}: {student!r} stands there twice.")
            found[student] = letters
    if not found:
        raise CourseError(f"{path} holds no answers.")
    return found


def statistics(
    questions: list[Question], before: dict[str, list[str]], after: dict[str, list[str]] | None = None
) -> Iterator[dict[str, object]]:
    """Yield a row for each question.

    `difficulty` is the share of right answers. `discrimination` is the point-biserial correlation of a right
    answer with the number of right answers to all other questions. With a second table, `gain` is what was
    gained of what could be, among students who are in both: (after − before) / (1 − before).
    """
    both = sorted(before.keys() & after.keys()) if after else []
    for i, question in enumerate(questions):
        right = [letters[i] == question.right for letters in before.values()]
        rest = [_score(questions, letters) - hit for letters, hit in zip(before.values(), right, strict=True)]
        taken = Counter(letters[i] or "empty" for letters in before.values())
        wrong = [(n, letter) for letter, n in taken.items() if letter in question.misconceptions]
        n, commonest = max(wrong, key=lambda each: (each[0], each[1]), default=(0, ""))
        row: dict[str, object] = {
            "question": i + 1,
            "right": question.right,
            "difficulty": round(fmean(right), 2),
            "discrimination": "",
            "answers": " ".join(f"{letter}:{taken[letter]}" for letter in sorted(taken)),
            "most_frequent_wrong": commonest and f"{commonest}:{n}",
            "stands_for": question.misconceptions.get(commonest, ""),
        }
        if len(set(right)) > 1 and len(set(rest)) > 1:
            row["discrimination"] = round(correlation(right, rest), 2)
        if after and both:
            then = fmean(before[name][i] == question.right for name in both)
            now = fmean(after[name][i] == question.right for name in both)
            row["right_after"] = round(now, 2)
            row["gain"] = round((now - then) / (1 - then), 2) if then < 1 else ""
        yield row


def _score(questions: list[Question], letters: list[str]) -> int:
    return sum(letter == each.right for letter, each in zip(letters, questions, strict=True))
