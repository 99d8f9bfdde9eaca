"""What a lesson may point at: labels, pages and publications, each with an address and a name."""

import re
from dataclasses import dataclass
from pathlib import Path

from docutils.nodes import make_id
from pybtex.database import Entry, parse_file

from authoring import book

LABEL = re.compile(r"^\((?P<label>[\w-]+)\)=\s*\n+#+ +(?P<title>.+)$", re.MULTILINE)
EXERCISE = re.compile(
    r"^[:`]{3,}\{exercise\} *(?P<title>.*)\n(?::.*\n)*?:label: *(?P<label>[\w-]+)$", re.MULTILINE
)
TITLE = re.compile(r"^# +(?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Somewhere to link to: its address and the words to show for it."""

    url: str
    title: str


@dataclass(frozen=True)
class Publication:
    """A publication as a text names it: by its authors and its year."""

    authors: str
    year: str
    url: str


def labels(root: Path = book.ROOT) -> dict[str, Place]:
    """Find every labelled heading and exercise of the book."""
    places = {}
    for page in book.pages(root):
        text, url = book.source(page, root).read_text(encoding="utf8"), book.page_url(page, root)
        # Sphinx writes a heading's label in its own way, and an exercise's as it stands.
        for found in LABEL.finditer(text):
            places[found["label"]] = Place(f"{url}#{make_id(found['label'])}", found["title"].strip())
        for found in EXERCISE.finditer(text):
            places[found["label"]] = Place(f"{url}#{found['label']}", found["title"].strip() or "exercise")
    return places


def exercises_before(page: str, root: Path = book.ROOT) -> int:
    """Count the exercises of earlier pages: the site numbers them through the whole book."""
    pages = book.pages(root)
    earlier = (book.source(name, root).read_text(encoding="utf8") for name in pages[: pages.index(page)])
    return sum(len(EXERCISE.findall(text)) for text in earlier)


def page(name: str, root: Path = book.ROOT) -> Place:
    """Find a page of the book by its path without a suffix."""
    found = TITLE.search(book.source(name, root).read_text(encoding="utf8"))
    return Place(book.page_url(name, root), found["title"] if found else name)


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
