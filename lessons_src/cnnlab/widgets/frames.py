"""From what a draw function returns to frames of HTML that one page can hold.

A widget carries all its frames with it, so they are kept small: a frame that comes twice is stored once, and
so is a piece of a frame that others have too, such as the same axis or the same image.
"""

from __future__ import annotations

import hashlib
import html
import re
import warnings
from collections import Counter
from dataclasses import dataclass

from cnnlab.plots import Figure

FRAME_BYTES = 30_000
WIDGET_BYTES = 3_000_000
WORTH_SHARING = 24  # characters; a reference takes up to eight

SVG = re.compile(r"<svg\b[^>]*>")
ID = re.compile(r'(\bid="|\bhref="#|url\(#|\bfor="|\baria-(?:labelledby|describedby)=")([^")]+)')
REFERENCE = re.compile(r"<@(\d+)>")


@dataclass(frozen=True)
class Frame:
    """One drawing: its HTML, what it shows in words, and its size where it has one."""

    html: str
    description: str
    size: tuple[float, float] | None


@dataclass(frozen=True)
class Film:
    """Frames as a widget stores them.

    `frames` are the distinct frames, in which ``<@3>`` stands for ``pieces[3]``; `order` says which frame
    belongs to which combination of values.
    """

    frames: list[str]
    descriptions: list[str]
    pieces: list[str]
    order: list[int]

    def frame(self, number: int) -> str:
        """Give the HTML of a combination, complete."""
        return REFERENCE.sub(lambda match: self.pieces[int(match[1])], self.frames[self.order[number]])


def frame(drawn: object) -> Frame:
    """Take what a draw function returned.

    Parameters
    ----------
    drawn : cnnlab.plots.Figure, str of SVG or HTML, or an object that shows itself as HTML

    Returns
    -------
    Frame

    Raises
    ------
    TypeError
        If it is nothing of these; the message says what to return.

    Examples
    --------
    >>> frame('<svg aria-label="A dot" viewBox="0 0 9 9"></svg>')
    Frame(html='<svg aria-label="A dot" viewBox="0 0 9 9"></svg>', description='A dot', size=(9.0, 9.0))
    """
    if drawn is None:
        raise TypeError("returned nothing; end it with `return fig`")
    if isinstance(drawn, Figure):
        return Frame(drawn.svg(), drawn.alt, _size(drawn.svg()))
    text = drawn if isinstance(drawn, str) else getattr(drawn, "_repr_html_", lambda: None)()
    if not isinstance(text, str) or not text.strip():
        raise TypeError(
            f"returned a {type(drawn).__module__}.{type(drawn).__name__}; expected a figure made by "
            "cnnlab.plots.figure, a text of SVG or HTML, or a table that shows itself as HTML"
        )
    label = re.search(r'aria-label="([^"]*)"', text)
    return Frame(text.strip(), html.unescape(label[1]) if label else "", _size(text))


def film(frames: dict[str, Frame]) -> Film:
    """Store frames so that nothing is kept twice.

    Parameters
    ----------
    frames : dict of Frame
        In the order of the combinations; the keys name the combination in messages.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If two frames differ in size, or all together take more than 3 MB.

    Examples
    --------
    >>> a, b = Frame("<p>one</p>", "", None), Frame("<p>two</p>", "", None)
    >>> film({"x=1": a, "x=2": b, "x=3": a}).order
    [0, 1, 0]
    """
    _check_sizes(frames)
    prefix = "explore-" + hashlib.sha256("".join(f.html for f in frames.values()).encode()).hexdigest()[:8]
    named = {key: _rename_ids(value.html, prefix) for key, value in frames.items()}
    for key, text in named.items():
        if len(text.encode()) > FRAME_BYTES:
            warnings.warn(
                f"explore: the frame at {key} takes {len(text.encode()) / 1000:.0f} kB; "
                f"up to {FRAME_BYTES / 1000:.0f} kB keep a page light. Draw fewer points, or draw an image.",
                stacklevel=4,
            )
    distinct = dict(zip(named.values(), (value.description for value in frames.values()), strict=True))
    numbers = {text: number for number, text in enumerate(distinct)}
    stored, pieces = _share(list(distinct))
    size = sum(len(text.encode()) for text in [*stored, *pieces])
    if size > WIDGET_BYTES:
        raise ValueError(
            f"explore: {len(stored)} frames take {size / 1e6:.1f} MB, and one widget may take "
            f"{WIDGET_BYTES / 1e6:.0f} MB. Give fewer values, or draw less in each frame."
        )
    return Film(stored, list(distinct.values()), pieces, [numbers[text] for text in named.values()])


def _size(text: str) -> tuple[float, float] | None:
    """Width and height of a drawing; a text that is not one drawing has none."""
    tags = SVG.findall(text)
    box = re.search(r'viewBox="([^"]+)"', tags[0]) if len(tags) == 1 else None
    if box is None:
        return None
    _, _, width, height = (float(number) for number in box[1].replace(",", " ").split())
    return width, height


def _check_sizes(frames: dict[str, Frame]) -> None:
    (first_key, first), *rest = frames.items()
    for key, other in rest:
        if other.size != first.size:
            raise ValueError(
                f"explore: every frame needs the same size, or the page jumps: "
                f"{_in_words(first.size)} at {first_key}, {_in_words(other.size)} at {key}"
            )


def _in_words(size: tuple[float, float] | None) -> str:
    return f"{size[0]:g} × {size[1]:g}" if size else "no drawing"


def _rename_ids(text: str, prefix: str) -> str:
    """Give each frame's ids the widget's prefix: two widgets on a page never share one."""
    names: dict[str, str] = {}
    for match in re.finditer(r'\bid="([^"]+)"', text):
        names.setdefault(match[1], f"{prefix}-{len(names)}")
    return ID.sub(lambda match: match[1] + names.get(match[2], match[2]), text)


def _share(frames: list[str]) -> tuple[list[str], list[str]]:
    """Keep once each element that several frames have; ``<@n>`` stands for it, which no HTML begins with."""
    split = [re.split(r"(?=<)", text) for text in frames]
    uses = Counter(piece for pieces in split for piece in set(pieces))
    shared = [piece for piece, count in uses.items() if count > 1 and len(piece) >= WORTH_SHARING]
    # Counter keeps the order of a set, which changes from run to run.
    numbers = {piece: number for number, piece in enumerate(sorted(shared))}
    return (
        [
            "".join(f"<@{numbers[piece]}>" if piece in numbers else piece for piece in pieces)
            for pieces in split
        ],
        list(numbers),
    )
