"""Start a lesson that keeps every rule from its first minute: ``make new-lesson NAME=layers/attention``.

It writes the lesson, its quiz, its notes for teachers and its place in ``_toc.yml``, then the notebooks: a
new lesson moves the numbers of the exercises behind it.
"""

import re
import sys
from pathlib import Path

from authoring import book, check_lesson, notebooks, references

TEMPLATE = Path(__file__).parent / "lesson_template"
NOTES = "book/teaching/lessons.md"
NAME = re.compile(r"(?P<folder>[a-z]+)/(?P<label>[a-z][a-z0-9]*(-[a-z0-9]+)*)")


class UnfitNameError(ValueError):
    """A name that no lesson can have."""


def start(name: str, root: Path = book.ROOT) -> list[Path]:
    """Write the files of a new lesson and its line in the table of contents.

    Returns
    -------
    list of Path
        What was written or changed.

    Raises
    ------
    UnfitNameError
        The name is no folder with a word, or a page, a quiz or a label has it already.
    """
    folder, label = _checked(name, root)
    words = {"@LABEL@": label, "@TITLE@": label.replace("-", " ").capitalize(), "@PLACE@": name}
    lesson, quiz = book.source(f"book/{name}", root), root / "book" / "quizzes" / f"{label}.yml"
    for path, template in ((lesson, "lesson.md"), (quiz, "quiz.yml")):
        path.write_text(_filled(template, words), encoding="utf8", newline="\n")
    notes = root / NOTES
    notes.write_text(_with_notes(notes.read_text(encoding="utf8"), words), encoding="utf8", newline="\n")
    toc = root / "_toc.yml"
    toc.write_text(_with_page(toc.read_text(encoding="utf8"), folder, name), encoding="utf8", newline="\n")
    return [lesson, quiz, notes, toc]


def _checked(name: str, root: Path) -> tuple[str, str]:
    folders = sorted(check_lesson.CHAPTERS)
    found = NAME.fullmatch(name)
    if not found or found["folder"] not in folders:
        raise UnfitNameError(
            f"A lesson's name is a folder ({', '.join(folders)}), a slash and words in small letters with "
            f"hyphens, for example layers/attention; got {name!r}"
        )
    label = found["label"]
    if any(Path(page).name == label for page in book.pages(root)):
        raise UnfitNameError(
            f"There is a page named {label}; a notebook has the name of its page, so choose another"
        )
    if label in references.labels(root):
        raise UnfitNameError(f"The label {label} is taken, in {references.labels(root)[label].page}.md")
    return found["folder"], label


def _filled(template: str, words: dict[str, str]) -> str:
    text = (TEMPLATE / template).read_text(encoding="utf8")
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    return text


def _with_notes(notes: str, words: dict[str, str]) -> str:
    """Put the notes for teachers at the end."""
    return f"{notes.rstrip()}\n{_filled('notes.md', words)}"


def _with_page(toc: str, folder: str, name: str) -> str:
    """Put the page behind the last one of its folder; the file's comments stay."""
    lines = toc.splitlines()
    last = max(i for i, line in enumerate(lines) if line.strip().startswith(f"- file: book/{folder}/"))
    indent = lines[last][: lines[last].index("-")]
    return "\n".join([*lines[: last + 1], f"{indent}- file: book/{name}", *lines[last + 1 :], ""])


def main(arguments: list[str] | None = None, root: Path = book.ROOT) -> int:
    """Start a lesson and say what to do next."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        written = start(" ".join(given), root)
    except UnfitNameError as error:
        print(error, file=sys.stderr)
        return 1
    for path in written:
        print(f"written: {path.relative_to(root)}")
    if notebooks.main([], root):
        return 1
    print(
        f"Now make {written[0].relative_to(root)} yours, part by part; `make check` says what a part lacks."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
