"""What can be pointed at: headings, exercises, pages, publications."""

import pytest

from authoring import references

PAGE = "https://someone.example/small-book/book/layers"


def test_a_heading_is_found_where_sphinx_puts_it(small_book):
    place = references.labels(small_book.root)["First_label"]
    assert place == references.Place(f"{PAGE}/first.html#first-label", "The first lesson")


@pytest.mark.parametrize("options", [":label: Its_label", ":class: hard\n:label: Its_label"])
def test_an_exercise_keeps_its_label(small_book, options):
    small_book.lesson(f":::{{exercise}} Count\n{options}\nHow many?\n:::\n")
    place = references.labels(small_book.root)["Its_label"]
    assert place == references.Place(f"{PAGE}/second.html#Its_label", "Count")


def test_labels_of_a_heading_and_of_a_paragraph(small_book):
    places = references.labels(small_book.root)
    assert places["upper"] == references.Place(f"{PAGE}/first.html#upper", "Two labels")
    assert places["low.er"] == references.Place(f"{PAGE}/first.html#low-er", "Two labels")
    assert places["para"] == references.Place(f"{PAGE}/first.html#para", "")


def test_an_exercise_counts_wherever_and_however_it_is_written(small_book):
    nested, bare = "::::{note}\n:::{exercise}\nA\n:::\n::::\n", "```{exercise} B\nB\n```\n"
    small_book.lesson(f"{nested}\n{bare}\n````\n{bare}````\n", "first")  # the last one is shown, not set
    assert references.exercises_before("book/layers/second", small_book.root) == 2


def test_exercises_are_counted_through_the_book(small_book):
    assert references.exercises_before("book/layers/first", small_book.root) == 0
    assert references.exercises_before("book/layers/second", small_book.root) == 1


def test_a_page_is_called_by_its_title(small_book):
    place = references.page("book/layers/first", small_book.root)
    assert place == references.Place(f"{PAGE}/first.html", "The first lesson")


def test_publications_are_named_as_texts_name_them(small_book):
    found = references.publications(small_book.root)
    assert found["one"] == references.Publication("Roe", "2001", "https://doi.org/10.1000/one")
    assert found["two"].authors == "Roe and Müller"
    assert found["two"].url == "https://two.example/x#y"
    assert found["three"].authors == "van der Berg et al."
