"""The numbers that a lesson's prose quotes, and the numbers that its cells assert."""

import ast
import math
import re
from collections.abc import Iterator

from authoring.lesson import Lesson, Prose

# What stands in these is a question, a plan or another's finding, not a result of the lesson.
EXEMPT_BOXES = {"opening", "exercise", "solution"}
EXEMPT_SECTIONS = {"Read more"}
# Citations, links with their words, addresses, formulas and code.
NO_WORDS = re.compile(
    r"\{[\w:-]+\}`[^`]+`|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)|\$\$.+?\$\$|\$[^$]+\$"
    r"|!?\[[^\]]*\]\([^)]*\)|<[^<>\s][^<>]*>",
    re.DOTALL,
)
# Not the 2 of Conv2d, the 16 of VGG16 or the 10 of CIFAR-10.
NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<percent>\s?%)?"
)
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


def unasserted(lesson: Lesson) -> Iterator[str]:
    """Find the numbers of the prose that stand in no ``assert`` of the lesson."""
    asserted = numbers_asserted(lesson)
    found: dict[str, None] = {}
    for block in lesson.prose:
        for line, text, values in quoted(block):
            if not any(math.isclose(v, a, rel_tol=1e-9) for v in values for a in asserted):
                # A number that a line quotes twice is one fault.
                found[f"{lesson.page}.md:{line}: the prose quotes {text}, and no cell asserts it"] = None
    yield from found


def quoted(block: Prose) -> Iterator[tuple[int, str, set[float]]]:
    """Find the numbers that a piece of prose quotes: line, text, and the values that would assert it.

    Single digits are counted like words ("two poolings of 2 × 2"), and need no assert.
    """
    if block.inside & EXEMPT_BOXES or block.section in EXEMPT_SECTIONS:
        return
    words = NO_WORDS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), block.text)
    for found in NUMBER.finditer(words):
        value = float(found["number"].replace(",", ""))
        if value < 10 and "." not in found["number"] and not found["percent"]:
            continue
        line = block.line + words.count("\n", 0, found.start())
        yield line, found[0], {value, value / 100} if found["percent"] else {value}


def numbers_asserted(lesson: Lesson) -> set[float]:
    """Collect the numbers that stand in the ``assert`` statements of a lesson."""
    return {
        constant.value
        for tree in trees(lesson)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Assert)
        for constant in ast.walk(statement.test)
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, int | float)
        and not isinstance(constant.value, bool)
    }


def trees(lesson: Lesson) -> Iterator[ast.Module]:
    """Parse the cells; IPython's own commands, which no parser of Python reads, become ``pass``."""
    for cell in lesson.cells:
        yield ast.parse(MAGIC.sub(r"\1pass", cell.source))
