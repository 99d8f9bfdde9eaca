"""nbgrader's course folder: where things are, what its gradebook holds, and the teacher's secret seed."""

from __future__ import annotations

import copy
import hashlib
import hmac
import logging
import os
import secrets
import stat
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

SEED = "CNNLAB_SECRET_SEED"  # the environment variable that hidden tests read


class CourseError(Exception):
    """Something is not as it has to be; the message says what to do."""


def _programs_in_reach() -> None:
    """Put this environment's programs on the path: nbgrader starts alembic, activated or not."""
    programs = str(Path(sys.executable).parent)
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if programs not in places:
        os.environ["PATH"] = os.pathsep.join([programs, *places])


class Course:
    """A course folder as nbgrader knows it, with its settings if it has an `nbgrader_config.py`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not self.root.is_dir():
            raise CourseError(f"There is no folder {root}.")
        _programs_in_reach()

    @cached_property
    def config(self) -> Config:
        """Return nbgrader's settings."""
        given = self.root / "nbgrader_config.py"
        config = PyFileConfigLoader(str(given)).load_config() if given.exists() else Config()
        config.CourseDirectory.root = str(self.root)
        return config

    @cached_property
    def directory(self) -> CourseDirectory:
        """Return nbgrader's own view of the folder."""
        return CourseDirectory(config=self.config)

    def gradebook(self) -> Gradebook:
        """Open the gradebook; use it as a context."""
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def folder(self, kind: str, assignment: str, student: str = ".") -> Path:
        """Return a folder of nbgrader's: its `kind` is source, release, submitted, autograded or feedback."""
        pattern = getattr(self.directory, f"{kind}_directory")
        return Path(self.directory.format_path(pattern, student, assignment))

    def notebook(self, kind: str, assignment: str, student: str = ".") -> Path:
        """Return an assignment's one notebook in such a folder."""
        return self.folder(kind, assignment, student) / f"{assignment}.ipynb"

    def students(self, kind: str, assignment: str) -> list[str]:
        """List whose notebooks are there."""
        folders = self.folder(kind, assignment, "*")
        found = self.root.glob(str((folders / f"{assignment}.ipynb").relative_to(self.root)))
        place = folders.relative_to(self.root).parts.index("*")
        return sorted(path.relative_to(self.root).parts[place] for path in found)

    def state(self, assignment: str) -> Path:
        """Return the folder that keeps what is between two steps; it can be made again from the others."""
        # A folder `grading` would be in the way of `python -m grading`.
        folder = self.root / ".grading" / assignment
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def reports(self, assignment: str) -> Path:
        """Return the folder of tables for the teacher."""
        folder = self.root / "reports" / assignment
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def source(self, assignment: str) -> Path:
        """Return the teacher's notebook; every step looks first whether there is one."""
        source = self.notebook("source", assignment)
        if not source.exists():
            raise CourseError(f"There is no assignment {assignment!r}: {source} is missing.")
        return source

    def graded(self, assignment: str) -> list[str]:
        """List who is graded; there has to be somebody."""
        self.source(assignment)
        students = self.students("autograded", assignment)
        if not students:
            raise CourseError(f"Nothing is graded yet: run `python -m grading grade {assignment}` first.")
        return students

    def prepare(self, assignment: str) -> None:
        """Let nbgrader read a source that is new or has changed into gradebook and release."""
        source = self.source(assignment)
        strangers = {path.name for path in source.parent.glob("*.ipynb")} - {source.name}
        if strangers:
            raise CourseError(f"{source.parent} has more than one notebook: {', '.join(sorted(strangers))}.")
        now = hashlib.sha256(source.read_bytes()).hexdigest()
        before = self.state(assignment) / "source.sha256"
        if before.exists() and before.read_text() == now and self.notebook("release", assignment).exists():
            return
        with suppress(PermissionError):  # of its owner's group there may be other teachers
            self.root.chmod(self.root.stat().st_mode & ~stat.S_IRWXO)
        try:
            with silence():
                self.converter(GenerateAssignment, assignment, ".").start()
        except NbGraderException as error:
            raise CourseError(f"nbgrader cannot use {source}: try `nbgrader generate_assignment`.") from error
        write(before, now)

    def converter(self, kind: type[BaseConverter], assignment: str, student: str) -> BaseConverter:
        """Return one of nbgrader's steps, for one student."""
        config = copy.deepcopy(self.config)
        config.CourseDirectory.update(assignment_id=assignment, student_id=student)
        return kind(coursedir=CourseDirectory(config=config), config=config, force=True)

    def release(self, assignment: str) -> NotebookNode:
        """Read what students were given."""
        self.prepare(assignment)
        notebook: NotebookNode = nbformat.read(self.notebook("release", assignment), as_version=4)
        return notebook

    def seed(self, assignment: str, student: str, answers: bytes) -> str:
        """Return the seed of one submission's hidden tests.

        It follows from the teacher's secret and from the answers: whoever reads it while being graded has to
        hand in something else to make use of it, and that is graded with another.
        """
        secret = os.environ.get(SEED) or self._kept_secret()
        text = "\0".join((assignment, student, hashlib.sha256(answers).hexdigest()))
        return str(int(hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()[:8], 16))

    def _kept_secret(self) -> str:
        kept = self.root / "secret_seed"
        if not kept.exists():
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(16))
        return kept.read_text().strip()


def write(path: Path, text: str) -> None:
    """Write a file that appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf8")
    part.replace(path)


@contextmanager
def silence() -> Iterator[None]:
    """Keep nbgrader's log and warnings from a teacher, who cannot mend them; errors are still raised."""
    logger = logging.getLogger("traitlets")  # where nbgrader, nbconvert and nbclient write
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
