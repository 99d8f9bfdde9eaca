"""What a page says of itself to search engines, to sites where it is shared, and to whoever gets lost."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from authoring import book, cards, check_site, gather, references

THEME = Path(__file__).parent / "theme"
CARDS = "_static/cards"
LONGEST = 200  # characters of a description that search engines show
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
MINUTES = re.compile(r"(\d+) minutes")
MADE = {"genindex": "Every term of the course, and where it stands.", "search": "Search the whole course."}


def describe(doctree: nodes.document) -> str:
    """Take a page's first paragraph; on a lesson that is the question which it answers."""
    first = next(iter(doctree.findall(nodes.paragraph)), None)
    words = " ".join(first.astext().split()) if first else ""
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def card_name(page: str) -> str:
    """Name the picture of a page."""
    return f"{page.removeprefix('book/').replace('/', '-')}.png"


def tags(page: str, description: str, root: Path) -> str:
    """Write the tags of a page: what it is about, its card, and the same as data of schema.org."""
    base = _base(root)
    title = references.page(page, root).title
    card = f"{base}{CARDS}/{card_name(page)}"
    properties = {
        "og:type": "website" if page == book.pages(root)[0] else "article",
        "og:site_name": _course(root),
        "og:title": title,
        "og:description": description,
        "og:url": book.page_url(page, root),
        "og:image": card,
        "og:image:width": str(cards.SIZE[0]),
        "og:image:height": str(cards.SIZE[1]),
        "og:image:alt": f"{title}, and a bird of 28 by 28 pixels",
    }
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in properties.items()]
    data = json.dumps(_schema(page, description, card, root), ensure_ascii=False).replace("</", "<\\/")
    return "\n".join(
        [
            _description(description),
            *lines,
            '<meta name="twitter:card" content="summary_large_image">',
            f'<script type="application/ld+json">{data}</script>',
        ]
    )


def _schema(page: str, description: str, card: str, root: Path) -> dict[str, Any]:
    """Describe a page in the words of schema.org: the front page is the course, the others are its parts."""
    author = {"@type": "Organization", "name": str(book.config(root)["author"])}
    common = {
        "@context": "https://schema.org",
        "name": references.page(page, root).title,
        "description": description,
        "url": book.page_url(page, root),
        "image": card,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": LICENCE,
        "version": book.version(root),
        "author": author,
    }
    first, *others = book.pages(root)
    if page == first:
        parts = [{"@type": "LearningResource", "url": book.page_url(p, root)} for p in others]
        return common | {"@type": "Course", "provider": author, "hasPart": parts}
    entry = next(e for _, entries in gather.course_map(root) for e in entries if e.page == page)
    about: dict[str, Any] = {
        "@type": "LearningResource",
        "learningResourceType": "lesson" if entry.time else "reference",
        "position": others.index(page) + 1,
        "isPartOf": {"@type": "Course", "name": _course(root), "url": book.page_url(first, root)},
    }
    if minutes := MINUTES.search(entry.time):
        about["timeRequired"] = f"PT{minutes[1]}M"
    return common | about


def complete_page(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give each page its tags."""
    root = Path(app.srcdir)
    # Sphinx and its theme both say how wide the page is.
    context["metatags"] = context.get("metatags", "").replace(
        '<meta name="viewport" content="width=device-width, initial-scale=1" />', ""
    )
    if doctree is not None and pagename in book.pages(root):
        context["metatags"] += tags(pagename, describe(doctree), root)
    elif pagename in MADE:
        context["metatags"] += _description(MADE[pagename])
    context["metatags"] += f'<link rel="apple-touch-icon" href="{context["pathto"]("_static/icon.png", 1)}">'
    context["course_mark"] = MARK


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Lay beside the pages what belongs to all of them: cards, the map for search engines, the way back."""
    if exception or app.builder.format != "html":
        return
    root, site = Path(app.srcdir), Path(app.outdir)
    folder = site / CARDS
    folder.mkdir(parents=True, exist_ok=True)
    parts = {page: part for part, pages in book.parts(root) for page in pages}
    for page in book.pages(root):
        card = cards.card(references.page(page, root).title, parts.get(page, ""), _course(root))
        card.save(folder / card_name(page), optimize=True)
    cards.icon().save(site / "_static" / "icon.png", optimize=True)
    for name, text in {
        "sitemap.xml": sitemap(root),
        "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {_base(root)}sitemap.xml\n",
        "404.html": lost(root),
    }.items():
        Path(site, name).write_text(text, encoding="utf8", newline="\n")


def sitemap(root: Path = book.ROOT) -> str:
    """List the addresses of all pages for search engines."""
    places = "".join(
        f"<url><loc>{escape(book.page_url(page, root))}</loc></url>\n" for page in book.pages(root)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def lost(root: Path = book.ROOT) -> str:
    """Write the page for addresses that lead nowhere.

    A server shows it at any depth, so its addresses are whole and its style is its own.
    """
    title = escape(_course(root))

    def items(pages: list[str]) -> str:
        return "".join(
            f'<li><a href="{book.page_url(page, root)}">{escape(references.page(page, root).title)}</a></li>'
            for page in pages
        )

    lists = "".join(f"<h2>{escape(part)}</h2><ul>{items(pages)}</ul>" for part, pages in book.parts(root))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<script>{check_site.SET_POLICY}</script>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Not found — {title}</title>
<link rel="icon" href="data:,">
<style>{(THEME / "lost.css").read_text(encoding="utf8")}</style>
</head>
<body>
<header><a href="{book.page_url(book.pages(root)[0], root)}">{MARK}<b>{title}</b></a></header>
<main>
<h1>Nothing detected here</h1>
<p>The address leads to no page of this course. A page may have moved, or a letter was lost on the way.
<span id="near"></span></p>
{lists}
</main>
<script>
// The page whose name is the last word of the address is most likely the one that was meant.
const asked = location.pathname.toLowerCase().split("/").pop().replace(/\\.(html|ipynb|md)$/, "");
const leads = (a) => asked && a.href.endsWith(`/${{asked}}.html`);
const meant = [...document.querySelectorAll("li a")].find(leads);
if (meant) document.getElementById("near").append("Did you mean ", meant.cloneNode(true), "?");
</script>
</body>
</html>
"""


def _base(root: Path) -> str:
    return str(book.config(root)["html"]["baseurl"])


def _course(root: Path) -> str:
    return str(book.config(root)["title"])


def _description(text: str) -> str:
    return f'<meta name="description" content="{escape(text)}">'


def _mark() -> str:
    svg = (THEME / "favicon.svg").read_text(encoding="utf8").strip()
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


MARK = _mark()
"""The course's mark, to stand in a page."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.connect("html-page-context", complete_page, priority=700)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
