"""Turn lessons (MyST Markdown) into notebooks that read well in plain Jupyter, on GitHub and in Colab.

``python -m authoring.notebooks`` writes ``book/notebooks``; with ``--check`` it writes nothing and
fails when a committed notebook is not what its lesson gives.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from authoring import book, plain_gate
from authoring.plain import LessonError, Plain

Cell = Any  # nbformat has no types


def convert(page: str, root: Path = book.ROOT) -> str:
    """Return the notebook of a lesson as text, byte for byte the same on every run.

    Raises
    ------
    LessonError
        The lesson uses a construct that has no plain form.
    """
    text = book.source(page, root).read_text(encoding="utf8")
    cells = [setup_cell(root), _markdown(_back_link(page, root))]
    for line, cell in _with_solutions(page, _plain_cells(page, text, root)):
        cells.append(cell)
        for piece, message in plain_gate.faults(cell.source, root) if cell.cell_type == "markdown" else ():
            found = text.find(piece.partition("\n")[0], _start_of(line, text))
            at = text.count("\n", 0, found) + 1 if found >= 0 else line
            raise LessonError(page, at, f"{piece}: {message}")
    return f"{nbformat.writes(whole(cells), indent=1)}\n"


def setup_cell(root: Path = book.ROOT) -> Cell:
    """Make the first cell of a notebook: it installs the package where it is missing."""
    return _code(_install(root), ["setup"])


def _start_of(line: int, text: str) -> int:
    return len("".join(text.splitlines(keepends=True)[: line - 1]))


def _with_solutions(page: str, cells: Iterator[tuple[int, Cell]]) -> Iterator[tuple[int, Cell]]:
    """Fold what lies between the start and the end of a solution into one cell."""
    unpaired = "solution-start and solution-end have to come in turn"
    solution: list[str] | None = None  # what has been gathered of the solution that we are in
    start = 1
    for line, cell in cells:
        if cell.source in {Plain.SOLUTION_START, Plain.SOLUTION_END}:
            if (cell.source == Plain.SOLUTION_START) != (solution is None):
                raise LessonError(page, line, unpaired)
            if solution is not None:
                yield start, _markdown(_folded("Solution", solution))
            solution, start = [] if solution is None else None, line
        elif solution is not None:
            solution.append(_fenced(cell.source) if cell.cell_type == "code" else cell.source)
        else:
            yield line, cell
    if solution is not None:
        raise LessonError(page, start, unpaired)


def _plain_cells(page: str, text: str, root: Path) -> Iterator[tuple[int, Cell]]:
    """Make the cells of a lesson, each with the line where the lesson's text of it starts."""
    plain = Plain(page, root)
    start = 0
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        start = max(start, text.find(cell.source, start))
        before = text.count("\n", 0, start)
        if cell.cell_type == "code":
            yield before + 1, _code(cell.source, cell.metadata.get("tags", []))
        else:
            yield from ((before + 1, _markdown(piece)) for piece in plain.pieces(cell.source, before))
        start += len(cell.source)


def _install(root: Path) -> str:
    return (
        "# Installs the course's package where it is missing, as in a fresh Colab.\n"
        "try:\n"
        "    import cnnlab\n"
        "except ModuleNotFoundError:\n"
        f'    %pip install --quiet "cnnlab @ git+{book.repository_url(root)}"'
    )


def _back_link(page: str, root: Path) -> str:
    title = book.config(root)["title"]
    return (
        f"*This notebook belongs to the course [{title}]({book.page_url('book/index', root)}). "
        f"[Its page]({book.page_url(page, root)}) has the same text with every result and slider in place.*"
    )


def _fenced(code: str) -> str:
    longest = max(map(len, re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code}\n{fence}"


def _folded(summary: str, pieces: list[str]) -> str:
    # The empty lines make Markdown work inside the HTML element.
    return "\n\n".join([f"<details><summary>{summary}</summary>", *pieces, "</details>"])


def _markdown(source: str) -> Cell:
    return nbformat.v4.new_markdown_cell(source)


def _code(source: str, tags: list[str]) -> Cell:
    metadata: dict[str, object] = {"tags": tags} if tags else {}
    if {"hide-input", "remove-input", "setup"} & set(tags):
        # Jupyter's and Colab's words for the same.
        metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def whole(cells: list[Cell]) -> Any:
    """Make a notebook of cells, and name each of them: by its grade id if it has one, else by its content."""
    seen: dict[str, int] = {}
    for cell in cells:
        content = f"{cell.cell_type}\n{cell.source}"
        seen[content] = seen.get(content, 0) + 1
        # Two equal cells need two ids: the second one counts itself.
        digest = hashlib.sha256(f"{seen[content]}\n{content}".encode()).hexdigest()[:12]
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def stale(root: Path = book.ROOT) -> dict[Path, str]:
    """Find the notebooks that are not what the lessons give, with the text that each should have."""
    wanted = {book.notebook(page, root): convert(page, root) for page in book.lessons(root)}
    return {p: text for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf8") != text}


def strangers(root: Path = book.ROOT) -> list[Path]:
    """Find the notebooks that no lesson makes. They may be somebody's work, so nothing deletes them."""
    made = {book.notebook(page, root) for page in book.lessons(root)}
    return sorted(set((root / "book" / "notebooks").glob("*.ipynb")) - made)


def main(arguments: list[str] | None = None, root: Path = book.ROOT) -> int:
    """Write the notebooks, or with ``--check`` only say which ones are stale."""
    parser = argparse.ArgumentParser(prog="python -m authoring.notebooks", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a notebook is stale")
    check = parser.parse_args(arguments).check
    try:
        differing = stale(root)
    except LessonError as error:
        print(error)
        return 1
    return report("notebooks", len(book.lessons(root)), differing, strangers(root), check, root)


def report(
    kind: str, number: int, differing: dict[Path, str], unknown: list[Path], check: bool, root: Path
) -> int:
    """Write what differs, or with `check` only name it; say what nobody makes. Returns the exit code."""
    for path, text in sorted(differing.items()):
        name = path.relative_to(root)
        if check:
            print(f"stale: {name}")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf8", newline="\n")
            print(f"written: {name}")
    if check and differing:
        print(f"Run `make {kind}` and commit what it writes.")
    for path in unknown:
        name = path.relative_to(root)
        print(f"nothing makes {name}: if it is yours, move it to my-notebooks; otherwise delete it")
    if unknown or (check and differing):
        return 1
    print(f"{number} {kind} are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
