"""Every figure of the lessons as a file for slides: an SVG that stands alone, and a PNG.

In its page a figure takes the page's ink, font and colours. A file brings its own: black ink, the light
variant of each colour, and the name of the font that it was laid out with.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape, unescape
from multiprocessing import cpu_count, get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import resvg_py
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from authoring import book, references
from authoring.site import widget_states, with_pictures

FONT = "DejaVu Sans"  # comes with matplotlib; figures are laid out with its widths
SPACES = {"": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}
PNG_WIDTH = 1600  # pixels: fills a slide
DRAWING = re.compile(r'<svg role="img" aria-label="([^"]*)"[^>]*>.*?</svg>', re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """A figure, or a slider's first frame, as it stands in a lesson."""

    svg: str
    alt: str
    under: str  # the heading that it stands under


def drawings(doctree: nodes.document, states: dict[str, Any]) -> Iterator[Drawing]:
    """Find a page's figures in their order, and the first frames of its widgets, whose states are given."""
    for node in doctree.findall(nodes.raw):
        for match in DRAWING.finditer(with_pictures(node.astext(), states)):
            if ' class="' in match[0]:  # needs the style sheet of its widget
                continue
            yield Drawing(match[0], unescape(match[1]), _heading(node))


def _heading(node: nodes.Node) -> str:
    while node is not None:
        if isinstance(node, nodes.section):
            title = node.next_node(nodes.title)
            return title.astext() if title else ""
        node = node.parent
    return ""


def alone(svg: str) -> str:
    """Make a page's SVG element a document that any program can show.

    Examples
    --------
    >>> alone('<svg role="img" style="width:100%"><path fill="var(--cnn-blue,#0072b2)"/></svg>')[-31:]
    '"><path fill="#0072b2" /></svg>'
    """
    svg = re.sub(r"<style>.*?</style>", "", svg)
    svg = re.sub(r"var\(--cnn-\w+,(#\w+)\)", r"\1", svg).replace("currentColor", "#000000")
    svg = svg.replace(" href=", " xlink:href=")  # what older programs understand
    for prefix, name in SPACES.items():
        ET.register_namespace(prefix, name)
    names = f'xmlns="{SPACES[""]}" xmlns:xlink="{SPACES["xlink"]}" font-family="{FONT}"'
    root = ET.fromstring(svg.replace("<svg", f"<svg {names}", 1))  # noqa: S314 -- our own figure
    root.attrib.pop("style", None)
    return ET.tostring(root, encoding="unicode")


def png(svg: str) -> bytes:
    """Draw a document made by `alone` on white."""
    fonts = Path(mpl.get_data_path(), "fonts", "ttf")
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, width=PNG_WIDTH, background="white", font_family=FONT, sans_serif_family=FONT,
            font_dirs=[str(fonts)], skip_system_fonts=True,
        )
    )  # fmt: skip


class FiguresDirective(SphinxDirective):
    """``{figures}`` lists the figures of all lessons, each with its files."""

    def run(self) -> list[nodes.Node]:
        """Leave a place: the lessons may not have been read yet."""
        return [nodes.container(classes=["all-figures"])]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the files, and list them where a page asks for it."""
    places = [node for node in doctree.findall(nodes.container) if "all-figures" in node["classes"]]
    if not places:
        return
    root, target = Path(app.srcdir), Path(app.outdir, "figures")
    target.mkdir(exist_ok=True)
    up = "../" * docname.count("/")
    written = []
    for page in book.lessons(root):
        found = drawings(app.env.get_doctree(page), widget_states(app.env, page))
        rows = []
        for number, drawing in enumerate(found, 1):
            name = f"{Path(page).name}-{number}"
            written.append(target / f"{name}.svg")
            written[-1].write_text(alone(drawing.svg), encoding="utf8", newline="\n")
            rows.append(_card(drawing, f"{up}figures/{name}", name))
        if rows:
            title = references.page(page, root).title
            section = nodes.section(ids=[f"figures-{Path(page).name}"])
            section += nodes.title(title, title)
            section += nodes.raw("", f'<div class="figure-list">{"".join(rows)}</div>', format="html")
            places[0].parent.append(section)
    # Drawing keeps a core busy; more than a few processes would take longer to start than they save.
    with ProcessPoolExecutor(min(4, cpu_count()), mp_context=get_context("spawn")) as pool:
        list(pool.map(_lay_png_beside, written))


def _lay_png_beside(path: Path) -> None:
    path.with_suffix(".png").write_bytes(png(path.read_text(encoding="utf8")))


def _card(drawing: Drawing, path: str, name: str) -> str:
    files = " · ".join(
        f'<a href="{path}.{kind}" download="{name}.{kind}" aria-label="{name} as {kind.upper()}">'
        f"{kind.upper()}</a>"
        for kind in ("svg", "png")
    )
    return (
        f'<figure><img src="{path}.svg" alt="{escape(drawing.alt)}" loading="lazy">'
        f"<figcaption>{escape(drawing.under)}<br>{files}</figcaption></figure>"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.add_directive("figures", FiguresDirective)
    app.connect("doctree-resolved", fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
