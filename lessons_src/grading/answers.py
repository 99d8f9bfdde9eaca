"""Finds the answers in a notebook that came back, and copies them onto a fresh one."""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading import harmless

MOST_TEXT = 2_000_000  # characters in all cells; people write some thousand
MOST_CELLS = 2_000
MOST_PICTURES = 5_000_000  # characters of the pictures in one hand-graded answer


# Ways from an answer to the tests, or out of the notebook. An honest answer hardly needs them.
REACHES = re.compile(
    r"get_ipython|ipykernel|\w+_transformers|\bctypes\b|\bgc\.\w+|\b_?getframe|_current_frames|\bzmq\b"
    r"|\b(?:__)?builtins(?:__)?\b|CNNLAB_SECRET_SEED|\bInteractiveShell|\b__main__\b|\b_ih\b|\bsettrace\b"
    r"|\bsetprofile\b|\baddaudithook\b|\bf_back\b|\bf_globals\b|\b__globals__\b|\b__subclasses__\b|\bsys\.modules\b"
)

SEED = re.compile(r"""\bdraw\("(class (?:[^"\\]|\\.)*)\"""")  # of a class's own numbers


class Unreadable(Exception):  # noqa: N818
    """The file is no notebook, or none that a person wrote; the message says why."""


@dataclass(frozen=True)
class Cell:
    """What matters of a cell that came back."""

    kind: str
    source: str
    grade_id: str
    ids: tuple[str, ...]
    attachments: dict[str, Any]


@dataclass
class Filled:
    """A fresh notebook with a student's answers, and what was odd about them."""

    notebook: NotebookNode
    answered: int = 0  # answers that are not as they were given out
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # a person should look


def read(data: bytes) -> list[Cell]:
    """Read a notebook's cells, trusting nothing in it; outputs are left behind.

    Raises
    ------
    Unreadable
        With the reason, in words for a teacher.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    try:
        content = json.loads(data)
        cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
        found = [_cell(each) for each in cells]
    except (ValueError, RecursionError) as error:
        reason = (
            "it is cut off or damaged" if isinstance(error, json.JSONDecodeError) else type(error).__name__
        )
        raise Unreadable(f"the file is no valid JSON ({reason})") from error
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unreadable("the file is JSON, but no notebook") from error
    except MemoryError as error:
        raise Unreadable("the file needs more memory than a notebook may") from error
    if len(found) > MOST_CELLS:
        raise Unreadable(f"it has more than {MOST_CELLS:,} cells")
    if sum(len(each.source) for each in found) > MOST_TEXT:
        raise Unreadable(f"its cells hold more than {MOST_TEXT:,} characters of text")
    return found


def _cell(raw: dict[str, Any]) -> Cell:
    text = raw.get("source", raw.get("input", ""))
    source = text if isinstance(text, str) else "".join(text)
    metadata = raw.get("metadata") or {}
    grade_id = (metadata.get("nbgrader") or {}).get("grade_id")
    ids = (raw.get("id"), metadata.get("id"))  # Colab keeps its own in the metadata
    pictures = harmless.pictures(raw.get("attachments"))
    return Cell(
        kind=str(raw["cell_type"]),
        # Half of a character cannot be written to a file.
        source=source.encode("utf8", "replace").decode("utf8").replace("\r\n", "\n"),
        grade_id=grade_id if isinstance(grade_id, str) else "",
        ids=tuple(each for each in ids if isinstance(each, str)),
        attachments=pictures if len(json.dumps(pictures)) < MOST_PICTURES else {},
    )


def fill(release: NotebookNode, cells: list[Cell]) -> Filled:
    """Copy a student's answers, and the cells they added, onto a copy of the release.

    Everything else, tests first of all, stays as it was given out.
    """
    filled = Filled(copy.deepcopy(release))
    fresh = filled.notebook.cells
    places = _places(fresh, cells)
    chosen = _chosen(fresh, cells, places, filled)
    for index, cell in enumerate(fresh):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name and not _is_answer(cell):
            _compare(cell, [cells[j] for j, place in places.items() if place == index], filled)
    theirs = (each for j, each in enumerate(cells) if j not in places or _is_answer(fresh[places[j]]))
    given = {word for cell in fresh for word in REACHES.findall(cell.source)}
    words = {word for each in theirs for word in REACHES.findall(each.source)} - given
    if words:
        filled.doubts.append(f"an honest answer hardly needs {', '.join(sorted(words))}")
    ours = {seed for cell in fresh for seed in SEED.findall(cell.source)}
    others = {seed for each in cells for seed in SEED.findall(each.source)} - ours
    if ours and others:
        named, wanted = (", ".join(sorted(seeds)) for seeds in (others, ours))
        filled.doubts.append(f"answers to other numbers: those of {named}, not of {wanted}")
    added: dict[int, list[NotebookNode]] = defaultdict(list)
    last = -1
    for j, each in enumerate(cells):
        if j in places:
            last = places[j]
        elif each.source.strip():
            added[last].append(_added(each, sum(map(len, added.values()))))
    if added:
        filled.notes.append(f"kept {sum(map(len, added.values()))} cells that the student added")
    for index, j in chosen.items():
        if cells[j].source.strip() != fresh[index].source.strip():
            filled.answered += 1
        markdown = fresh[index].cell_type == "markdown"
        fresh[index].source = harmless.text(cells[j].source) if markdown else cells[j].source
        if cells[j].attachments and markdown:
            fresh[index].attachments = NotebookNode(cells[j].attachments)
    filled.notebook.cells = [
        *added[-1],
        *(each for i, cell in enumerate(fresh) for each in (cell, *added[i])),
    ]
    return filled


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def stranger(cells: list[Cell], assignment: str, releases: Mapping[str, NotebookNode]) -> str:
    """Say why a notebook is not of this assignment, or nothing; assignments have some cells in common."""
    known = {name: len(set(_known(release.cells, cells).values())) for name, release in releases.items()}
    most = max(known.values())
    if not most:
        return "none of this assignment's cells are in it"
    if known[assignment] < most:
        return f"it looks like {max(known, key=lambda name: known[name])}"
    labels = _names(releases[assignment].cells)
    if sum(bool(each.grade_id) and each.grade_id not in labels for each in cells) > most:
        return "most of its cells are another assignment's"
    return ""


def _names(fresh: list[NotebookNode]) -> dict[str, int]:
    found = ((cell.metadata.get("nbgrader", {}).get("grade_id"), i) for i, cell in enumerate(fresh))
    return {name: i for name, i in found if name}


def _known(fresh: list[NotebookNode], cells: list[Cell]) -> dict[int, int]:
    """Tell which cell of the release a student's is, where name, id or text say so."""
    names = _names(fresh)
    ids = {cell.get("id"): i for i, cell in enumerate(fresh)}
    texts = {cell.source.strip(): i for i, cell in enumerate(fresh)}
    places: dict[int, int] = {}
    for j, each in enumerate(cells):
        by_id = (ids[word] for word in each.ids if word in ids)
        place = names.get(each.grade_id, next(by_id, texts.get(each.source.strip() or "\0")))
        if place is not None:
            places[j] = place
    return places


def _places(fresh: list[NotebookNode], cells: list[Cell]) -> dict[int, int]:
    """Tell which cell of the release each of a student's is: by name, by id, by text, by neighbours."""
    places = _known(fresh, cells)
    free = [j for j, each in enumerate(cells) if j not in places and not each.grade_id]
    for i, cell in enumerate(fresh):
        if _is_answer(cell) and i not in places.values():
            before = max((j for j, place in places.items() if place < i), default=-1)
            after = min((j for j, place in places.items() if place > i and j > before), default=len(cells))
            between = [
                j for j in free if before < j < after and j not in places and cells[j].kind == cell.cell_type
            ]
            if between:
                places[max(between, key=lambda j: _likeness(cell.source, cells[j].source))] = i
    return places


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:1000], other[:1000]).ratio()


def _chosen(
    fresh: list[NotebookNode], cells: list[Cell], places: dict[int, int], filled: Filled
) -> dict[int, int]:
    """Choose one cell for every answer: of copies the last that differs from what was given out."""
    chosen: dict[int, int] = {}
    unlabelled: list[str] = []
    for i, cell in enumerate(fresh):
        if not _is_answer(cell):
            continue
        name = cell.metadata.nbgrader.grade_id
        copies = [j for j, place in places.items() if place == i]
        edited = [j for j in copies if cells[j].source.strip() != cell.source.strip()]
        if not copies:
            filled.doubts.append(f"the answer {name} is missing")
            continue
        chosen[i] = max(edited or copies)
        if not cells[chosen[i]].grade_id:
            unlabelled.append(name)
        if len({cells[j].source.strip() for j in edited}) > 1:
            filled.doubts.append(f"the answer {name} stands there {len(edited)} times; the last one counts")
        elif len(copies) > 1:
            filled.notes.append(f"the answer {name} was copied; the edited one counts")
    if unlabelled:
        filled.doubts.append(f"recognised by place or text, as the label was lost: {', '.join(unlabelled)}")
    return chosen


def _compare(cell: NotebookNode, came_back: list[Cell], filled: Filled) -> None:
    name = cell.metadata.nbgrader.grade_id
    if not came_back:
        filled.notes.append(f"the cell {name} was deleted; it is back")
    elif all(each.source.strip() != cell.source.strip() for each in came_back):
        filled.notes.append(f"the cell {name} was edited; it is as it was given out")


def _added(cell: Cell, number: int) -> NotebookNode:
    text = cell.source if cell.kind == "code" else harmless.text(cell.source)
    make: Callable[..., NotebookNode] = new_code_cell if cell.kind == "code" else new_markdown_cell
    return make(text, id=f"added-{number}")
