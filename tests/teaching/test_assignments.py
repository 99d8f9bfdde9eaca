"""The assignments: solved ones pass, each mistake meets its message, and releases tell nothing."""

import ast
import contextlib
import io
import re
from functools import cache

import pytest
import yaml

from authoring import assignments, book

MASTERS = {path.stem: path for path in assignments.masters()}
MISTAKES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf8"))
    for path in sorted((book.ROOT / "tests" / "teaching" / "mistakes").glob("*.yml"))
}
ROWS = [
    pytest.param(name, question, says, body, id=f"{name}-{question}-{says}")
    for name, questions in MISTAKES.items()
    for question, rows in questions.items()
    for says, body in rows
]
SOLUTION = re.compile(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)


class Anything:
    """Equals everything, and is larger and smaller too."""

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *_, **__):
        return Anything()

    __hash__ = None


def answer(cell, body):
    """Put another answer where the solution stands."""
    assert SOLUTION.search(cell.source)
    lines = body.strip().split("\n")
    return SOLUTION.sub(lambda found: "\n".join(found[1] + line for line in lines), cell.source)


@cache
def source(name):
    return assignments.source(MASTERS[name])


def code(name):
    """The cells to run, by their ids; the one that installs the package is for other places."""
    return {
        cell.id: cell for cell in source(name).cells if cell.cell_type == "code" and "%pip" not in cell.source
    }


@cache
def solved(name, student):
    """Run all cells with their solutions, and keep what they leave."""
    space = {"Anything": Anything}
    for cell in code(name).values():
        text = answer(cell, f"return {student!r}") if cell.id == "student" else cell.source
        with contextlib.redirect_stdout(io.StringIO()):
            run(text, f"{name}:{cell.id}", space)
    return space


def run(text, where, space):
    exec(compile(text, where, "exec"), space)  # noqa: S102


@pytest.mark.parametrize("student", ["", "ada", "4711"])
@pytest.mark.parametrize("secret", ["0", "another"])
@pytest.mark.parametrize("name", MASTERS)
def test_a_solved_notebook_passes(name, student, secret, monkeypatch):
    monkeypatch.setenv("CNNLAB_SECRET_SEED", secret)
    solved.cache_clear()
    solved(name, student)


@pytest.mark.parametrize("student", ["", "grace"])
@pytest.mark.parametrize(("name", "question", "says", "body"), ROWS)
def test_a_mistake_meets_its_message(name, question, says, body, student, capsys):
    cells, space = code(name), dict(solved(name, student))
    run(answer(cells[question], body), question, space)
    test = cells[f"{question}_test"].source
    capsys.readouterr()
    if "comment(" in test:
        run(test, "test", space)
        assert says in capsys.readouterr().out
    else:
        with pytest.raises(AssertionError, match=re.escape(says)):
            run(test, "test", space)


def messages(name):
    """The texts that a master has for mistakes."""
    for cell in code(name).values():
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in {"expect", "expect_all"}:
                    pairs = [a for a in node.args[1:] if isinstance(a, ast.Tuple)]
                    yield from (p.elts[-1].value for p in pairs if isinstance(p.elts[-1], ast.Constant))
                elif node.func.id == "comment":
                    yield from (value.value for value in node.args[1].values)


@pytest.mark.parametrize("name", MASTERS)
def test_every_message_has_an_answer_that_meets_it(name):
    rows = [says for rows in MISTAKES[name].values() for says, _ in rows]
    unmet = [text for text in messages(name) if type(text) is str and not any(says in text for says in rows)]
    assert not unmet
