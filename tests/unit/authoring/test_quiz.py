"""Quiz files: what they need, and the HTML that they become."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from authoring import quiz

RIGHT = "{text: Yes., correct: true, because: So.}"
WRONG = "{text: Not so., misconception: that, because: So.}"


def load(small_book, text):
    return quiz.load(small_book.write("book/quizzes/q.yml", text))


def test_a_quiz_is_questions_with_answers(small_book):
    (question,) = load(small_book, f"- question: Well?\n  answers: [{RIGHT}, {WRONG}]\n")
    assert question.text == "Well?"
    assert [answer.correct for answer in question.answers] == [True, False]
    assert question.answers[1].misconception == "that"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (f"[{WRONG}, {WRONG}]", "expected one right answer among others, got 0 of 2"),
        (f"[{RIGHT}, {RIGHT}]", "expected one right answer among others, got 2 of 2"),
        (f"[{RIGHT}]", "expected one right answer among others, got 1 of 1"),
        ("[]", "got 0 of 0"),
        ("none", "expected a list of answers, got 'none'"),
        (
            f"[{RIGHT}, other]",
            "answer 2 (not `correct: true`): expected the keys because, misconception, text",
        ),
        (f"[{RIGHT}, {{text: a, because: b}}]", "answer 2 (not `correct: true`): expected the keys"),
        (f"[{RIGHT}, {{text: a, misconception: b}}]", "got text, misconception"),
        (
            f"[{RIGHT}, {{text: a, misconception: b, because: c, hint: d}}]",
            "got text, misconception, because",
        ),
        (f"[{WRONG}, {{text: a, correct: true, misconception: b, because: c}}]", "expected the keys because"),
        (
            f"[{RIGHT}, {{text: 832, misconception: b, because: c}}]",
            "expected a text, got 832; a number needs",
        ),
        (f"[{RIGHT}, {{text: No, misconception: b, because: c}}]", "expected a text, got False"),
        (f"[{RIGHT}, {{text: a, misconception: b, because: ''}}]", "expected a text, got ''"),
        (f"[{RIGHT}, {{text: a, misconception: b, because: '{{ref}}`x`'}}]", "a quiz knows no roles"),
        (f"[{RIGHT}, {{text: ' Yes. ', misconception: b, because: c}}]", "two answers say 'Yes.'"),
    ],
)
def test_wrong_answers_are_named_with_their_place(small_book, answers, message):
    with pytest.raises(quiz.QuizError, match=re.escape(message)) as error:
        load(
            small_book,
            f"- question: Fine?\n  answers: [{RIGHT}, {WRONG}]\n- question: Bad?\n  answers: {answers}\n",
        )
    assert str(error.value).startswith("q.yml, question 2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "q.yml: expected a list of questions, got None"),
        ("question: Alone?", "q.yml: expected a list of questions"),
        ("- [", "q.yml: while parsing"),
        ("- Well?", "q.yml, question 1: expected the keys answers, question; got 'Well?'"),
        ("- {questions: Which, answers: []}", "got questions, answers"),
        ("- question: A?\n  answers: []\n  question: B?", "q.yml: line 3: the key question stands twice"),
        ("- question: A?\n  answers:\n    - {text: a, text: b}", "q.yml: line 3: the key text stands twice"),
    ],
)
def test_a_file_that_is_no_quiz_is_named(small_book, text, message):
    with pytest.raises(quiz.QuizError, match=re.escape(message)):
        load(small_book, text)


QUESTION = """\
- question: {}
  answers:
    - {{text: {}, misconception: that, because: {}}}
    - {{text: "Yes", correct: true, because: So.}}
"""
LINK = '"[a](https://a.example)"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("![A cat](https://cdn.example/a.png)", "image in"),
        ("- a\n- b", "bullet_list in '- a\\n- b'; a text is one paragraph"),
        ("```\na\n```", "fence in"),
        ("One.\n\nTwo.", "paragraph in"),
        ("[r]: https://a.example", "a text is one paragraph"),
        ("$5 and $6", "$ in '$5 and $6'; a quiz knows no roles, and no dollars but around formulas"),
        ("It is \\$5.", "$ in"),
        ("{{ x }}", "{ in"),
    ],
)
def test_what_a_quiz_cannot_show_is_refused_in_every_text(small_book, text, message):
    quoted = json.dumps(text)
    for texts in ((quoted, "a", "b"), ('"a"', quoted, "b"), ('"a"', "b", quoted)):
        with pytest.raises(quiz.QuizError, match=re.escape(message)):
            load(small_book, QUESTION.format(*texts))


def test_a_link_stands_beside_an_answer_but_not_in_it(small_book):
    load(small_book, QUESTION.format(LINK, "a", LINK))
    with pytest.raises(quiz.QuizError, match="a click on an answer chooses it; put links into `because`"):
        load(small_book, QUESTION.format("a", LINK, "b"))


@pytest.mark.parametrize("target", ["other.md", "http://x.y", "#a"])
def test_a_link_leads_out_of_the_book(small_book, target):
    with pytest.raises(quiz.QuizError, match=re.escape(f"link to {target} in")):
        load(small_book, QUESTION.format(f'"[a]({target})"', "a", "b"))


def test_a_name_has_to_be_an_id(small_book):
    questions = load(small_book, QUESTION.format("a", "b", "c"))
    with pytest.raises(quiz.QuizError, match="cannot be an id"):
        quiz.html(questions, 'x" onclick="y', "site")


@pytest.fixture
def rendered(small_book):
    """The small book's quiz as HTML, for the site or for a notebook."""
    questions = quiz.load(small_book.root / "book/quizzes/second.yml")
    return lambda target: quiz.html(questions, "second", target)


@pytest.mark.parametrize("target", ["site", "notebook"])
def test_texts_are_escaped(rendered, target):
    html = rendered(target)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<summary>Yes &amp; no</summary>" in html
    assert "<code>a &gt; b</code>" in html
    assert "<em>No</em>" in html


def test_formulas_are_set_by_whoever_shows_the_page(rendered):
    assert '<span class="math notranslate nohighlight">\\(a &lt; b\\)</span>' in rendered("site")
    assert "$a &lt; b$" in rendered("notebook")
    assert "\\(" not in rendered("notebook")


def test_one_block_of_html_that_markdown_does_not_cut(rendered):
    assert "\n\n" not in rendered("notebook")


def test_an_answer_unfolds_without_script(rendered):
    page = BeautifulSoup(rendered("site"), "lxml")
    first, second = page.select("details")
    assert first["name"] == second["name"] == page.select_one("p[id]")["id"]  # one is open at a time
    assert first.p.get_text().startswith("Right.")
    assert second.p.get_text().startswith("Not quite.")
