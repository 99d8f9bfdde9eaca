"""The index: each term of the glossary with the pages that use it, as Sphinx sorts them."""

from pathlib import Path
from typing import Any

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from authoring import glossary, references, terms


class IndexTerms(SphinxTransform):
    """Enters a page's first use of each term into the index, and the glossary's own entry in bold."""

    default_priority = 840  # before Sphinx gathers the entries

    def apply(self, **_: Any) -> None:
        """Put the entries before everything else of the page."""
        root, page = Path(self.app.srcdir), self.env.docname
        known = glossary.read(root)
        if page == glossary.PAGE:
            found = [(term.term, f"term-{term.key}", "main") for term in known]
        elif page in terms.pages(root):
            title = references.page(page, root).title
            uses = [term for _, places in terms.uses(self.document, known) for *_, term in places]
            found = [(f"{term.term}; {title}", f"use-{term.key}", "") for term in uses]
        else:
            return
        entries = [("single", text, anchor, weight, None) for text, anchor, weight in found]
        self.document.insert(0, addnodes.index(entries=entries))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.add_transform(IndexTerms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
