"""A chart's axes and the names of its curves, as `chart.js` draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cnnlab.widgets.drawing import escaped, line, path, svg_text

LABEL_ROOM = 14  # from one name to the next


class Box(NamedTuple):
    """Where a chart's curves are."""

    left: float
    right: float
    top: float
    bottom: float


def axes(
    box: Box, x: Iterable[tuple[float, str]], y: Iterable[tuple[float, str]], xlabel: str, ylabel: str
) -> str:
    """Draw ticks at places, with their texts, and what the axes show; `ylabel` stands above its axis."""
    heights = list(y)
    return "".join(
        [
            path("grid", "".join(line((box.left, at), (box.right, at)) for at, _ in heights)),
            *(svg_text("tick cnn-end", box.left - 6, at + 4, text) for at, text in heights),
            *(svg_text("tick cnn-middle", at, box.bottom + 18, text) for at, text in x),
            svg_text("axis cnn-middle", (box.left + box.right) / 2, box.bottom + 36, escaped(xlabel)),
            svg_text("axis", 0, 12, escaped(ylabel)),
        ]
    )


def names(x: float, heights: Mapping[str, float]) -> str:
    """Write the name of each curve beside its end, the upper ones first; where they would meet, lower."""
    texts, below = [], float("-inf")
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        below = max(height, below + LABEL_ROOM)
        texts.append(svg_text(f"name cnn-is-{name.split()[0]}", x, below + 4, name))
    return "".join(texts)


def every_nth(texts: Sequence[str], most: int) -> list[str]:
    """Leave out texts for which there is no room; the last one stays.

    >>> every_nth(["1", "2", "4", "8", "16"], 3)
    ['1', '', '4', '', '16']
    """
    nth = -(-len(texts) // most)
    return [text if (len(texts) - 1 - place) % nth == 0 else "" for place, text in enumerate(texts)]
