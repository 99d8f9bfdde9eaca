"""Take in, grade and hand back assignments, as a teacher does it once a week."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

STEPS = """
Once for a machine: python -m grading sandbox

Then four steps, for an assignment that lies in COURSE/source/pooling/pooling.ipynb:

  python -m grading intake pooling download.zip   what students handed in  ->  COURSE/submitted
  python -m grading grade pooling                 run and mark it, shut in ->  COURSE/gradebook.db
  jupyter lab                                     (your part, in COURSE: its menu Nbgrader, Formgrader)
  python -m grading feedback pooling              a page for each student  ->  COURSE/feedback
  python -m grading export pooling                grades and statistics    ->  COURSE/reports/pooling

For a test with multiple choice, such as the course's inventory: python -m grading items before.csv after.csv

Every step can be repeated, and goes on where it was interrupted. None changes a grade that you gave by hand.
"""

INVENTORY = Path(__file__).parents[2] / "book" / "teaching" / "inventory.yml"


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do what it says."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["sandbox"]:
        return _sandbox()
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description=__doc__,
        epilog=STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    about = {
        "intake": "take answers out of a download from Canvas, Moodle, Google Drive or `nbgrader collect`",
        "grade": "run the answers and their tests in a sandbox, and write the points into the gradebook",
        "feedback": "make a page for each student, without the hidden tests",
        "export": "write grades for nbgrader, Canvas and Moodle, statistics, and what needs a person",
    }
    for name, text in about.items():
        step = steps.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        step.add_argument("assignment", help="its name, as in COURSE/source/NAME/NAME.ipynb")
        step.add_argument(
            "--course", type=Path, default=Path(), help="nbgrader's course folder (default: here)"
        )
        if name == "intake":
            step.add_argument("download", type=Path, help="the folder or zip file, as it was downloaded")
        if name in {"grade", "feedback"}:
            step.add_argument(
                "--jobs", type=int, metavar="N", help="students at a time (default: one per core)"
            )
        if name == "grade":
            _add_grade(step)
    _add_items(steps.add_parser("items", help="statistics of a multiple-choice test, such as the inventory"))
    steps.add_parser(
        "sandbox", help="see whether this machine can shut student code in; install what is missing"
    )
    options = parser.parse_args(words)
    try:
        return _items(options) if options.step == "items" else _do(options)
    except KeyboardInterrupt:  # also while the libraries are loaded
        print("Stopped. What is finished is kept; the same call goes on from there.")
        return 1


def _add_grade(step: argparse.ArgumentParser) -> None:
    step.add_argument("--scheduler", metavar="ADDRESS", help="run on the workers of this Dask scheduler")
    step.add_argument("--seconds", type=int, default=60, help="for one cell (default: 60)")
    step.add_argument(
        "--memory", type=int, default=4096, metavar="MIB", help="for one student (default: 4096)"
    )
    step.add_argument(
        "--without-sandbox",
        action="store_true",
        help="run student code with all your rights: it can read and change your files, the gradebook too",
    )


def _add_items(step: argparse.ArgumentParser) -> None:
    step.description = "A table, one row per question: how hard, whom it told apart, which mistake was met."
    step.add_argument("before", type=Path, help="CSV: a name and one letter for each question in every line")
    step.add_argument("after", type=Path, nargs="?", help="the same test, later: adds what was gained")
    step.add_argument(
        "--key", type=Path, default=INVENTORY, help="its questions as YAML (default: the inventory)"
    )
    step.add_argument("--out", type=Path, default=Path("items.csv"), help="(default: %(default)s)")


def _items(options: argparse.Namespace) -> int:
    from grading import items, report
    from grading.course import CourseError

    try:
        questions = items.key(options.key)
        tables = [items.answers(path, len(questions)) for path in (options.before, options.after) if path]
    except (CourseError, OSError) as error:
        print(error)
        return 1
    rows = list(items.statistics(questions, *tables))
    for row in rows:
        print("{question:2}  right {difficulty:4}  answers {answers:30} {stands_for}".format(**row))
    report.table(rows, items.COLUMNS.split(), options.out)
    print(f"{len(tables[0])} students; all numbers are in {options.out}.")
    return 0


def _sandbox() -> int:
    from grading import sandbox

    try:
        try:
            sandbox.check()
        except sandbox.SandboxMissing:
            sandbox.install()
            sandbox.check()
    except sandbox.SandboxMissing as error:
        print(error)
        return 1
    print("Student code can be shut in on this machine.")
    return 0


def _do(options: argparse.Namespace) -> int:
    from grading.course import Course, CourseError
    from grading.sandbox import Limits, SandboxMissing
    from grading.submissions import Refused

    try:
        course = Course(options.course)
        if options.step == "intake":
            from grading.intake import intake

            lines = intake(course, options.assignment, options.download)
        elif options.step == "grade":
            from grading.grade import grade

            lines = grade(
                course,
                options.assignment,
                jobs=options.jobs,
                scheduler=options.scheduler,
                limits=Limits(cell_seconds=options.seconds, memory=options.memory * 2**20),
                sandboxed=not options.without_sandbox,
            )
        elif options.step == "feedback":
            from grading.feedback import feedback

            lines = feedback(course, options.assignment, jobs=options.jobs)
        else:
            from grading.export import export

            lines = export(course, options.assignment)
    except SandboxMissing as error:
        print(f"Nothing was run. {error}\nTo run student code with all your rights: --without-sandbox")
        return 1
    except (CourseError, Refused) as error:
        print(error)
        return 1
    for line in lines:
        if line.level in {"note", "look"}:
            print(f"{line.level:5} {line.student:25} {line.file:40} {line.text}")
    counts = Counter(line.level for line in lines)
    by_hand = f", {counts['hand']} with answers to grade by hand" if counts["hand"] else ""
    print(
        f"{counts['ok']} students done, {counts['note']} notes, {counts['look']} things to look at{by_hand}."
    )
    return 0


if __name__ == "__main__":
    # jsonschema does without this grammar of web addresses, of which a notebook has none. To build it takes a
    # second, as long as two students' answers.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    sys.exit(main())
