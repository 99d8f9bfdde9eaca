"""The notebooks for the browser, run where PyTorch cannot be imported, and the cuts that they are made by."""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

from authoring import book, lite
from authoring.without_torch import NEEDS_TORCH, Piece, pieces
from cnnlab.browser import NEEDS_TORCH as SENTENCE

# What a browser's Python is: it has no PyTorch, and what the first cell installs is there.
BROWSER = """\
import sys

class Refuses:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuses())
get_ipython().register_magic_function(lambda line: print("pip", line), "line", "pip")
"""


def runs(source):
    """Which of a notebook's cells, or their parts, run in the browser."""
    return [[not piece.needs_torch for piece in cell] for cell in pieces(source)]


def test_a_cell_that_uses_what_an_import_of_torch_has_bound_needs_it():
    assert runs(["import torch", "x = 1", "y = torch.ones(x)"]) == [[False], [True], [False]]
    assert runs(["from torch import nn as n", "n.ReLU()"]) == [[False], [False]]
    assert runs(["import torch.nn", "torch.nn.ReLU()"]) == [[False], [False]]


def test_so_does_one_that_uses_what_only_such_a_cell_has_bound():
    later = ["x = y + 1", "def f():\n    return x", "print([f() for _ in range(3)])", "f = 3", "print(f)"]
    assert runs(["import torch", "y = torch.ones(3)", *later]) == [[False]] * 5 + [[True]] * 2


def test_a_name_of_a_function_of_its_own_is_another():
    assert runs(["import torch", "x = torch.ones(3)", "def f(x):\n    return x", "[x for x in 'ab']"]) == [
        [False], [False], [True], [True],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes", ["x[0] = torch.ones(1)", "x.append(torch.ones(1))", "x.y = torch.e", "x += torch.e"]
)
def test_what_such_a_cell_would_have_changed_is_not_as_it_should_be(changes):
    assert runs(["import torch", "x = []", changes, "print(x)"]) == [[False], [True], [False], [False]]


def test_one_name_of_a_module_may_need_it_where_others_do_not():
    cells = ["from cnnlab import count", "count.conv2d_params(1, 2, 3)", "count.layer_table(1, 2)"]
    assert runs(cells) == [[True], [True], [False]]


def test_imports_of_torch_are_taken_out_of_their_cell():
    (cut,) = pieces(
        ["import numpy as np\nimport torch\n\nfrom cnnlab import data, nets  # both\n\nprint(np.e)"]
    )
    assert cut == [
        Piece("import torch\nfrom cnnlab import nets", needs_torch=True),
        Piece("import numpy as np\nfrom cnnlab import data\n\nprint(np.e)", needs_torch=False),
    ]


def test_a_cell_is_cut_where_something_was_shown_before():
    shows, prepares = "print(1)\n# then\ntorch.ones(1)", "x = 1\ntorch.ones(x)"
    _, cut, whole = pieces(["import torch", shows, prepares])
    assert cut == [Piece("print(1)", needs_torch=False), Piece("# then\ntorch.ones(1)", needs_torch=True)]
    assert whole == [Piece(prepares, needs_torch=True)]


@pytest.mark.parametrize("lesson", lite.lessons())
def test_every_line_of_a_lesson_stands_in_its_notebook(lesson):
    cells = nbformat.reads(book.notebook(lesson).read_text(encoding="utf8"), as_version=4).cells[1:]
    whole = [cell.source for cell in cells if cell.cell_type == "code"]
    for source, cut in zip(whole, pieces(whole), strict=True):
        lines = "\n".join(piece.source for piece in cut)
        if len(cut) == 1:
            assert lines == source
        # An import of several names may have become two.
        assert sorted(map(ast.dump, _single(lines))) == sorted(map(ast.dump, _single(source)))


def _single(source):
    """The statements, an import for each imported name."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import):
            yield from (ast.Import([name]) for name in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield from (ast.ImportFrom(statement.module, [name], statement.level) for name in statement.names)
        else:
            yield statement


def test_what_needs_torch_is_there():
    for name in NEEDS_TORCH:
        module, _, attribute = name.rpartition(".")
        assert hasattr(__import__(module, fromlist=[attribute]), attribute) if module else __import__(name)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lite.lessons(), ids=lambda lesson: f"<{lesson.rpartition('/')[2]}>")
def test_a_notebook_runs_without_torch(lesson):
    notebook = lite.convert(lesson)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BROWSER))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    _, setup, *cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert setup.outputs[0].text == "pip install -q cnnlab\n"
    marked = [cell for cell in cells if cell.source.startswith(lite.MAGIC)]
    for cell in cells:
        said = "".join(output.get("text", "") for output in cell.outputs)
        assert (said == f"{SENTENCE}\n") == (cell in marked)
        assert cell.execution_count
    assert (len(cells) - len(marked), len(cells)) == lite.runs(lesson)


@pytest.mark.slow
def test_a_cell_that_needs_torch_and_is_not_marked_would_be_noticed():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"{BROWSER}\nimport cnnlab.nets")])
    with pytest.raises(Exception, match="No module named 'torch'"):
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
