"""What stands all over the book, gathered: its parts, its myths with their verdicts, its exercises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils.nodes import make_id

from authoring import book, lesson, references

VERDICT = "**Verdict:**"
TIME = re.compile(r"\*\*Time:\*\* (?P<time>[^;]+); the cells run in \{run-time\}`(?P<run>[^`]+)`")
KINDS = {
    "explain": re.compile("Explain: "),
    "design": re.compile("Design: "),
    "debug": re.compile("Debug: |Find the (bug|error)"),
}


@dataclass(frozen=True)
class Entry:
    """A page on the course's map: the question that it answers, and how long it takes."""

    page: str
    title: str
    question: str = ""
    time: str = ""
    run_time: str = ""  # what is shown where nothing was measured


@dataclass(frozen=True)
class Myth:
    """A belief, the verdict on it, and where both stand."""

    page: str
    line: int
    belief: str
    verdict: str
    section: str

    @property
    def anchor(self) -> str:
        """Return the id that its box gets."""
        return str(make_id(f"myth-{self.belief}"))


@dataclass(frozen=True)
class Exercise:
    """An exercise under the number that it has on the site."""

    page: str
    number: int
    title: str
    label: str

    @property
    def kind(self) -> str:
        """Say what it asks for, as its title does."""
        return next((kind for kind, title in KINDS.items() if title.match(self.title)), "compute")


def course_map(root: Path = book.ROOT) -> list[tuple[str, list[Entry]]]:
    """List the pages of each part of the book, with their questions."""
    return [(part, [_entry(page, root) for page in pages]) for part, pages in book.parts(root)]


def _entry(page: str, root: Path) -> Entry:
    found = references.read(page, root)
    for _, box in found.named("admonition", "opening"):
        question = " ".join(box.body.strip().split("\n\n")[0].split())
        if time := TIME.search(box.body):
            return Entry(page, found.title, question, time["time"], time["run"])
        return Entry(page, found.title, question)
    return Entry(page, found.title)


def myths(root: Path = book.ROOT) -> Iterator[Myth]:
    """Find all myths of the book, in reading order."""
    for page in book.pages(root):
        yield from myths_of(references.read(page, root))


def myths_of(found: lesson.Lesson) -> list[Myth]:
    """Find the myths of a page.

    The verdict is the next paragraph that begins so, in the box or behind the experiment; what stands
    under another heading, or behind another myth, belongs to something else. Without one it is empty.
    """
    boxes = list(found.named("admonition", "myth"))
    ends = [line for line, _ in boxes[1:]] + [10**9]
    myths = []
    for (line, box), end in zip(boxes, ends, strict=False):
        section = max(
            (s for s in found.sections.items() if s[1] < line), key=lambda s: s[1], default=("", 0)
        )[0]
        verdicts = [
            " ".join(b.text.split()).removeprefix(VERDICT).strip()
            for b in found.prose
            if line < b.line < end and b.section == section and b.text.startswith(VERDICT)
        ]
        belief = box.argument.removeprefix("Myth: ")
        myths.append(Myth(found.page, line, belief, (verdicts or [""])[0], section))
    return myths


def exercises(root: Path = book.ROOT) -> Iterator[Exercise]:
    """Give all exercises of the book the numbers that they have on the site."""
    number = 0
    for page in book.pages(root):
        for _, box in references.read(page, root).named("exercise"):
            number += 1
            yield Exercise(page, number, box.argument, box.options.get("label", ""))
