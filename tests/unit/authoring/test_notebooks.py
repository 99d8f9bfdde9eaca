"""Lessons to notebooks: whole, without outputs, the same bytes on every run, and never stale unnoticed."""

import builtins
import json
import re

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from authoring import notebooks
from authoring.plain import LessonError

PAGE = "book/layers/second"
UNPAIRED = "solution-start and solution-end have to come in turn"

LESSON = '''
(second)=
# The second lesson

It takes {run-time}`a minute`. “Quotes”, ‘more’, \\\\ and 3 × 3 → π.

```{code-cell} python
:tags: [hide-input]
text = """two "kinds" of 'quotes' \\n and π"""
```

```{code-cell} python
assert len("π") == 1
```

Between two equal cells.

```{code-cell} python
assert len("π") == 1
```

:::{exercise} Try
:label: second-try
Try it.
:::

```{code-cell} python
answer = ...
```

:::{solution-start} second-try
:class: dropdown
:::

First {ref}`read <second>`.

```{code-cell} python
answer = 3
```

Done.

:::{solution-end}
:::

The end.
'''


@pytest.fixture
def convert(small_book):
    """Convert the second lesson, after giving it a text."""

    def convert_(text=LESSON):
        small_book.lesson(text)
        return nbformat.reads(notebooks.convert(PAGE, small_book.root), as_version=4)

    return convert_


def ids(notebook):
    return {cell.id for cell in notebook.cells}


def test_cells_in_their_order(convert):
    cells = convert().cells
    kinds = "".join(cell.cell_type[0] for cell in cells)
    assert kinds == "cmmccmcmcmm"  # what we add; the text; exercise, its cell, solution and end
    assert cells[2].source.startswith(
        "# The second lesson\n\nIt takes a minute. “Quotes”, ‘more’, \\\\ and 3 × 3 → π."
    )
    assert cells[3].source == 'text = """two "kinds" of \'quotes\' \\n and π"""'
    assert cells[7].source == "> **Exercise 2 — Try**\n>\n> Try it."
    assert cells[10].source == "The end."


def test_a_solution_folds_with_its_code(convert):
    solution = convert().cells[9].source
    assert solution == (
        "<details><summary>Solution</summary>\n\n"
        "First [read](https://someone.example/small-book/book/layers/second.html#second).\n\n"
        "```python\nanswer = 3\n```\n\nDone.\n\n</details>"
    )


def test_a_valid_notebook_without_outputs(convert):
    notebook = convert()
    nbformat.validate(notebook)
    assert all(not c.outputs and c.execution_count is None for c in notebook.cells if c.cell_type == "code")
    assert notebook.metadata.kernelspec.name == "python3"


def test_tags_stay_and_hidden_input_is_hidden_everywhere(convert):
    setup, hidden, plain = (convert().cells[number] for number in (0, 3, 4))
    hide = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    assert setup.metadata == {"tags": ["setup"], **hide}
    assert hidden.metadata == {"tags": ["hide-input"], **hide}
    assert plain.metadata == {}


def test_two_runs_give_the_same_bytes(small_book):
    small_book.lesson(LESSON)
    first = notebooks.convert(PAGE, small_book.root)
    assert notebooks.convert(PAGE, small_book.root) == first
    assert first.endswith("}\n")
    assert "π" in first  # readable in a review, not \u03c0
    json.loads(first)


def test_equal_cells_have_different_ids(convert):
    cells = convert().cells
    assert cells[4].source == cells[6].source
    assert len(ids(convert())) == len(cells)


@pytest.mark.parametrize("change", [("The end.", "The very end."), ("answer = ...", "answer = None")])
def test_a_change_in_one_cell_changes_its_id_alone(convert, change):
    before, after = ids(convert()), ids(convert(LESSON.replace(*change)))
    assert len(before - after) == len(after - before) == 1


def test_back_links_lead_to_the_course_and_to_the_page(convert):
    text = convert().cells[1].source
    assert "[A small book](https://someone.example/small-book/book/index.html)" in text
    assert "[Its page](https://someone.example/small-book/book/layers/second.html)" in text


@pytest.fixture
def first_cell(convert, monkeypatch):
    """Run the first cell with or without cnnlab at hand; return what it asked of IPython."""
    code = TransformerManager().transform_cell(convert().cells[0].source)

    def run(present):
        real, asked = builtins.__import__, []

        class Shell:
            def run_line_magic(self, name, line):
                asked.append((name, line))

        def import_(name, *arguments):
            if name == "cnnlab" and not present:
                raise ModuleNotFoundError(name)
            return real(name, *arguments)

        monkeypatch.setattr(builtins, "__import__", import_)
        exec(code, {"get_ipython": Shell})  # noqa: S102 — the cell is what is tested
        return asked

    return run


def test_the_first_cell_leaves_an_installed_package_alone(first_cell):
    assert first_cell(present=True) == []


def test_the_first_cell_installs_from_the_repository_of_the_settings(first_cell):
    address = "git+https://github.com/someone/small-book"
    assert first_cell(present=False) == [("pip", f'install --quiet "cnnlab @ {address}"')]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LESSON.replace(":::{solution-end}\n:::", ""), UNPAIRED),
        ("# T\n\n:::{solution-end}\n:::\n", UNPAIRED),
        (
            LESSON.replace("First {ref}", ":::{solution-start} x\n:::\n\n{ref}"),
            UNPAIRED,
        ),
        (
            "# T\n\n:::{note}\nA\n\n```{code-cell} python\n1\n```\n:::\n",
            "no cell can stand inside a directive",
        ),
        ("# T\n\n```{figure} x\n```\n", "directive {figure} has no plain form"),
    ],
)
def test_what_cannot_be_converted_is_named(convert, text, message):
    with pytest.raises(LessonError, match=message) as error:
        convert(text)
    assert re.match(rf"{PAGE}\.md:\d+: ", str(error.value))


