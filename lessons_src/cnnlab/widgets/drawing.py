"""Paths and words of SVG as `drawing.js` writes them, for the pictures of pages without JavaScript."""

from __future__ import annotations

import html
import math

Point = tuple[float, float]


def rounded(x: float) -> str:
    """Write a coordinate with one decimal, a half rounded up as in the browser.

    >>> rounded(2.25), rounded(3.0)
    ('2.3', '3')
    """
    return f"{math.floor(10 * x + 0.5) / 10:g}"


def line(*points: Point) -> str:
    """Join points, for a path."""
    return "M" + "L".join(f"{rounded(x)} {rounded(y)}" for x, y in points)


def dots(*points: Point) -> str:
    """Put a dot at each point, for a path with round ends."""
    return "".join(f"M{rounded(x)} {rounded(y)}h0" for x, y in points)


def path(name: str, d: str) -> str:
    """Draw a path of the class ``cnn-name``."""
    return f'<path class="cnn-{name}" d="{d}"/>'


def svg_text(name: str, x: float, y: float, text: str) -> str:
    """Write words of the class ``cnn-name``; `text` is SVG."""
    return f'<text class="cnn-{name}" x="{rounded(x)}" y="{rounded(y)}">{text}</text>'


def escaped(text: str) -> str:
    """Write words as SVG.

    >>> escaped("a < b & c")
    'a &lt; b &amp; c'
    """
    return html.escape(text, quote=False)
