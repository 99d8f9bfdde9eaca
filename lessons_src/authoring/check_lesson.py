"""What CONTRIBUTING.md asks of a lesson, as rules: what breaks one is named with its page and line."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from authoring import book, gather, quiz
from authoring.lesson import Lesson, read
from authoring.quoted import MAGIC, trees, unasserted

CHAPTERS = {"layers", "costs", "choices"}  # the folders whose pages are lessons with all their parts
CELL_LINES = 15
CELL_WIDTH = 88  # characters: a wider line scrolls sideways on the page
WORDS = range(1000, 3201)  # of prose; aim at 1,200 to 2,500
VERDICT_WORDS = 45  # it stands alone in the list of all myths
Rule = Callable[[Lesson, Path], Iterator[str]]


def faults(page: str, root: Path = book.ROOT) -> list[str]:
    """List what is wrong with a lesson, one line each."""
    lesson = read(page, root)
    return [fault for rule in rules(page) for fault in rule(lesson, root)]


def rules(page: str) -> list[Rule]:
    """Say which rules hold for a page: all of them for a chapter, the two about cells for others."""
    return RULES if Path(page).parent.name in CHAPTERS else [cells, shown]


def cells(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Hold each cell to 15 lines, and to lines that do not scroll sideways."""
    for cell in lesson.cells:
        lines = cell.source.split("\n")
        if len(lines) > CELL_LINES:
            yield _fault(lesson, cell.line, f"a cell of {len(lines)} lines; {CELL_LINES} are the limit")
        for number, line in enumerate(lines, start=cell.line):
            if len(line) > CELL_WIDTH:
                yield _fault(lesson, number, f"a line of {len(line)} characters; {CELL_WIDTH} are the limit")


def numbers(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Find each number that the prose quotes in an ``assert`` of a cell."""
    yield from unasserted(lesson)


def opening(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect a question, what one will be able to do, what to know first, and the time."""
    found = list(lesson.named("admonition", "opening"))
    if len(found) != 1:
        yield _fault(lesson, 1, f"{len(found)} admonitions of the class opening; one is asked for")
    for line, box in found:
        for part in ("?", "able to", "Know first", "Time"):
            if part not in box.body:
                yield _fault(lesson, line, f"the opening lacks “{part}”")


def pictures(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect at least three figures made by `plots`, and two things to move."""
    nodes = [node for tree in trees(lesson) for node in ast.walk(tree)]
    widgets = _widgets(lesson)
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    figures = sum(
        isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "plots"
        for f in called
    )
    movable = sum(isinstance(f, ast.Name) and f.id in widgets for f in called)
    if figures < 3:
        yield _fault(lesson, 1, f"{figures} figures from plots; three are the least")
    if movable < 2:
        yield _fault(lesson, 1, f"{movable} things to move from cnnlab.widgets; two are the least")


def shown(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect each figure and each thing to move to end its cell: from any other line it is not shown."""
    makers = _widgets(lesson) | {"plots"}
    for cell in lesson.cells:
        for statement in ast.parse(MAGIC.sub(r"\1pass", cell.source)).body[:-1]:
            if isinstance(statement, ast.Expr) and _root_name(statement.value) in makers:
                line = cell.line + statement.lineno - 1
                yield _fault(lesson, line, "a figure that is not shown: let it be the last line of its cell")


def _widgets(lesson: Lesson) -> set[str]:
    """Collect the names that a lesson imports from `cnnlab.widgets`."""
    nodes = [node for tree in trees(lesson) for node in ast.walk(tree)]
    imports = [n for n in nodes if isinstance(n, ast.ImportFrom)]
    return {a.asname or a.name for n in imports if n.module == "cnnlab.widgets" for a in n.names}


def _root_name(value: ast.expr) -> str | None:
    """Give the name that an expression starts with.

    >>> _root_name(ast.parse("plots.curves([1], {})", mode="eval").body)
    'plots'
    """
    while isinstance(value, ast.Call | ast.Attribute):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else None


def myths(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect at least one belief that is put to the test, and the verdict on each."""
    found = list(lesson.named("admonition", "myth"))
    if not found:
        yield _fault(lesson, 1, "no admonition of the class myth")
    for line, box in found:
        if not box.argument.startswith("Myth: “"):
            yield _fault(lesson, line, "a myth's title is Myth: “…”, with the belief in its own words")
    for myth in gather.myths_of(lesson):
        words = len(myth.verdict.split())
        if not words:
            yield _fault(lesson, myth.line, f"no paragraph behind it that begins with {gather.VERDICT}")
        elif words > VERDICT_WORDS:
            yield _fault(lesson, myth.line, f"a verdict of {words} words; {VERDICT_WORDS} are the limit")


def self_check(lesson: Lesson, root: Path) -> Iterator[str]:
    """Expect a quiz of three or four questions, whose right answers stand at different places."""
    found = list(lesson.named("quiz"))
    if not found:
        yield _fault(lesson, 1, "no quiz")
    for line, box in found:
        path = root / "book" / "quizzes" / f"{box.argument}.yml"
        if not path.exists():
            yield _fault(lesson, line, f"no file {path.relative_to(root)}")
            continue
        questions = quiz.load(path)
        if not 3 <= len(questions) <= 4:
            said = f"{len(questions)} questions in {path.name}; three or four are asked for"
            yield _fault(lesson, line, said)
        elif len({[a.correct for a in question.answers].index(True) for question in questions}) == 1:
            yield _fault(lesson, line, f"every right answer in {path.name} stands at the same place")


def exercises(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect two to five exercises, each with a solution; one asks to explain or to design."""
    found = list(lesson.named("exercise"))
    solved = {box.argument for _, box in lesson.named("solution-start")}
    if not 2 <= len(found) <= 5:
        yield _fault(lesson, 1, f"{len(found)} exercises; two to five are asked for")
    for line, box in found:
        if box.options.get("label") not in solved:
            yield _fault(lesson, line, f"the exercise “{box.argument}” has no solution")
    if not any(re.match("(Explain|Design): ", box.argument) for _, box in found):
        yield _fault(lesson, 1, "no exercise named “Explain: …” or “Design: …”")


def close(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect the closing sections, five lines to remember, and something to read."""
    parts = ["Check yourself", "Exercises", "To remember", "What comes next", "Read more"]
    if list(lesson.sections)[-len(parts) :] != parts:
        yield _fault(lesson, 1, f"the last sections are to be: {', '.join(parts)}")
    remembered = [b.text for b in lesson.prose if b.section == "To remember"]
    bullets = len(re.findall(r"^- ", "\n".join(remembered), re.MULTILINE))
    if bullets != 5:
        yield _fault(lesson, lesson.sections.get("To remember", 1), f"{bullets} lines to remember; five")
    if not any("{cite:" in b.text for b in lesson.prose if b.section == "Read more"):
        yield _fault(lesson, lesson.sections.get("Read more", 1), "nothing cited under “Read more”")


def length(lesson: Lesson, _root: Path) -> Iterator[str]:
    """Expect as much prose as one reads in a sitting."""
    words = sum(len(re.findall(r"\w+", block.text)) for block in lesson.prose)
    if words not in WORDS:
        yield _fault(lesson, 1, f"{words} words of prose; {WORDS.start} to {WORDS.stop - 1} are the limits")


def _fault(lesson: Lesson, line: int, what: str) -> str:
    return f"{lesson.page}.md:{line}: {what}"


RULES: list[Rule] = [
    cells, shown, numbers, opening, pictures, myths, self_check, exercises, close, length,
]  # fmt: skip
