"""Terms are found where a text uses them first, in every form, and never inside another term."""

import pytest

from authoring import glossary
from authoring.glossary import Finder

TERMS = """\
- {term: kernel, hans: a, hant: b, where: c, means: d}
- {term: bias, also: [biases], hans: a, hant: b, where: c, means: d}
- {term: pooling, hans: a, hant: b, where: c, means: d}
- {term: global average pooling, also: [GAP], hans: a, hant: b, where: c, means: d}
"""


@pytest.fixture
def terms(small_book):
    small_book.write("book/reference/glossary.yml", TERMS)
    return glossary.read(small_book.root)


def found(finder, text):
    return [text[start:end] for start, end, _ in finder.uses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A kernel, and a kernel.", ["kernel"]),
        ("Kernels have biases.", ["Kernels", "biases"]),
        ("global\naverage pooling, then pooling", ["global\naverage pooling", "pooling"]),
        ("close the gap with GAP", ["GAP"]),
        ("subkernel, kernel-like, unbiased", []),
        ("global average pooling, or GAP", ["global average pooling"]),
    ],
)
def test_the_first_use_is_found(terms, text, expected):
    assert found(Finder(terms), text) == expected


def test_a_term_is_explained_once_on_a_page(terms):
    finder = Finder(terms)
    assert found(finder, "a kernel") == ["kernel"]
    assert found(finder, "a kernel and its bias") == ["bias"]


def test_a_book_without_a_glossary_has_no_terms(small_book):
    assert glossary.read(small_book.root) == []
    assert found(Finder([]), "a kernel") == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("- {term: bias, hans: a, hant: b, where: c, means: d}", "bias stands twice"),
        ("- {term: x, hans: a, hant: b, where: c}", "expected also, hans, hant, means, term, where"),
        ("- {term: x, hans: a, hant: b, where: c, means: d, see: e}", "expected also, hans"),
        ("- {term: x, hans: 1, hant: b, where: c, means: d}", "expected texts"),
        ("- {term: x, hans: a, hant: b, where: c, means: d, also: y}", "a list of texts under also"),
    ],
)
def test_what_is_no_entry_is_refused(small_book, more, message):
    small_book.write("book/reference/glossary.yml", TERMS + more)
    with pytest.raises(glossary.GlossaryError, match=message):
        glossary.read(small_book.root)
