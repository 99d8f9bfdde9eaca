"""`python -m tests.bench.classroom [N]`: the class of made submissions, N of them, a teacher's whole way.

Every grade has to be as `tests/teaching/class.yml` says. It takes minutes, so it is no part of `make bench`.
"""

import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil

from grading.course import SEED, Course
from grading.report import load
from tests.teaching import made

FACTS = {"other": "/nowhere/other.ipynb", "port": "9"}  # the class's own test has real ones


def rows(students: int) -> list[dict]:
    """The class, again and again, each time with other names."""
    turns = ({**row, "turn": turn} for turn in itertools.count() for row in made.CLASS)
    found = []
    for row in itertools.islice((row for row in turns if row["student"] or not row["turn"]), students):
        if row["student"] and "named" in row:
            row["student"] += f"_{row['turn']}"
            row["named"] = f"Copy of {made.NAME} - {row['student'].replace('_', ' ')} (2).ipynb"
        found.append(row)
    return found


def run(students: int) -> None:
    """Take in, grade, hand back and export, and compare every grade with what it has to be."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(made.course(Path(folder) / "course"))
        everyone = rows(students)
        content = made.download(course.release(made.NAME), FACTS | {"course": str(course.root)}, everyone)
        download = Path(folder) / "download.zip"
        download.write_bytes(content)
        print(f"{students} submissions, {len(content) / 2**20:.0f} MiB, on {os.cpu_count()} cores:")
        step("intake", course, str(download))
        step("grade", course, "--seconds", "10", "--memory", "2048")
        step("feedback", course)
        step("export", course)
        expected = {made.student(row, everyone): row["points"] for row in everyone if "points" in row}
        wrong = compare(course, expected)
        looks = {
            line.student for line in load(course.reports(made.NAME) / "person.csv") if line.level == "look"
        }
        pages = len(list((course.root / "feedback").rglob("*.html")))
    print(f"  {len(expected)} to grade, {len(wrong)} with points other than expected; {pages} pages")
    print(f"  {len(looks)} names in the list for a person")
    for name, (points, should) in sorted(wrong.items()):
        print(f"    {name}: {points}, expected {should}")


def compare(course: Course, expected: dict[str, list[int]]) -> dict[str, tuple]:
    """Whoever has other points than they should, with both; whoever is missing has None."""
    found: dict[str, list[float]] = {}
    with course.gradebook() as gradebook:
        for each in gradebook.find_assignment(made.NAME).submissions:
            grades = {grade.name.removesuffix("-tests"): grade.score for grade in each.notebooks[0].grades}
            found[each.student.id] = [grades["params"], grades["size"], grades["relu"]]
    names = found.keys() | expected.keys()
    return {n: (found.get(n), expected.get(n)) for n in names if found.get(n) != expected.get(n)}


def step(name: str, course: Course, *options: str) -> None:
    """Run one step as a teacher would, and print its time and the most memory that it used."""
    words = [sys.executable, "-m", "grading", name, made.NAME, *options, "--course", str(course.root)]
    began, most, most_with_sandboxes = time.perf_counter(), 0, 0
    with psutil.Popen(words, env=os.environ | {SEED: "0"}, stdout=-3) as process:
        while process.poll() is None:
            used = list(memory(process))
            most = max(most, sum(size for size, ours in used if ours))
            most_with_sandboxes = max(most_with_sandboxes, sum(size for size, _ in used))
            time.sleep(0.5)
    assert process.returncode == 0, name
    took = time.perf_counter() - began
    sizes = f"{most / 2**20:5.0f} MiB, with the sandboxes {most_with_sandboxes / 2**20:5.0f} MiB"
    print(f"  {name:9} {took:7.1f} s   at most {sizes}", flush=True)


def memory(process: psutil.Process) -> list[tuple[int, bool]]:
    """The proportional memory of a step's processes, and whether each is the grader's own."""
    found = []
    for each in [process, *process.children(recursive=True)]:
        try:
            found.append((each.memory_full_info().pss, "grading" in each.cmdline()))
        except psutil.Error:
            continue  # it ended in the meantime
    return found


if __name__ == "__main__":
    run(int(sys.argv[1]) if sys.argv[1:] else 500)
