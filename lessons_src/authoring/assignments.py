"""Turn assignment masters (MyST Markdown) into nbgrader's notebooks: with solutions, and for students.

``python -m authoring.assignments`` writes ``book/assignments``; with ``--check`` it writes nothing and fails
when a committed release is not what its master gives. With ``--course`` it writes a course folder for
nbgrader: the notebooks with solutions and hidden tests, and beside them what students get.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests, ClearSolutions, ComputeChecksums

from authoring import book, notebooks
from authoring.assignment_list import masters
from authoring.plain import LessonError, Plain

PART = re.compile(r"^% (?P<name>\w+)\n", re.MULTILINE)
LIST = "book/teaching/assignments"  # the page that offers them
CLASS = "class 0"  # the seed in the masters, from which a class draws its numbers


def source(path: Path, root: Path = book.ROOT, class_seed: str = "0") -> Any:
    """Make the notebook that nbgrader calls the source: with solutions and hidden tests.

    Raises
    ------
    LessonError
        The text uses a construct that has no plain form.
    """
    text = PART.sub(lambda found: _part(path, found["name"]), path.read_text(encoding="utf8"))
    text = text.replace(f'"{CLASS}"', json.dumps(f"class {class_seed}", ensure_ascii=False))
    cells = [notebooks.setup_cell(root), *_cells(path, text, root)]
    return notebooks.whole(cells)


def _part(path: Path, name: str) -> str:
    """Read what several masters have in common; a comment such as `% opening` stands for it."""
    return (path.parent / "parts" / f"{name}.md").read_text(encoding="utf8")


def _cells(path: Path, text: str, root: Path) -> Iterator[Any]:
    plain = Plain(LIST, root)
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        marks = _marks(cell)
        if cell.cell_type == "markdown" and not marks:
            try:
                yield nbformat.v4.new_markdown_cell(plain.text(cell.source))
            except LessonError as error:
                # The text is read as if it stood in the list: say where it stands.
                raise LessonError(path.stem, 1, str(error).partition(": ")[2]) from error
        else:
            cell.metadata = {"nbgrader": marks} if marks else {}
            yield cell


def _marks(cell: Any) -> dict[str, Any]:
    """Complete nbgrader's metadata: a master names what is special about a cell."""
    given = cell.metadata.get("nbgrader")
    if not given:
        return {}
    usual = {"schema_version": 3, "cell_type": cell.cell_type, "grade": False, "task": False}
    solution = given.get("solution", False)
    return {**usual, "solution": solution, "locked": not solution, **given}


def release(notebook: Any) -> Any:
    """Make of a source what students get: no solutions, no hidden tests, locked tests."""
    # nbgrader's own steps, in its order; those that need a gradebook are left to the teacher's machine.
    for step in (ClearSolutions, ComputeChecksums, CheckCellMetadata, ClearHiddenTests, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    for cell in notebook.cells:
        cell.source = cell.source.rstrip("\n")
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.metadata |= {"editable": False, "deletable": False}
    return notebook


def text(notebook: Any) -> str:
    """Write a notebook, byte for byte the same on every run."""
    return f"{nbformat.writes(notebook, indent=1)}\n"


def stale(root: Path = book.ROOT) -> dict[Path, str]:
    """Find the releases that are not what the masters give, with the text that each should have."""
    wanted = {book.assignment(path.stem, root): text(release(source(path, root))) for path in masters(root)}
    return {p: new for p, new in wanted.items() if not p.exists() or p.read_text(encoding="utf8") != new}


def strangers(root: Path = book.ROOT) -> list[Path]:
    """Find the notebooks that no master makes."""
    made = {book.assignment(path.stem, root) for path in masters(root)}
    return sorted(set((root / "book" / "assignments").glob("*.ipynb")) - made)


class OtherSeedError(ValueError):
    """A course folder has the numbers of another class, which its students may have answered."""


def write_course(folder: Path, class_seed: str | None, root: Path = book.ROOT, *, force: bool = False) -> str:
    """Write nbgrader's course folder: `source/NAME/NAME.ipynb` and `release/NAME/NAME.ipynb`.

    Parameters
    ----------
    folder
        Where; the class's seed is kept there too, in `class_seed`.
    class_seed
        Of the class's own numbers; None for the one that is kept, or "0".
    force
        Write the notebooks of another seed than the one that is kept.

    Returns
    -------
    str
        The class's seed.

    Raises
    ------
    OtherSeedError
        Another seed is kept.
    """
    kept = folder / "class_seed"
    before = kept.read_text(encoding="utf8").removesuffix("\n") if kept.exists() else None
    seed = class_seed if class_seed is not None else before or "0"
    if before not in {None, seed} and not force:
        raise OtherSeedError(
            f"Nothing was written. {folder} has the numbers of --class-seed {before!r}. "
            f"With those of {seed!r}, right answers to notebooks that are given out would lose points. "
            "If none is given out yet: --force"
        )
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_text(f"{seed}\n", encoding="utf8")
    for path in masters(root):
        for kind in ("source", "release"):
            notebook = source(path, root, seed)
            target = folder / kind / path.stem / f"{path.stem}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text(release(notebook) if kind == "release" else notebook), encoding="utf8")
    return seed


def main(arguments: list[str] | None = None, root: Path = book.ROOT) -> int:
    """Write the student notebooks, or with ``--check`` only say which are stale."""
    parser = argparse.ArgumentParser(prog="python -m authoring.assignments", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a release is stale")
    parser.add_argument("--course", type=Path, metavar="FOLDER", help="write a course folder for nbgrader")
    parser.add_argument(
        "--class-seed",
        metavar="TEXT",
        help="for --course: your class and its own numbers; the folder remembers it",
    )
    parser.add_argument("--force", action="store_true", help="change the class seed of a course folder")
    options = parser.parse_args(arguments)
    try:
        if options.course:
            seed = write_course(options.course, options.class_seed, root, force=options.force)
            print(f"{len(masters(root))} assignments are in {options.course}, with the numbers of {seed!r}.")
            print("Give out what is in release; keep source to yourself.")
            return 0
        differing = stale(root)
    except (LessonError, OtherSeedError) as error:
        print(error)
        return 1
    return notebooks.report(
        "assignments", len(masters(root)), differing, strangers(root), options.check, root
    )


if __name__ == "__main__":
    sys.exit(main())
