"""Explain each term of the glossary at its first use on a lesson's page, and list the uses in the glossary.

The definition unfolds when the pointer is on the word or the keyboard has reached it; the word is a link
to the glossary. Lessons say nothing about it, so notebooks have nothing to lose.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from authoring import book, glossary, references
from authoring.glossary import Finder, Term

LOGGER = logging.getLogger(__name__)

# Where nothing is explained: headings, links, code and formulas; tables, which scroll and would cut the
# explanation off; what Sphinx or a cell made; and what lies folded or asks the reader.
SILENT = (
    nodes.title, nodes.reference, addnodes.pending_xref, nodes.literal, nodes.literal_block,
    nodes.math, nodes.math_block, nodes.table, nodes.raw, nodes.comment, nodes.system_message,
)  # fmt: skip
SILENT_CLASSES = {"cell", "opening", "exercise", "solution", "dropdown"}


def uses(doctree: nodes.Node, terms: list[Term]) -> Iterator[tuple[nodes.Text, list[tuple[int, int, Term]]]]:
    """Find the first uses of terms on a page, text by text."""
    finder = Finder(terms)
    for text in list(doctree.findall(nodes.Text)):
        if not _silent(text) and (found := list(finder.uses(text.astext()))):
            yield text, found


def _silent(text: nodes.Text) -> bool:
    node = text.parent
    if isinstance(node, nodes.emphasis) and len(node.parent) == 1:
        return True  # a caption
    while node is not None:
        # Exercises and solutions are admonitions of their own kinds.
        silent = isinstance(node, SILENT) or type(node).__name__.startswith(("exercise", "solution"))
        if silent or SILENT_CLASSES & set(node.get("classes", ())):
            return True
        node = node.parent
    return False


def pages(root: Path) -> list[str]:
    """List the pages on which terms are explained: the lessons, and the data; not the front page."""
    return [page for page in book.lessons(root) if page != book.pages(root)[0]]


def note_glossary(app: Sphinx, _doctree: nodes.document) -> None:
    """Make a page anew when the glossary has changed."""
    app.env.note_dependency(str(glossary.source(Path(app.srcdir))))


def explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make the first use of each term a link with an explanation; list these uses in the glossary."""
    root = Path(app.srcdir)
    if app.builder.format != "html" or glossary.PAGE not in app.env.found_docs:
        return
    if docname == glossary.PAGE:
        _list_uses(app, doctree, root)
    elif docname in pages(root):
        url = app.builder.get_relative_uri(docname, glossary.PAGE)
        for text, found in list(uses(doctree, glossary.read(root))):
            text.parent.replace(text, list(_explained(text.astext(), found, url)))


def _explained(text: str, found: list[tuple[int, int, Term]], url: str) -> Iterator[nodes.Node]:
    done = 0
    for start, end, term in found:
        yield nodes.Text(text[done:start])
        yield nodes.raw("", _html(text[start:end], term, url), format="html")
        done = end
    yield nodes.Text(text[done:])


def _html(words: str, term: Term, url: str) -> str:
    key = term.key
    names = f'<span lang="zh-Hans">{term.hans}</span>'
    if term.hant != term.hans:
        names += f' · <span lang="zh-Hant">{term.hant}</span>'
    return (
        f'<span class="term" id="use-{key}">'
        f'<a class="term-word" href="{url}#term-{key}" aria-describedby="tip-{key}">{escape(words)}</a>'
        f'<span class="term-tip" role="tooltip" id="tip-{key}">'
        f"<b>{escape(term.term)}</b> · {names}: {escape(term.means)}</span></span>"
    )


def _list_uses(app: Sphinx, doctree: nodes.document, root: Path) -> None:
    """Say below each term of the glossary on which pages it is used, with a link to each first use."""
    terms = glossary.read(root)
    used: dict[str, list[str]] = {term.key: [] for term in terms}
    for page in pages(root):
        for _, found in uses(app.env.get_doctree(page), terms):
            for _, _, term in found:
                used[term.key].append(page)
    for paragraph in doctree.findall(nodes.paragraph):
        if "term-uses" in paragraph["classes"]:
            key = paragraph["term"]
            paragraph.extend(_links(app, used[key], key, root))
            if not used[key]:
                LOGGER.warning("no lesson uses the glossary's term %s", key, location=glossary.PAGE)


def _links(app: Sphinx, used: list[str], key: str, root: Path) -> Iterator[nodes.Node]:
    for number, page in enumerate(used):
        url = f"{app.builder.get_relative_uri(glossary.PAGE, page)}#use-{key}"
        yield nodes.Text(", " if number else ". Used in ")
        yield nodes.reference("", references.page(page, root).title, refuri=url, internal=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.connect("doctree-read", note_glossary)
    app.connect("doctree-resolved", explain)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
