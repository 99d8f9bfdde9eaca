"""The pages for teachers: links that open a widget lead to settings that it has; the inventory is whole."""

import ast
import re
from collections import Counter
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import nbformat
import pytest

from authoring import book, inventory, lesson, quiz, rubrics
from authoring.quoted import MAGIC
from cnnlab.widgets import ConvArithmetic, HeadCalculator

TEACHING = "book/teaching"
LINK = re.compile(r'<a href="\.\./([^"]+)">')
LINKS = [
    address.replace("&amp;", "&")
    for path in sorted((book.ROOT / TEACHING).glob("*.md"))
    for address in LINK.findall(path.read_text(encoding="utf8"))
]
NO_CONTROLS = {"units", "labels", "start", "play", "key"}
NUMBERS = {
    "ConvArithmetic": ["size", "kernel_size", "stride", "padding", "dilation", "in_channels", "out_channels"],
    "HeadCalculator": ["height", "width", "channels", "vector", "hidden", "classes", "bias"],
    "AtlasExplorer": ["dataset", "train_size", "label_noise", "stop", "neurons"],
    "GuessCurve": ["guess"],
}


def widgets(page):
    """The controls of each widget of a page: their values, or None where only a run can tell."""
    trees = [ast.parse(MAGIC.sub(r"\1pass", cell.source)) for cell in lesson.read(page).cells]
    known = {}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                known[node.targets[0].id] = node.value
    for tree in trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in NUMBERS:
                yield dict.fromkeys(NUMBERS[node.func.id])
            elif node.func.id == "explore":
                given = {k.arg: k.value for k in node.keywords if k.arg not in NO_CONTROLS}
                yield {name: values(value, known) for name, value in given.items()}


def values(node, known):
    """What a control can be set to, as an address writes it."""
    match node:
        case ast.Name(id=name) if name in known:
            return values(known[name], known)
        case ast.Dict(keys=keys) if all(keys):
            return [as_text(ast.literal_eval(key)) for key in keys]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [as_text(ast.literal_eval(element)) for element in elements]
        case ast.Call(func=ast.Name(id="list"), args=[inner]):
            return values(inner, known)
        case ast.Call(func=ast.Name(id="range"), args=limits):
            return [as_text(number) for number in range(*map(ast.literal_eval, limits))]
    return None


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def named(page):
    """The controls of a page by their names in its address."""
    found = {}
    for controls in widgets(page):
        for name, choices in controls.items():
            free = next(n for i in count(1) if (n := name if i == 1 else f"{name}.{i}") not in found)
            found[free] = choices
    return found


def test_there_are_links_to_most_lessons():
    pages = {urlsplit(link).path for link in LINKS}
    assert len(pages) >= 12


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_a_setting_that_its_page_has(link):
    address = urlsplit(link)
    page = f"book/{address.path.removesuffix('.html')}"
    assert page in book.pages()
    controls = named(page)
    for name, value in parse_qsl(address.query, strict_parsing=True):
        assert name in controls
        assert controls[name] is None or value in controls[name], controls[name]


def test_every_lesson_is_in_the_notes_for_teachers():
    text = (book.ROOT / TEACHING / "lessons.md").read_text(encoding="utf8")
    told = set(re.findall(r"\{doc\}`[^<`]+<\.\./([\w/-]+)>`", text))
    parts = dict(book.parts())
    lessons = {page for part in ("Layers", "Costs", "Choices", "Your turn") for page in parts[part]}
    assert {page.removeprefix("book/") for page in lessons} == told


def test_the_lists_of_controls_are_those_of_the_widgets():
    for widget in (ConvArithmetic(), HeadCalculator()):
        assert [control["name"] for control in widget.controls] == NUMBERS[type(widget).__name__]


# -- the inventory ----------------------------------------------------------------------------

QUESTIONS = quiz.load(inventory.source())


def test_the_inventory_has_twelve_questions_and_its_right_answers_are_spread():
    assert len(QUESTIONS) == 12
    places = Counter([answer.correct for answer in question.answers].index(True) for question in QUESTIONS)
    assert set(places.values()) == {3}
    assert len(places) == 4


