"""Turn lessons (MyST Markdown) into notebooks that read well in plain Jupyter, on GitHub and in Colab.

``python -m authoring.notebooks`` writes ``book/notebooks``; with ``--check`` it writes nothing and
fails when a committed notebook is not what its lesson gives.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from authoring import book
from authoring.plain import LessonError, Plain

CODE_FENCE = "```"
Cell = Any  # nbformat has no types


def convert(page: str, root: Path = book.ROOT) -> str:
    """Return the notebook of a lesson as text, byte for byte the same on every run.

    Raises
    ------
    LessonError
        The lesson uses a construct that has no plain form.
    """
    unpaired = LessonError(f"{page}: solution-start and solution-end have to come in turn")
    cells = [_code(_install(root), ["setup"]), _markdown(_back_link(page, root))]
    solution: list[str] | None = None  # what has been gathered of the solution that we are in
    for cell in _plain_cells(page, root):
        if cell.source in {Plain.SOLUTION_START, Plain.SOLUTION_END}:
            if (cell.source == Plain.SOLUTION_START) != (solution is None):
                raise unpaired
            if solution is not None:
                cells.append(_markdown(_folded("Solution", solution)))
            solution = [] if solution is None else None
        elif solution is not None:
            solution.append(_fenced(cell.source) if cell.cell_type == "code" else cell.source)
        else:
            cells.append(cell)
    if solution is not None:
        raise unpaired
    return _write(cells)


def _plain_cells(page: str, root: Path) -> Iterator[Cell]:
    plain = Plain(page, root)
    text = book.source(page, root).read_text(encoding="utf8")
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        if cell.cell_type == "code":
            yield _code(cell.source, cell.metadata.get("tags", []))
        else:
            yield from map(_markdown, plain.pieces(cell.source))


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
    return f"{CODE_FENCE}python\n{code}\n{CODE_FENCE}"


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


def _write(cells: list[Cell]) -> str:
    seen: dict[str, int] = {}
    for cell in cells:
        content = f"{cell.cell_type}\n{cell.source}"
        seen[content] = seen.get(content, 0) + 1
        # Two equal cells need two ids: the second one counts itself.
        cell["id"] = hashlib.sha256(f"{seen[content]}\n{content}".encode()).hexdigest()[:12]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook, indent=1)}\n"


def stale(root: Path = book.ROOT) -> dict[Path, str | None]:
    """Find the notebooks that are not what the lessons give.

    Returns
    -------
    dict
        The text that each of these files should have, or None where there should be no file.
    """
    wanted = {book.notebook(page, root): convert(page, root) for page in book.lessons(root)}
    present = {
        path: path.read_text(encoding="utf8") for path in (root / "book" / "notebooks").glob("*.ipynb")
    }
    differing: dict[Path, str | None] = {p: text for p, text in wanted.items() if present.get(p) != text}
    return differing | dict.fromkeys(present.keys() - wanted.keys())


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
    for path, text in sorted(differing.items()):
        name = path.relative_to(root)
        if check:
            print(f"stale: {name}")
        elif text is None:
            path.unlink()
            print(f"removed: {name}")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf8", newline="\n")
            print(f"written: {name}")
    if check and differing:
        print("Run `make notebooks` and commit what it writes.")
        return 1
    print(f"{len(book.lessons(root))} notebooks are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
