"""Makes a small assignment, and the class of submissions that `class.yml` describes."""

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "counting"
CLASS = yaml.safe_load(Path(__file__).with_name("class.yml").read_text(encoding="utf8"))

PARAMS = '''def conv_params(in_channels, out_channels, kernel_size):
    """Count the parameters of a convolution with biases."""
    ### BEGIN SOLUTION
    return out_channels * (in_channels * kernel_size**2 + 1)
    ### END SOLUTION
'''
PARAMS_TESTS = """assert conv_params(1, 1, 1) == 2
### BEGIN HIDDEN TESTS
import os, random
draw = random.Random(os.environ["CNNLAB_SECRET_SEED"])
for _ in range(5):
    n, k, f = draw.randint(2, 64), draw.randint(2, 64), draw.choice((3, 5, 7))
    told, weights = conv_params(n, k, f), n * k * f**2
    assert type(told) is int, "the count is no whole number"
    assert told != 2 * weights, "your count has one bias per connection"
    assert told != weights, "your count has no biases"
    assert told == weights + k, "your count is not the number of weights and biases"
### END HIDDEN TESTS"""
SIZE = """# How wide is the output, 28 wide before a 5 × 5 kernel without padding?
size = ...
### BEGIN SOLUTION
size = 24
### END SOLUTION"""
SIZE_TESTS = """assert size is not ..., "give size a value"
### BEGIN HIDDEN TESTS
assert type(size) is int, "the size is no whole number"
assert size != 28, "without padding the output shrinks"
assert size == 28 - 5 + 1, "that is not the width of the output"
### END HIDDEN TESTS"""
RELU = '''def relu(x):
    """Set what is negative to zero."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION
'''
RELU_TESTS = """assert relu(np.array([-1.0, 2.0])).shape == (2,)
### BEGIN HIDDEN TESTS
x = np.array([-1.5, 0.0, 2.5])
assert not np.allclose(relu(x), np.abs(x)), "that is the absolute value"
assert np.allclose(relu(x), [0.0, 0.0, 2.5]), "what is negative has to become zero"
### END HIDDEN TESTS"""
POINTS = {"params": 3, "size": 2, "relu": 2, "why": 3}
SECRET_LINES = [  # of the hidden tests: no student may ever see them
    line.strip()
    for tests in (PARAMS_TESTS, SIZE_TESTS, RELU_TESTS)
    for line in tests.split("BEGIN HIDDEN TESTS")[1].splitlines()
    if len(line.strip()) > 30
]


def source() -> Any:
    """The teacher's notebook."""
    cells = [new_markdown_cell("# Counting"), _cell("setup", "import numpy as np")]
    for name, answer, tests in (
        ("params", PARAMS, PARAMS_TESTS),
        ("size", SIZE, SIZE_TESTS),
        ("relu", RELU, RELU_TESTS),
    ):
        cells += [_cell(name, answer, solution=True), _cell(f"{name}-tests", tests, grade=True)]
    why = (
        "Why does a convolution need fewer weights?\n\n### BEGIN SOLUTION\nShared weights.\n### END SOLUTION"
    )
    cells.append(_cell("why", why, solution=True, grade=True, kind="markdown"))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(name: str, text: str, *, solution: bool = False, grade: bool = False, kind: str = "code") -> Any:
    marks: dict[str, Any] = {"grade_id": name, "grade": grade, "solution": solution, "locked": not solution}
    marks |= {"schema_version": 3, "task": False, "cell_type": kind}
    if grade:
        marks["points"] = POINTS[name.removesuffix("-tests")]
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(text, id=name, metadata={"nbgrader": marks})


def course(root: Path) -> Path:
    """A course folder with the one assignment."""
    target = root / "source" / NAME / f"{NAME}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(source(), target)
    return root


RIGHT = {
    "params": "def conv_params(n, k, f):\n    return k * (n * f * f + 1)",
    "size": "size = 24",
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "why": "Because every place shares the same weights.",
}


def answered(release: Any, answers: dict[str, str]) -> Any:
    """A release in which a student has written; answers that are not given are right."""
    notebook = nbformat.from_dict(json.loads(nbformat.writes(release)))
    for cell in notebook.cells:
        if cell.get("id") in RIGHT:
            cell.source = (RIGHT | answers)[cell.id]
    return notebook


def handed_in(release: Any, row: dict[str, Any], facts: dict[str, str]) -> bytes:
    """One student's file. What they do to it besides answering has a name in `class.yml`."""
    answers = {name: _told(text, facts) for name, text in row.get("answers", {}).items()}
    notebook = answered(release, answers)
    cells = notebook.cells
    by_name = {cell.get("id"): i for i, cell in enumerate(cells)}
    match row.get("file"):
        case "tests deleted":
            cells[by_name["size-tests"]].source = "assert True"
            del cells[by_name["params-tests"]]
        case "cell copied":
            cells.insert(0, nbformat.from_dict(release.cells[by_name["params"]]))
        case "helper added":
            cells.insert(by_name["params"], new_code_cell("def area(f):\n    return f * f"))
        case "no metadata":
            for cell in cells:
                cell.metadata.clear()
                cell.pop("id", None)
        case "cut off":
            return nbformat.writes(notebook).encode()[:-200]
        case "empty":
            return b""
        case "large":
            printed = random.Random(0).randbytes(15_000_000).hex()  # noqa: S311 — any bytes do
            cells[by_name["size"]].outputs = [nbformat.v4.new_output("stream", text=printed)]
    return json.dumps(notebook).encode()


def _told(text: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"<{name}>", value)
    return text


def download(release: Any, facts: dict[str, str], rows: list[dict[str, Any]] = CLASS) -> bytes:
    """A zip as Canvas makes it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(rows, 1001):
            name = row.get("named", f"{row['student']}_{number}_{number + 4000}_{NAME}.ipynb")
            archive.writestr(name, handed_in(release, row, facts))
    return content.getvalue()


def student(row: dict[str, Any], rows: list[dict[str, Any]] = CLASS) -> str:
    """The name under which one of `rows` is graded."""
    return str(row["student"]) if "named" in row else f"{row['student']}_{1001 + rows.index(row)}"
