"""What a lesson may point at: labels, pages and publications, each with an address and a name."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from docutils.nodes import make_id
from pybtex.database import Entry, parse_file

from authoring import book, lesson


@dataclass(frozen=True)
class Place:
    """Somewhere to link to: its address and the words to show for it."""

    url: str
    title: str
    page: str = field(default="", compare=False)

    @property
    def anchor(self) -> str:
        """Return what stands behind the page in the address."""
        return self.url.partition("#")[2]


@dataclass(frozen=True)
class Publication:
    """A publication as a text names it: by its authors and its year."""

    authors: str
    year: str
    url: str


def labels(root: Path = book.ROOT) -> dict[str, Place]:
    """Find every label of the book: before headings, before other blocks (no title), and of exercises."""
    places = {}
    for name in book.pages(root):
        found, url = read(name, root), book.page_url(name, root)
        # Sphinx writes a heading's label in its own way, and an exercise's as it stands.
        for label, heading in found.labels.items():
            places[label] = Place(f"{url}#{make_id(label)}", heading, name)
        for _, box in found.named("exercise"):
            if "label" in box.options:
                label = box.options["label"]
                places[label] = Place(f"{url}#{label}", box.argument or "exercise", name)
    return places


def exercises_before(page: str, root: Path = book.ROOT) -> int:
    """Count the exercises of earlier pages: the site numbers them through the whole book."""
    pages = book.pages(root)
    return sum(len(list(read(name, root).named("exercise"))) for name in pages[: pages.index(page)])


def page(name: str, root: Path = book.ROOT) -> Place:
    """Find a page of the book by its path without a suffix."""
    return Place(book.page_url(name, root), read(name, root).title or name, name)


def read(name: str, root: Path = book.ROOT) -> lesson.Lesson:
    """Take a page apart, once for each version of its text."""
    return _taken_apart(name, root, book.source(name, root).read_text(encoding="utf8"))


@cache
def _taken_apart(name: str, root: Path, _text: str) -> lesson.Lesson:
    """Take each version of a page apart once: every page looks for labels in all of them."""
    return lesson.read(name, root)


def publications(root: Path = book.ROOT) -> dict[str, Publication]:
    """Read the bibliography."""
    files = book.config(root).get("bibtex_bibfiles", [])
    return {
        key: _publication(entry) for file in files for key, entry in parse_file(root / file).entries.items()
    }


def _publication(entry: Entry) -> Publication:
    # The rich forms have LaTeX's accents and braces resolved.
    names = [" ".join(map(str, p.rich_prelast_names + p.rich_last_names)) for p in entry.persons["author"]]
    authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    fields = entry.fields
    url = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields["url"]
    return Publication(authors, fields["year"], url)
