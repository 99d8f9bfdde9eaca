"""What the hand-made widgets share: a kit of JavaScript and style, and a picture without either."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from cnnlab._pairs import as_int
from cnnlab.plots.style import THEME_CSS

HERE = pathlib.Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)


class KitWidget(anywidget.AnyWidget):
    """A widget of the course: it works in Jupyter, in Colab and on the built site, and has a still picture.

    Attributes
    ----------
    key : str
        The widget's name in the address of a built page, which keeps what the reader has set:
        ``?key.stride=2``. Without a key it is ``?stride=2``, and for the next widget on the page that has a
        stride too, ``?stride.2=2``.
    """

    key = traitlets.Unicode().tag(sync=True)

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give what the widget shows in this state as HTML, without its frame and its style."""
        raise NotImplementedError

    def fallback_html(self) -> str:
        """Give the widget as static HTML: for a page without JavaScript, and for print."""
        return fallback_html(self.get_state())


def fallback_html(state: Mapping[str, Any]) -> str:
    """Give a widget as static HTML, from its state as a notebook or a page stores it.

    Parameters
    ----------
    state : dict
        The synced traits by name; ``_anywidget_id`` says which widget it is.

    Returns
    -------
    str
        A ``<div class="cnnlab-fallback">``, which `static.js` replaces; nothing for a widget that is not of
        this course.

    Examples
    --------
    >>> from cnnlab.widgets import explore
    >>> text = fallback_html(explore(lambda n: f"<p>{n}</p>", n=[1, 2], start={"n": 2}).get_state())
    >>> text[text.index("<p>"):]
    '<p>2</p></div></div></div>'
    >>> fallback_html({"_anywidget_id": "somebody.else.Widget"})
    ''
    """
    kinds = {f"{kind.__module__}.{kind.__name__}": kind for kind in KitWidget.__subclasses__()}
    kind = kinds.get(state.get("_anywidget_id", ""))
    if kind is None:
        return ""
    return f'<div class="cnnlab-fallback cnn-widget"><style>{state["_css"]}</style>{kind.still(state)}</div>'


def style(name: str) -> str:
    """Give the kit's style sheet with a widget's own."""
    return "\n".join([_read("kit.css"), _read(name), THEME_CSS])


def script(name: str) -> str:
    """Give a file of JavaScript with what it imports from files beside it, as one module.

    An anywidget is one text, which a page or a notebook carries: nothing there could load a second file.

    Parameters
    ----------
    name : str
        A file of this folder. Imports look like ``import { make } from "./kit.js";``.

    Returns
    -------
    str
        The files that are imported come first, each once, in one common scope.

    Examples
    --------
    >>> "import" in script("explore.js"), script("explore.js").count("export default")
    (False, 1)
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        text = _read(name)
        for imported in IMPORT.findall(text):
            if imported not in parts:
                add(imported)
        parts[name] = IMPORT.sub("", text)

    add(name)
    *imported, own = parts.values()
    return "\n".join([*(EXPORT.sub("", text) for text in imported), own])


def in_range(name: str, value: int, low: int, high: int) -> int:
    """Give a setting as a plain int, or say which one is wrong and what it may be.

    Examples
    --------
    >>> in_range("stride", 9, 1, 8)
    Traceback (most recent call last):
    ValueError: stride must be at most 8, got 9
    """
    number = as_int(name, value, low)
    if number > high:
        raise ValueError(f"{name} must be at most {high}, got {value}")
    return number


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
