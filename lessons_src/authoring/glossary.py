"""The course's terms: what `book/reference/glossary.yml` says of them, and where a text uses them first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml
from docutils.nodes import make_id

from authoring import book

PAGE = "book/reference/glossary"


@dataclass(frozen=True)
class Term:
    """A term: its names, the label of the heading below which it is introduced, and what it means."""

    term: str
    hans: str
    hant: str
    where: str
    means: str
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what stands for the term in ids."""
        return str(make_id(self.term))

    @property
    def words(self) -> tuple[str, ...]:
        """List the words that a text may have for it, less the plurals with s."""
        return (self.term, *self.also)


class GlossaryError(ValueError):
    """A glossary that does not say what it has to."""


def source(root: Path = book.ROOT) -> Path:
    """Return the file of the terms."""
    return root / f"{PAGE}.yml"


def read(root: Path = book.ROOT) -> list[Term]:
    """Read the terms; a book without the file has none.

    Raises
    ------
    GlossaryError
        A term lacks a key or has an unknown one, or two terms claim the same word.
    """
    if not source(root).exists():
        return []
    terms = [_term(entry) for entry in yaml.safe_load(source(root).read_text(encoding="utf8"))]
    words = [word.lower() for term in terms for word in term.words]
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise GlossaryError(f"glossary.yml: {', '.join(twice)} stands twice")
    return terms


def _term(entry: dict[str, Any]) -> Term:
    keys = {field.name for field in fields(Term)}
    if not keys - {"also"} <= entry.keys() <= keys:
        raise GlossaryError(f"glossary.yml: expected {', '.join(sorted(keys))}; got {entry}")
    also = entry.get("also", [])
    if not isinstance(also, list) or not all(isinstance(entry[key], str) for key in entry.keys() - {"also"}):
        raise GlossaryError(f"glossary.yml: expected texts, and a list of texts under also; got {entry}")
    return Term(**{**entry, "also": tuple(also)})


class Finder:
    """Finds the first use of each term in a text that comes piece by piece."""

    def __init__(self, terms: list[Term]) -> None:
        self.left = {word: term for term in terms for word in term.words}
        # The longest first: in "global average pooling" nobody looks for "pooling".
        words = sorted(self.left, key=len, reverse=True)
        self._pattern = (
            re.compile(rf"(?<![\w-])(?:{'|'.join(map(_form, words))})(?![\w-])") if words else None
        )
        self._terms = dict(self.left)

    def uses(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Find the first uses in the next piece: where each starts and ends."""
        for found in self._pattern.finditer(text) if self._pattern else ():
            term = self._term_of(found[0])
            if term.term in self.left:
                for word in term.words:
                    del self.left[word]
                yield found.start(), found.end(), term

    def _term_of(self, text: str) -> Term:
        said = " ".join(text.split())
        return next(term for word, term in self._terms.items() if re.fullmatch(_form(word), said))


def _form(word: str) -> str:
    """Match a word or its plural; over the end of a line, and with a capital where a sentence starts."""
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    if word[0].islower() and word == word.lower():
        pattern = f"[{word[0].upper()}{word[0]}]{pattern[1:]}"
    return f"{pattern}s?"