GATE = {
    "role in double backticks": ("{ref}``second``", "{ref}``second``: a role takes one pair of `"),
    "code in a role": ("{ref}`` `x` <second> ``", "{ref}`` `: a role takes one pair of `"),
    "role in a link": ("[{ref}`second`](https://x.y)", "{ref}`second`: a role takes one pair of `"),
    "role in a formula": ("$5 {ref}`second` and $6", "5 {ref}`second` and : a role inside a formula"),
    "link with a title": ('[a](first.md "T")', "first.md: a link that is dead in a notebook"),
    "link by a name": ("[a][r]\n\n[r]: first.md", "first.md: a link that is dead in a notebook"),
    "brackets in a link": ("[a [b] c](first.md)", "first.md: a link that is dead in a notebook"),
    "brackets in code in a link": ("[`x[0]`](first.md)", "first.md: a link that is dead in a notebook"),
    "address of MyST": ("<project:first.md>", "project:first.md: a link that is dead in a notebook"),
    "link of MyST": ("[](path:first.md)", "path:first.md: a link that is dead in a notebook"),
    "class of a link": ("[a](https://x.y){.cls}", "{.cls}: this stays raw"),
    "class of a paragraph": ("{.cls}\nText.", "{.cls}: this stays raw"),
    "substitution": ("{{ x }}", "{{ x }}: this stays raw"),
    "label beside text": ("(x)= text", "(x)= text: this stays raw"),
    "footnote": ("Text[^1]\n\n[^1]: Note.", "Text[^1]: footnote_ref has no plain form in a notebook"),
    "definition": ("Term\n: Words.", "Term: dl has no plain form in a notebook"),
    "image by a name": ("![a][r]\n\n[r]: a.png", "an image file, which does not travel"),
    "image in HTML": ('<img src="a.png">', "<img: HTML with src=; write Markdown, or a cell"),
    "image of an address": ('Text <img src="https://x.y/a.png">.', "<img: HTML with src="),
    "style in HTML": ('<p style="color: red">Text</p>', "<p: HTML with style="),
    "link in HTML": ('<a href="first.html">a</a>', "first.html: a link that is dead in a notebook"),
    "role in HTML": ("<div>\n{ref}`second`\n</div>", "{ref}`second`: this stays raw inside HTML"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), GATE.values(), ids=GATE.keys())
def test_nothing_raw_and_no_dead_link_passes_the_gate(small_book, convert, text, message):
    code = "# " + text.replace("\n", "\n# ")  # the same words in a cell above are no fault
    for place in ("The end.", "Done."):  # the second one stands in a solution, which is put together later
        with pytest.raises(LessonError, match=re.escape(message)) as error:
            convert(LESSON.replace("answer = ...", code).replace(place, f"{place}\n\n{text}"))
        line = (
            (small_book.root / f"{PAGE}.md")
            .read_text(encoding="utf8")
            .split("\n")[int(str(error.value).split(":")[1]) - 1]
        )
        assert line
        assert line in text.split("\n")


def test_code_with_fences_stays_one_block_in_a_solution(convert):
    code = 's = """\n````\n"""'
    text = LESSON.replace(
        "```{code-cell} python\nanswer = 3\n```", f"`````{{code-cell}} python\n{code}\n`````"
    )
    solution = convert(text).cells[9].source
    assert f"`````python\n{code}\n`````" in solution


def run(small_book, capsys, *arguments):
    code = notebooks.main(list(arguments), small_book.root)
    return code, capsys.readouterr().out


def test_written_notebooks_are_up_to_date_and_are_not_written_again(small_book, capsys):
    small_book.lesson(LESSON)
    code, said = run(small_book, capsys)
    assert (code, said.splitlines()[:2]) == (
        0, ["written: book/notebooks/first.ipynb", "written: book/notebooks/second.ipynb"],
    )  # fmt: skip
    for arguments in ([], ["--check"]):
        assert run(small_book, capsys, *arguments) == (0, "2 notebooks are up to date.\n")


@pytest.mark.parametrize("fault", ["stale", "missing"])
def test_check_finds_and_a_run_mends(small_book, capsys, fault):
    run(small_book, capsys)
    folder = small_book.root / "book" / "notebooks"
    if fault == "stale":
        small_book.lesson("# The second lesson\n\nNew words.\n")
    else:
        (folder / "second.ipynb").unlink()

    before = {path.name: path.read_text() for path in folder.iterdir()}
    code, said = run(small_book, capsys, "--check")
    assert code == 1
    assert said == "stale: book/notebooks/second.ipynb\nRun `make notebooks` and commit what it writes.\n"
    assert {path.name: path.read_text() for path in folder.iterdir()} == before  # it wrote nothing

    run(small_book, capsys)
    assert run(small_book, capsys, "--check")[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["first.ipynb", "second.ipynb"]


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_notebook_that_no_lesson_makes_is_named_and_never_deleted(small_book, capsys, arguments):
    run(small_book, capsys)
    mine = small_book.write("book/notebooks/mine.ipynb", "{}")
    assert run(small_book, capsys, *arguments) == (
        1,
        "nothing makes book/notebooks/mine.ipynb: if it is yours, move it to my-notebooks; "
        "otherwise delete it\n",
    )
    assert mine.read_text() == "{}"


def test_a_fault_in_a_lesson_is_said_without_a_traceback(small_book, capsys):
    small_book.lesson("# T\n\n{term}`x`\n")
    code, said = run(small_book, capsys, "--check")
    assert code == 1
    assert said.startswith("book/layers/second.md:13: role {term} has no plain form")
