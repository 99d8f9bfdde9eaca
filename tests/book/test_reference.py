"""The pages to look things up: glossary, symbols, versions; and the quizzes of all lessons as a whole."""

import re
from collections import Counter

import pytest
import yaml

from authoring import book, gather, glossary, quiz, references
from authoring.gathered import bibtex
from authoring.quoted import NO_WORDS

TERMS = glossary.read()
# Characters of the simplified script that Big5 has as well, for other words.
SIMPLIFIED = set("网构与征后准")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", re.DOTALL)


def prose(page):
    """The words of a page in which terms are explained."""
    silent = {"opening", "exercise", "solution", "dropdown"}
    blocks = references.read(page).prose
    return "\n\n".join(
        NO_WORDS.sub(" ", b.text) for b in blocks if not b.inside & silent and not b.text.startswith("|")
    )


# -- glossary ---------------------------------------------------------------------------------


def test_the_glossary_is_about_as_large_as_the_course_needs():
    assert 60 <= len(TERMS) <= 130


def in_script(name, code):
    """Whether a name is Chinese and in one script: each of the two codes lacks what only the other has."""
    try:
        name.encode(code)
    except UnicodeEncodeError:
        return False
    chinese = any("\u4e00" <= character <= "\u9fff" for character in name)
    return chinese and not (code == "big5" and SIMPLIFIED & set(name))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.key)
def test_a_term_has_its_names_in_both_scripts(term):
    assert in_script(term.hans, "gb2312")
    assert in_script(term.hant, "big5")


@pytest.mark.parametrize(
    ("name", "code"),
    [("网络", "big5"), ("准确率", "big5"), ("卷积层", "big5"), ("卷積", "gb2312"), ("ReLU", "gb2312")],
)
def test_a_name_in_the_other_script_is_found(name, code):
    assert not in_script(name, code)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.key)
def test_a_term_is_explained_in_one_to_three_sentences_and_introduced_in_a_lesson(term):
    assert len(re.findall(r"[.!?](?=\s|$|\))", term.means)) in {1, 2, 3}
    assert len(term.means.split()) <= 45
    assert references.labels()[term.where].title


def test_every_term_is_used_in_a_lesson():
    unused = {term.term for term in TERMS}
    for page in book.lessons()[1:]:
        unused -= {term.term for _, _, term in glossary.Finder(TERMS).uses(prose(page))}
    assert not unused


# -- symbols ----------------------------------------------------------------------------------


def rows():
    text = book.source("book/reference/symbols").read_text(encoding="utf8")
    return re.findall(r"^\| (\$.+?) \| (.+) \| \{ref\}`([\w-]+)` \|$", text, re.MULTILINE)


def section(label):
    """The text of the section that a label stands before, code included: some shapes stand only there."""
    page = references.labels()[label].page
    text = book.source(page).read_text(encoding="utf8").partition(f"\n({label})=\n")[2]
    return text.partition("\n## ")[0]


def tokens(tex):
    return set(re.findall(r"\\?[A-Za-z]+|\S", tex))


@pytest.mark.parametrize(("symbols", "label"), [(s, label) for s, _, label in rows()])
def test_a_symbol_stands_where_the_table_says(symbols, label):
    text = section(label)
    formulas = [a or b for a, b in FORMULA.findall(text)]
    known = set().union(*map(tokens, formulas), re.findall(r"\b[A-Z]\b", text))
    for symbol in FORMULA.findall(symbols):
        letters = {letter for letter in tokens("".join(symbol)) if letter.isalpha() or letter[0] == "\\"}
        assert letters <= known, symbol


def test_every_letter_of_a_shape_is_in_the_table():
    listed = {"".join(found) for symbols, _, _ in rows() for found in FORMULA.findall(symbols)}
    assert {"N", "C", "K", "H", "W", "F", "P", "S", "H_o", "W_o", "n", "m", "b", "x", "w"} <= listed


# -- versions ---------------------------------------------------------------------------------


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((book.ROOT / "CITATION.cff").read_text(encoding="utf8"))
    changes = (book.ROOT / "CHANGELOG.md").read_text(encoding="utf8")
    newest = re.search(r"^### (\S+), (\S+)$", changes, re.MULTILINE)
    assert newest
    assert book.version() == str(citation["version"]) == newest[1]
    assert str(citation["date-released"]) == newest[2]


def test_a_citation_for_bibtex():
    people = [{"family-names": "Roe", "given-names": "Jane"}, {"name": "The others"}]
    said = bibtex(
        {
            "authors": people,
            "title": "T",
            "version": "1.2.0",
            "date-released": "2030-01-02",
            "url": "https://a.example",
        }
    )
    assert said.startswith("@misc{cnnlab2030,\n")
    assert "author  = {Roe, Jane and {The others}}," in said
    assert "title   = {{T}}," in said
    assert "year    = {2030}," in said


# -- quizzes ----------------------------------------------------------------------------------


QUIZZES = {path.stem: quiz.load(path) for path in sorted((book.ROOT / "book" / "quizzes").glob("*.yml"))}
QUESTIONS = [question for questions in QUIZZES.values() for question in questions]


def place(question):
    return [answer.correct for answer in question.answers].index(True)


def test_right_answers_are_spread_over_the_places():
    places = Counter(map(place, QUESTIONS))
    for at in range(3):  # few questions have a fourth answer
        possible = sum(len(question.answers) > at for question in QUESTIONS)
        assert 0.22 <= places[at] / possible <= 0.45, at


def test_the_longest_answer_is_not_the_right_one_more_often_than_others():
    longest = sum(
        len(q.answers[place(q)].text) == max(len(answer.text) for answer in q.answers) for q in QUESTIONS
    )
    assert longest / len(QUESTIONS) <= 0.45


@pytest.mark.parametrize("name", QUIZZES)
def test_every_wrong_answer_stands_for_a_misconception_of_its_own(name):
    for question in QUIZZES[name]:
        named = [answer.misconception for answer in question.answers if not answer.correct]
        assert len(set(named)) == len(named)
        assert 2 <= len(named) <= 3
        for misconception in named:
            assert len(misconception.split()) >= 2, misconception  # a sentence that somebody could believe


# -- what is gathered -------------------------------------------------------------------------


def test_no_two_myths_have_the_same_anchor_on_a_page():
    anchors = Counter((myth.page, myth.anchor) for myth in gather.myths())
    assert max(anchors.values()) == 1


def test_every_myth_has_its_verdict():
    assert [f"{m.page}.md:{m.line}" for m in gather.myths() if not m.verdict] == []


def test_every_exercise_of_the_list_has_a_place_to_link_to():
    assert all(exercise.label for exercise in gather.exercises())
