"""The concept inventory: twelve questions for before and after the course, from one YAML file.

The site shows it with its key. ``python -m authoring.inventory COURSE`` writes it as two assignments for
nbgrader, `inventory-before` and `inventory-after`. Their tests say which misconception an answer stands for,
so that the statistics of ``python -m grading export`` count misconceptions.
"""

import argparse
import sys
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from authoring import book, quiz

LETTERS = "ABCDEF"
ASSIGNMENTS = ("inventory-before", "inventory-after")
HOW = """\
# Twelve questions

Every question has one right answer. Put its letter, in quotes, where it says
`raise NotImplementedError()`: `return "A"`.

Answer alone and without looking anything up, in 25 minutes. If you do not know, leave the
question as it is. This does not count for your mark.
"""


def source(root: Path = book.ROOT) -> Path:
    """Return the file of the questions."""
    return root / "book" / "teaching" / "inventory.yml"


def key(questions: list[quiz.Question]) -> str:
    """Write an HTML table: each question's right answer, and what the others stand for."""
    rows = "".join(
        f"<tr><td>{number}</td><td>{_right(question)}</td><td>{_wrong(question)}</td></tr>"
        for number, question in enumerate(questions, start=1)
    )
    names = ("Question", "Right", "What the wrong answers stand for")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="pst-scrollable-table-container">{table}</div>'


def _lettered(question: quiz.Question) -> list[tuple[str, quiz.Answer]]:
    return list(zip(LETTERS, question.answers, strict=False))


def _right(question: quiz.Question) -> str:
    return next(letter for letter, answer in _lettered(question) if answer.correct)


def _wrong(question: quiz.Question) -> str:
    wrong = [(letter, a.misconception) for letter, a in _lettered(question) if a.misconception]
    return "<br>".join(f"<b>{letter}</b> {escape(misconception)}" for letter, misconception in wrong)


def notebook(questions: list[quiz.Question]) -> Any:
    """Make what nbgrader calls a source: with the right answers, and tests that name misconceptions."""
    cells = [nbformat.v4.new_markdown_cell(HOW, id="how")]
    for number, question in enumerate(questions, start=1):
        name = f"question_{number}"
        cells += [
            nbformat.v4.new_markdown_cell(_as_text(number, question), id=f"{name}_text"),
            _code(name, _answer(name, question), grade=False),
            _code(f"{name}_test", _test(name, question), grade=True),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.validate(made)
    return made


def _as_text(number: int, question: quiz.Question) -> str:
    answers = "\n".join(f"- **{letter}** {answer.text.strip()}" for letter, answer in _lettered(question))
    return f"## {number}\n\n{question.text.strip()}\n\n{answers}"


def _answer(name: str, question: quiz.Question) -> str:
    right = f'    return "{_right(question)}"'
    return f"def {name}():\n    ### BEGIN SOLUTION\n{right}\n    ### END SOLUTION"


def _test(name: str, question: quiz.Question) -> str:
    stands_for = {letter: a.misconception for letter, a in _lettered(question) if a.misconception}
    letters = [letter for letter, _ in _lettered(question)]
    return "\n".join(
        [
            "### BEGIN HIDDEN TESTS",
            f"stands_for = {stands_for!r}",
            f"chosen = {name}()",
            'assert type(chosen) is str, "a letter in quotes"',
            "assert chosen not in stands_for, f'{chosen}: {stands_for[chosen]}'",
            "### END HIDDEN TESTS",
            f'assert {name}() in {letters}, "one of the letters, in quotes"',
        ]
    )


def _code(name: str, text: str, grade: bool) -> Any:
    marks = {
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "schema_version": 3,
        "solution": not grade,
        "task": False,
    }
    marks |= {"points": 1} if grade else {}
    return nbformat.v4.new_code_cell(text, id=name, metadata={"nbgrader": marks})


class InventoryDirective(SphinxDirective):
    """``{inventory}`` shows the questions; an answer unfolds what it stands for."""

    def run(self) -> list[nodes.Node]:
        """Read the questions and make them HTML."""
        path = source(Path(self.env.srcdir))
        self.env.note_dependency(str(path))
        try:
            return [nodes.raw("", self.show(quiz.load(path)), format="html")]
        except (OSError, quiz.QuizError) as error:
            raise self.error(f"The inventory cannot be shown: {error}") from error

    def show(self, questions: list[quiz.Question]) -> str:
        """Write the HTML."""
        return quiz.html(questions, "inventory", "site")


class InventoryKeyDirective(InventoryDirective):
    """``{inventory-key}`` shows the right answers, and the misconception behind each wrong one."""

    def show(self, questions: list[quiz.Question]) -> str:
        """Write the HTML."""
        return key(questions)


def main(arguments: list[str] | None = None) -> int:
    """Write the concept inventory into nbgrader's course folder, for before and after the course."""
    parser = argparse.ArgumentParser(prog="python -m authoring.inventory", description=main.__doc__)
    parser.add_argument("course", type=Path, help="nbgrader's course folder")
    course = parser.parse_args(arguments).course
    text = nbformat.writes(notebook(quiz.load(source())))
    for name in ASSIGNMENTS:
        folder = course / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.ipynb").write_text(f"{text}\n", encoding="utf8")
    print(f"{' and '.join(ASSIGNMENTS)} are in {course / 'source'}; keep them to yourself.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
