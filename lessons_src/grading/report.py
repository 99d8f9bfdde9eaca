"""What a step has to tell the teacher: a line for each file or student, kept as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from grading.course import write


@dataclass(frozen=True)
class Line:
    """One thing to know."""

    student: str
    file: str
    level: str  # "ok" and "note": nothing to do; "hand": to grade; "look": a person has to decide
    text: str
    download: str = ""


def save(path: Path, rows: Iterable[Line]) -> None:
    """Write a table that a spreadsheet opens."""
    table([asdict(each) for each in rows], [each.name for each in fields(Line)], path)


def load(path: Path) -> list[Line]:
    """Read it again."""
    if not path.exists():
        return []
    with path.open(encoding="utf8", newline="") as file:
        return [Line(**row) for row in csv.DictReader(file)]


def table(rows: Iterable[dict[str, object]], columns: list[str], path: Path) -> None:
    """Write rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    write(path, text.getvalue())


def _safe(value: object) -> object:
    """Keep a spreadsheet from taking a student's words for a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )
