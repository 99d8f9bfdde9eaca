"""Self-check quizzes: one YAML file per lesson in, HTML out, for the site and for notebooks alike.

An answer is a native ``<details>``: choosing it unfolds why it is right or which misconception it
stands for. No script takes part, so a quiz works on the site, in Jupyter, in Colab and on GitHub,
with a keyboard and with a screen reader.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

Target = Literal["site", "notebook"]
# What a text may have: one paragraph of these, without pictures and HTML.
INLINE = {"text", "softbreak", "hardbreak", "code_inline", "em", "strong", "math_inline"}
LINK = {"link"}
NAME = re.compile(r"[\w-]+")
# Each starts something on the site or in a notebook that is not meant here.
SIGNS = re.compile(r"[{}$]")


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


class _Loader(yaml.SafeLoader):
    """Reads YAML, and refuses a key that stands twice: the last one would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise QuizError(f"line {key.start_mark.line + 1}: the key {key.value} stands twice")
        return super().construct_mapping(node, deep)


def load(path: Path) -> list[Question]:
    """Read a quiz file.

    Raises
    ------
    QuizError
        A key is missing, unknown or twice there, a text is none or has what a quiz cannot show, a
        question has not exactly one right answer, or two of its answers are the same.
    """
    try:
        entries = yaml.load(path.read_text(encoding="utf8"), _Loader)  # noqa: S506 — a SafeLoader
    except (yaml.YAMLError, QuizError) as error:
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
    texts = [" ".join(answer.text.split()) for answer in answers]
    if twice := [text for position, text in enumerate(texts) if text in texts[:position]]:
        raise QuizError(f"{where}: two answers say {twice[0]!r}; each has to be another one")
    return Question(_text(entry["question"], where, LINK), answers)


def _answer(entry: Any, where: str) -> Answer:
    if isinstance(entry, dict) and entry.get("correct") is True:
        _expect_keys(entry, {"text", "because", "correct"}, where)
        return Answer(_text(entry["text"], where), _text(entry["because"], where, LINK))
    _expect_keys(entry, {"text", "because", "misconception"}, f"{where} (not `correct: true`)")
    because, misconception = _text(entry["because"], where, LINK), _text(entry["misconception"], where)
    return Answer(_text(entry["text"], where), because, misconception)


def _expect_keys(entry: Any, keys: set[str], where: str) -> None:
    if not isinstance(entry, dict) or entry.keys() != keys:
        got = ", ".join(map(str, entry)) if isinstance(entry, dict) else repr(entry)
        raise QuizError(f"{where}: expected the keys {', '.join(sorted(keys))}; got {got}")


def _text(value: Any, where: str, more: Set[str] = frozenset()) -> str:
    if not isinstance(value, str) or not value.strip():
        raise QuizError(f"{where}: expected a text, got {value!r}; a number needs quotes")
    for kind, fault in _text_faults(_parser().parse(value), INLINE | more):
        raise QuizError(f"{where}: {kind} in {value.strip()!r}; {fault}")
    return value


def _text_faults(tokens: list[Token], allowed: Set[str]) -> Iterator[tuple[str, str]]:
    kinds = [token.type for token in tokens]
    if kinds != ["paragraph_open", "inline", "paragraph_close"]:
        yield " ".join(kinds[:1]).removesuffix("_open"), "a text is one paragraph"
        return
    for token in tokens[1].children or []:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in LINK - allowed:
            yield kind, "a click on an answer chooses it; put links into `because`"
        elif kind not in allowed:
            yield kind, "a quiz shows words, `code`, formulas and links"
        elif token.type == "link_open" and not str(token.attrs["href"]).startswith("https://"):
            yield f"link to {token.attrs['href']}", "a quiz knows no roles and no pages; write https://…"
        elif kind == "text" and (sign := SIGNS.search(token.content)):
            yield sign[0], "a quiz knows no roles, and no dollars but around formulas; write words or `code`"


def _parser() -> MarkdownIt:
    # As in a notebook: a dollar beside a space or a digit is no end of a formula.
    md = MarkdownIt("commonmark", {"html": False})
    return md.use(dollarmath_plugin, allow_space=False, allow_digits=False)


def html(questions: list[Question], name: str, target: Target) -> str:
    """Write a quiz as HTML; `target` says who will set its formulas."""
    if not NAME.fullmatch(name):
        raise QuizError(f"the name {name!r} cannot be an id; use letters, digits, - and _")
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
    md = _parser()

    def formula(_: object, tokens: list[Token], at: int, *_rest: object) -> str:
        return wrap.format(escape(tokens[at].content, quote=False))

    md.add_render_rule("math_inline", formula)
    return str(md.renderInline(" ".join(text.split())))
