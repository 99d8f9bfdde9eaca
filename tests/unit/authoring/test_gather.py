"""What is gathered from the lessons: a new box, exercise or lesson is there without a further word."""

import pytest

from authoring import gather

MYTH = """
## One

:::{{admonition}} Myth: “{}”
:class: myth
It is tempting.
{}
:::

{}

## Two

{}
"""
VERDICT = "**Verdict:** it\nis not."


def myths(small_book, *texts):
    small_book.lesson("# The second lesson\n" + MYTH.format(*texts))
    return list(gather.myths(small_book.root))


@pytest.mark.parametrize("place", ["in the box", "behind the experiment"])
def test_a_myth_is_found_with_its_verdict(small_book, place):
    texts = (f"\n{VERDICT}", "Words.") if place == "in the box" else ("", f"Words.\n\n{VERDICT}")
    (myth,) = myths(small_book, "it is `x`", *texts, "More.")
    assert (myth.page, myth.section) == ("book/layers/second", "One")
    assert (myth.belief, myth.verdict) == ("“it is `x`”", "it is not.")
    assert myth.anchor == "myth-it-is-x"


def test_a_verdict_under_another_heading_belongs_to_something_else(small_book):
    (myth,) = myths(small_book, "it is", "", "Words.", VERDICT)
    assert myth.verdict == ""


def test_each_of_two_myths_has_a_verdict_of_its_own(small_book):
    second = ":::{admonition} Myth: “and this”\n:class: myth\nToo.\n:::\n\n**Verdict:** nor this."
    first, other = myths(small_book, "it is", "", second, "More.")
    assert (first.verdict, other.verdict) == ("", "nor this.")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Count a layer", "compute"),
        ("Explain: why", "explain"),
        ("Design: a head", "design"),
        ("Debug: two directions", "debug"),
        ("Find the bug: it never says “dog”", "debug"),
        ("Find the error in the table", "debug"),
        ("Find the cell", "compute"),
    ],
)
def test_an_exercise_has_its_number_and_its_kind(small_book, title, kind):
    small_book.lesson(f":::{{exercise}} {title}\n:label: second-one\nDo.\n:::\n")
    first, second = gather.exercises(small_book.root)
    assert (first.number, first.title, first.kind) == (1, "Add", "compute")
    assert (second.number, second.title, second.label, second.kind) == (2, title, "second-one", kind)


def test_the_map_has_every_page_and_the_question_that_opens_it(small_book):
    small_book.lesson(
        "# The second lesson\n\n:::{admonition} The question\n:class: opening\nWhat\nis it?\n\nMore.\n\n"
        "**Time:** about 5 minutes; the cells run in {run-time}`a minute`.\n:::\n"
    )
    ((part, (first, second)),) = gather.course_map(small_book.root)
    assert part == "Layers"
    assert first == gather.Entry("book/layers/first", "The first lesson")
    assert second == gather.Entry(
        "book/layers/second", "The second lesson", "What is it?", "about 5 minutes", "a minute"
    )
