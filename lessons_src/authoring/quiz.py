"""Self-check quizzes: one YAML file per lesson in, HTML out, for the site and for notebooks alike.

An answer is a native ``<details>``: choosing it unfolds why it is right or which misconception it
stands for. No script takes part, so a quiz works on the site, in Jupyter, in Colab and on GitHub,
with a keyboard and with a screen reader.
"""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

Target = Literal["site", "notebook"]
ROLE = re.compile(r"\{[\w:-]+\}`")


@dataclass(frozen=True)
class Answer:
    """One answer to choose: its text, why it is right or wrong, and the misconception behind it."""

    text: str
    because: str
    misconception: str | None = None

    @property
    def correct(self) -> bool:
        """Whether this is the right answer: the one without a misconception."""
        return self.misconception is None


@dataclass(frozen=True)
class Question:
    """A question with one right answer among several."""

    text: str
    answers: tuple[Answer, ...]


class QuizError(ValueError):
    """A quiz file that does not say what a quiz needs."""


def load(path: Path) -> list[Question]:
    """Read a quiz file.

    Raises
    ------
    QuizError
        A key is missing or unknown, a text is none, or a question has not exactly one right answer.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf8"))
    except yaml.YAMLError as error:
        raise QuizError(f"{path.name}: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise QuizError(f"{path.name}: expected a list of questions, got {entries!r}")
    return [_question(entry, f"{path.name}, question {n}") for n, entry in enumerate(entries, start=1)]


def _question(entry: Any, where: str) -> Question:
    _expect_keys(entry, {"question", "answers"}, where)
    if not isinstance(entry["answers"], list):
        raise QuizError(f"{where}: expected a list of answers, got {entry['answers']!r}")
    answers = tuple(_answer(a, f"{where}, answer {n}") for n, a in enumerate(entry["answers"], start=1))
    right = sum(answer.correct for answer in answers)
    if right != 1 or len(answers) == 1:
        raise QuizError(f"{where}: expected one right answer among others, got {right} of {len(answers)}")
    return Question(_text(entry["question"], where), answers)


def _answer(entry: Any, where: str) -> Answer:
    if isinstance(entry, dict) and entry.get("correct") is True:
        _expect_keys(entry, {"text", "because", "correct"}, where)
        return Answer(_text(entry["text"], where), _text(entry["because"], where))
    _expect_keys(entry, {"text", "because", "misconception"}, f"{where} (not `correct: true`)")
    text, because, misconception = (_text(entry[key], where) for key in ("text", "because", "misconception"))
    return Answer(text, because, misconception)


def _expect_keys(entry: Any, keys: set[str], where: str) -> None:
    if not isinstance(entry, dict) or entry.keys() != keys:
        got = ", ".join(map(str, entry)) if isinstance(entry, dict) else repr(entry)
        raise QuizError(f"{where}: expected the keys {', '.join(sorted(keys))}; got {got}")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise QuizError(f"{where}: expected a text, got {value!r}; a number needs quotes")
    if ROLE.search(value):
        raise QuizError(f"{where}: a quiz knows no roles; write plain Markdown instead of {value!r}")
    return value


def html(questions: list[Question], name: str, target: Target) -> str:
    """Write a quiz as HTML; `target` says who will set its formulas."""
    parts = [f'<div class="quiz" id="quiz-{name}">']
    for number, question in enumerate(questions, start=1):
        group = f"quiz-{name}-{number}"
        parts.append(f'<div class="quiz-question" role="group" aria-labelledby="{group}">')
        parts.append(f'<p id="{group}"><b>{number}.</b> {inline(question.text, target)}</p>')
        parts += [_answer_html(answer, group, target) for answer in question.answers]
        parts.append("</div>")
    return "\n".join([*parts, "</div>"])


def _answer_html(answer: Answer, group: str, target: Target) -> str:
    kind, verdict = ("right", "Right.") if answer.correct else ("wrong", "Not quite.")
    return (
        f'<details class="quiz-answer {kind}" name="{group}"><summary>{inline(answer.text, target)}</summary>'
        f"<p><b>{verdict}</b> {inline(answer.because, target)}</p></details>"
    )


def inline(text: str, target: Target) -> str:
    """Render inline Markdown as HTML; formulas go to Sphinx's MathJax or to the notebook's own."""
    wrap = '<span class="math notranslate nohighlight">\\({}\\)</span>' if target == "site" else "${}$"
    md = MarkdownIt("commonmark", {"html": False}).use(
        dollarmath_plugin, renderer=lambda tex, _options: wrap.format(escape(tex, quote=False))
    )
    return str(md.renderInline(" ".join(text.split())))
