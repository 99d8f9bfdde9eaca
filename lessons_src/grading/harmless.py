"""Takes out of a student's work what would run in the browser of whoever reads it.

nbgrader's pages, the Formgrader's too, show text and outputs as they are. In the Formgrader, a script would
act with the teacher's rights.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat.notebooknode import NotebookNode

PICTURES = ("image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#|colon|Tab|NewLine)")
SCHEME = re.compile(r"(?i)(javascript|vbscript|data):(?=\S)")


def text(markdown: str) -> str:
    """Make tags and scripts in a text visible: a space after what opens them.

    >>> text("a < b, $x_{<n}$, <b>bold</b> and [click](javascript:alert(1))")
    'a < b, $x_{< n}$, < b>bold< /b> and [click](javascript :alert(1))'
    """
    return SCHEME.sub(r"\1 :", ENTITY.sub("& ", TAG.sub("< ", markdown)))


def pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep attached pictures, and nothing that only claims to be one."""
    if not isinstance(attachments, dict):
        return {}
    kept = {name: _pictures(data) for name, data in attachments.items() if isinstance(data, dict)}
    return {name: data for name, data in kept.items() if data}


def output(shown: NotebookNode) -> NotebookNode:
    """Keep an output's words and pictures; tables come as words as well, and a figure as its description."""
    if "data" in shown:
        words = {"text/plain": shown.data["text/plain"]} if "text/plain" in shown.data else {}
        shown.data, shown.metadata = NotebookNode(words | _pictures(shown.data)), NotebookNode()
    return shown


def _pictures(data: dict[str, Any]) -> dict[str, str]:
    return {
        kind: data[kind]
        for kind in PICTURES
        if isinstance(data.get(kind), str) and BASE64.fullmatch(data[kind])
    }
