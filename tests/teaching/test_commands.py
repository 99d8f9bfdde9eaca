"""The commands that a teacher is told to type exist, and have the options that they are given."""

import importlib
import inspect
import re
import shlex
from importlib.metadata import entry_points

import pytest
from nbgrader.apps.nbgraderapp import NbGraderApp

from authoring import book
from grading.__main__ import STEPS

CODE = re.compile(r"^```bash\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ *((?:python -m|nbgrader|jupyter|make) .*?)(?:  .*| #.*)?$", re.MULTILINE)
PAGES = [path.read_text(encoding="utf8") for path in sorted((book.ROOT / "book" / "teaching").glob("*.md"))]
TEXTS = [*("".join(found) for page in PAGES for found in CODE.findall(page)), STEPS]
COMMANDS = sorted({command for text in TEXTS for command in COMMAND.findall(text)})


def test_there_are_commands_of_every_kind():
    assert {command.split()[0] for command in COMMANDS} == {"python", "nbgrader", "jupyter", "make"}
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_exists(command, capsys):
    match shlex.split(command):
        case ["make", *targets]:
            makefile = (book.ROOT / "Makefile").read_text(encoding="utf8")
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
        case ["jupyter", name]:
            assert f"jupyter-{name}" in entry_points(group="console_scripts").names
        case ["nbgrader", name, *_]:
            program, about = NbGraderApp.subcommands[name]
            assert "DEPRECATED" not in about
            # What is left of a command that is gone says so, and where it went.
            assert "no longer" not in inspect.getsource(inspect.getmodule(program))
        case ["python", "-m", module, *words]:
            place = "__main__" if module == "grading" else module.partition(".")[2]
            run = importlib.import_module(f"{module.partition('.')[0]}.{place}").main
            with pytest.raises(SystemExit) as stop:
                run([*words, "--help"])
            assert stop.value.code == 0
            said = capsys.readouterr().out
            assert all(word in said for word in words if word.startswith("--"))
        case _:
            pytest.fail(f"what is {command!r}?")
