"""From a matplotlib figure to a small SVG element that belongs to its page.

What matplotlib writes is a document of its own: with a date, random ids, fonts and black ink. Inside a page
it should take the page's font and ink, adapt to its width, and be the same text on every run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from PIL import Image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Element = ET.Element

INK = "#000000"
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
PIXELS_PER_INCH = 96
# Properties that apply to an element as a whole; moved to a group they would mean something else.
NOT_INHERITED = {"opacity", "clip-path", "mask", "filter"}


def render(figure: Figure, *, alt: str, colours: dict[str, str]) -> str:
    """Draw a figure as one SVG element.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What it shows; becomes the element's accessible name.
    colours : dict of str
        Colours (as ``#rrggbb``) that become CSS variables, with their names: ``{"#0072b2": "blue"}`` gives
        ``var(--cnn-blue,#0072b2)``.

    Returns
    -------
    str
        Without date, prolog or namespaces; ids begin with a digest of the content, so that two different
        figures on a page never share one.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 -- matplotlib has just written it
    _clean(root)
    _restyle(root, colours)
    _shrink_images(root)
    _drop_unused_ids(root)
    for _ in range(2):  # flattening may bring equal styles side by side
        _flatten(root)
        _hoist_styles(root)
    width, height = figure.get_size_inches() * PIXELS_PER_INCH
    box = root.get("viewBox", "")
    body = "".join(_write(child) for child in root)
    digest = hashlib.sha256((alt + body).encode()).hexdigest()[:8]
    body = re.sub(r'(id="|href="#|url\(#)@', rf"\g<1>c{digest}-", body)
    return (
        f'<svg role="img" aria-label="{html.escape(alt, quote=True)}" viewBox="{box}" '
        f'width="{width:.0f}" height="{height:.0f}" fill="currentColor" stroke-linejoin="round" '
        f'style="width:100%;max-width:{width:.0f}px;height:auto">{body}</svg>'
    )


def _clean(root: Element) -> None:
    """Remove what only a document of its own needs: namespaces, metadata and the default style."""
    for parent in root.iter():
        parent.tag = parent.tag.rpartition("}")[2]
        parent.attrib = {name.rpartition("}")[2]: value for name, value in parent.attrib.items()}
        parent.attrib.pop("type", None)
        if parent.tag not in {"text", "tspan"}:
            parent.text = None
        parent.tail = None
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    root.set("viewBox", _round(root.get("viewBox", ""), 2))


def _restyle(root: Element, colours: dict[str, str]) -> None:
    """Round numbers; let font and ink come from the page; name the palette's colours."""
    for element in root.iter():
        for name in ("d", "x", "y", "width", "height", "transform"):
            if name in element.attrib:
                # The scale of a picture is a small number that is multiplied by many pixels.
                element.set(name, _round(element.attrib[name], 4 if name == "transform" else 2))
        if "d" in element.attrib:
            element.set("d", re.sub(r"\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+", "", element.attrib["d"].strip()))
        if "style" in element.attrib:
            element.set("style", _style(element.attrib["style"], colours))
            if not element.attrib["style"]:
                del element.attrib["style"]


def _style(style: str, colours: dict[str, str]) -> str:
    kept = []
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, value = (part.strip() for part in declaration.split(":", 1))
        if name == "font-family" or (name, value) in {
            ("stroke-dashoffset", "0"),
            ("image-rendering", "crisp-edges"),
        }:
            continue
        if value == INK:
            value = "currentColor"
        elif value in colours:
            value = f"var(--cnn-{colours[value]},{value})"
        kept.append(f"{name}:{_round(value, 3)}")
    return ";".join(kept)


def _round(text: str, digits: int) -> str:
    def shorter(match: re.Match[str]) -> str:
        short = f"{float(match[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if short == "-0" else short

    return NUMBER.sub(shorter, text)


def _shrink_images(root: Element) -> None:
    """Store each picture with as few bits per pixel as it needs."""
    for element in root.iter("image"):
        data = base64.b64decode(element.attrib["href"].partition("base64,")[2])
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
        smaller = io.BytesIO()
        _fewest_bits(picture).save(smaller, format="png", optimize=True)
        element.set("href", "data:image/png;base64," + base64.b64encode(smaller.getvalue()).decode())


def _fewest_bits(picture: Image.Image) -> Image.Image:
    if picture.getchannel("A").getextrema() != (255, 255):
        return picture
    colour = picture.convert("RGB")
    if colour.convert("L").convert("RGB").tobytes() == colour.tobytes():
        return colour.convert("L")
    used = colour.getcolors(maxcolors=256)
    return colour.quantize(len(used), dither=Image.Dither.NONE) if used else colour


def _references(root: Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag != "image" and "href" in element.attrib:
            yield element.attrib["href"].removeprefix("#")
        for value in element.attrib.values():
            yield from REFERENCE.findall(value)


def _drop_unused_ids(root: Element) -> None:
    """Keep the ids that something refers to, and number them; `@` marks where the digest goes."""
    new = {old: f"@{n}" for n, old in enumerate(dict.fromkeys(_references(root)))}
    for element in root.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in new:
                element.set("id", new[old])
        for name, value in element.attrib.items():
            if name == "href" and value.startswith("#"):
                element.set(name, "#" + new[value[1:]])
            elif "url(#" in value:
                element.set(name, REFERENCE.sub(lambda match: f"url(#{new[match[1]]})", value))


def _flatten(element: Element) -> None:
    """Replace a group that says nothing by what it holds."""
    for child in list(element):
        _flatten(child)
        if child.tag == "g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            element[place:place] = list(child)
        elif child.tag == "defs" and not len(child):
            element.remove(child)


def _hoist_styles(root: Element) -> None:
    """Say once, on the group, what every one of its members says."""
    for group in root.iter("g"):
        styles = {child.get("style", "") for child in group}
        if len(group) < 2 or len(styles) != 1 or "style" in group.attrib:
            continue
        style = styles.pop()
        if style and not NOT_INHERITED & {part.split(":")[0] for part in style.split(";")}:
            group.set("style", style)
            for child in group:
                del child.attrib["style"]


def _write(element: Element) -> str:
    attributes = "".join(
        f' {name}="{html.escape(value, quote=True)}"' for name, value in element.attrib.items()
    )
    inner = html.escape(element.text or "", quote=False) + "".join(_write(child) for child in element)
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>" if inner else f"<{element.tag}{attributes}/>"