def test_no_two_wrong_answers_of_the_inventory_stand_for_the_same_belief():
    beliefs = Counter(a.misconception for q in QUESTIONS for a in q.answers if a.misconception)
    assert set(beliefs.values()) == {1}


def test_the_right_answer_of_the_inventory_is_not_the_longest_more_often_than_others():
    longest = sum(max(q.answers, key=lambda answer: len(answer.text)).correct for q in QUESTIONS)
    assert longest <= 4


def run(notebook, answer):
    """Run the tests of a notebook with an answer to all questions; return what each said."""
    said = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            space = {marks["grade_id"].removesuffix("_test"): answer}
            try:
                exec(cell.source, space)  # noqa: S102 — made by the project itself
                said.append("")
            except AssertionError as error:
                said.append(str(error))
    return said


def test_a_notebook_of_the_inventory_tells_which_belief_an_answer_stands_for():
    notebook = inventory.notebook(QUESTIONS)
    for place, letter in enumerate("ABCD"):
        said = run(notebook, lambda letter=letter: letter)
        for question, message in zip(QUESTIONS, said, strict=True):
            belief = question.answers[place].misconception
            assert message == (f"{letter}: {belief}" if belief else "")
    assert set(run(notebook, lambda: "b")) == {"one of the letters, in quotes"}
    assert set(run(notebook, lambda: 1)) == {"a letter in quotes"}


def test_the_solutions_of_the_inventory_pass(tmp_path):
    assert inventory.main([str(tmp_path)]) == 0
    for name in inventory.ASSIGNMENTS:
        notebook = nbformat.read(tmp_path / "source" / name / f"{name}.ipynb", as_version=4)
        space = {}
        codes = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        exec("\n".join(codes), space)  # noqa: S102 — made by the project itself
        assert len(codes) == 24


def test_the_key_of_the_inventory_names_every_belief():
    key = inventory.key(QUESTIONS)
    assert key.count("<tr>") == 13
    assert all(a.misconception in key for q in QUESTIONS for a in q.answers if a.misconception)


# -- rubrics ----------------------------------------------------------------------------------

MASTER = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---

# Assignment 1: Words

Read first.

## 1. Explain (2 points, graded by a person)

Is 5 < 6, and why?

+++ {"nbgrader": {"grade_id": "why", "grade": true, "solution": true, "points": 2}}

**A full answer.** Yes, one less.

RUBRIC 1 point: yes. 1 point: why.

**Scored examples.**

- 2 points: “Yes, since 6 = 5 + 1.”

% closing
"""


def test_a_rubric_is_read_with_its_question_and_without_the_full_answer(tmp_path):
    path = tmp_path / "01-words.md"
    path.write_text(MASTER.replace("RUBRIC", rubrics.RUBRIC), encoding="utf8")
    (found,) = rubrics.read(path)
    assert found.assignment == "Assignment 1: Words"
    said = rubrics.html(found)
    assert "<strong>1. Explain (2 points, graded by a person)</strong>" in said
    assert "5 &lt; 6" in said
    assert "<li>2 points: “Yes" in said
    assert not any(word in said for word in ("one less", "closing", "Read first"))


def test_an_answer_without_a_rubric_is_named(tmp_path):
    path = tmp_path / "01-words.md"
    path.write_text(MASTER, encoding="utf8")
    with pytest.raises(ValueError, match="answer why has no"):
        list(rubrics.read(path))


@pytest.mark.parametrize("path", rubrics.masters(), ids=lambda path: path.stem)
def test_each_rubric_of_a_master_has_three_scored_examples(path):
    for rubric in rubrics.read(path):
        assert len(re.findall(r"^- [\d.]+ points?: ", rubric.grading, re.MULTILINE)) == 3
        # Their HTML is made without MyST, which would be needed for these.
        assert not re.search(r"[{}$]", rubric.question + rubric.grading)
