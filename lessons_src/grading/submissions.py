"""Looks into a download, without unpacking it: whose notebooks are in there, and which files are odd."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import psutil

LARGEST = 300 * 2**20  # bytes of one file; outputs can make a notebook large
MOST_FILES = 50_000
MOST_SQUEEZED = 200  # times smaller in the zip; a notebook gets some ten times smaller
ROOM = (
    3 * 2**29
)  # bytes of memory for one file and what is in it; 300 MB of brackets would take twenty times that
NOT_SUSPICIOUS = 20 * 2**20  # bytes, however much they were squeezed

READING_FAILS = (
    MemoryError,
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
)


class Refused(Exception):  # noqa: N818
    """The file is not read; the message says why."""


@dataclass(frozen=True)
class Student:
    """Whose a file is, as far as its name tells."""

    id: str
    name: str = ""
    number: str = ""  # in the learning platform


@dataclass(frozen=True)
class Found:
    """A file of the download."""

    name: str
    when: str  # it was changed; sorts by time
    read: Callable[[], bytes]  # raises Refused


@contextmanager
def little_memory() -> Iterator[None]:
    """Let this process have ROOM more than it has now; who asks for more gets a MemoryError."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    now = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def look(download: Path) -> Iterator[Found]:
    """Go through a folder or a zip, and through the zips in it.

    Raises
    ------
    Refused
        There is no such folder or zip.
    """
    if download.is_dir():
        files = _in_folder(download)
    elif zipfile.is_zipfile(download):
        try:
            archive = zipfile.ZipFile(download)
        except READING_FAILS as error:
            raise Refused(f"{download} cannot be read: {error}") from error
        files = _in_zip(lambda: archive, "")
    else:
        raise Refused(f"{download} is neither a folder nor a zip file.")
    for number, found in enumerate(files):
        if number == MOST_FILES:
            raise Refused(f"{download} has more than {MOST_FILES:,} files.")
        if found.name.lower().endswith(".zip"):
            yield from _nested(found)
        else:
            yield found


def _in_folder(folder: Path) -> Iterator[Found]:
    for inside, folders, names in os.walk(folder):
        folders.sort()
        links = [each for each in folders if Path(inside, each).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(inside, name)
            when = time.strftime("%Y%m%d%H%M%S", time.gmtime(path.lstat().st_mtime))
            yield Found(str(path.relative_to(folder)), when, partial(_read_file, path))


def _read_file(path: Path) -> bytes:
    # O_NOFOLLOW: what was a file a moment ago may be a link now. O_NONBLOCK: a pipe would wait for ever.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused("it is a link, or cannot be opened") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused("it is no ordinary file")
        return _at_most(file, os.fstat(descriptor).st_size)


def _at_most(file: IO[bytes], size: int) -> bytes:
    if size > LARGEST:
        raise Refused(f"it is larger than {LARGEST / 2**20:.0f} MiB")
    try:
        return file.read(size)
    except MemoryError as error:
        raise Refused("it needs more memory than a notebook may") from error


def _nested(found: Found) -> Iterator[Found]:
    def open_again() -> zipfile.ZipFile:  # rather than keep all of them in memory
        return zipfile.ZipFile(io.BytesIO(found.read()))

    try:
        yield from _in_zip(open_again, f"{found.name}/")
    except (Refused, *READING_FAILS) as error:
        yield Found(found.name, found.when, partial(_refuse, f"the zip cannot be read: {error}"))


def _refuse(reason: str) -> bytes:
    raise Refused(reason)


def _in_zip(archive: Callable[[], zipfile.ZipFile], prefix: str) -> Iterator[Found]:
    members = archive().infolist()
    if len(members) > MOST_FILES:
        raise Refused(f"the zip has more than {MOST_FILES:,} files")
    for member in members:
        if not member.is_dir():
            when = "".join(f"{part:02}" for part in member.date_time)
            yield Found(prefix + member.filename, when, partial(_read_member, archive, member))


def _read_member(archive: Callable[[], zipfile.ZipFile], member: zipfile.ZipInfo) -> bytes:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise Refused("its path leads out of the zip")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refused("it is a link")
    if member.file_size > max(NOT_SUSPICIOUS, MOST_SQUEEZED * member.compress_size):
        raise Refused("it unpacks to very much more than it is, as zip bombs do")
    try:
        with archive().open(member) as file:
            return _at_most(file, member.file_size)
    except READING_FAILS as error:
        raise Refused(f"it cannot be unpacked ({error})") from error


CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<number>\d+)_(?P<attempt>\d+)_[^/]+$")
MOODLE = re.compile(r"(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_")
EXCHANGE = re.compile(r"(?P<name>[^+/]+)\+[^+/]+\+(?P<attempt>[^+/]+)")
COPY = re.compile(r"^(copy of|kopie von|copie de|copia de)\s+|\s*\(\d+\)$|[-_ ]copy\d*$", re.IGNORECASE)


def whose(name: str, assignment: str) -> tuple[Student | None, str]:
    """Tell from a file's path whose it is, and which attempt: a word that sorts later for a later one.

    >>> whose("leeann_123_4567_pooling-2.ipynb", "pooling")  # Canvas
    (Student(id='leeann_123', name='leeann', number='123'), '000000004567')
    >>> whose("Ann Lee_88_assignsubmission_file_/pooling.ipynb", "pooling")[0]  # Moodle
    Student(id='Ann_Lee_88', name='Ann Lee', number='88')
    >>> whose("ann/pooling/pooling.ipynb", "pooling")[0]  # nbgrader collect
    Student(id='ann', name='', number='')
    >>> whose("Copy of pooling - Ann Lee (1).ipynb", "pooling")[0]  # Google Drive
    Student(id='Ann_Lee', name='Ann Lee', number='')
    >>> whose("pooling.ipynb", "pooling")
    (None, '')
    """
    path = PurePosixPath(name.replace("\\", "/"))
    # The outermost name is the platform's; those inside it are the student's, who could name anyone.
    for outer, part in zip(("", *path.parts), path.parts, strict=False):
        if found := MOODLE.match(part) or CANVAS.match(part):
            name = re.sub(r"[<>&\"']", "", found["name"])  # pages show it
            attempt = found.groupdict().get("attempt", "")
            return Student(_slug(f"{name}_{found['number']}"), name, found["number"]), attempt.rjust(12, "0")
        if found := EXCHANGE.match(part):
            return Student(_slug(found["name"])), found["attempt"]
        if outer and part == assignment:
            return Student(_slug(outer)), ""
    for words in (path.stem, path.parent.name):
        for _ in range(3):
            words = COPY.sub("", words.strip())  # noqa: PLW2901
        rest = re.sub(rf"(?i){re.escape(assignment)}", "", words).strip(" -_.,")
        if _slug(rest):
            return Student(_slug(rest), re.sub(r"[<>&\"']", "", rest)), ""
    return None, ""


def _slug(text: str) -> str:
    """Make a name that nbgrader and every file system take."""
    return re.sub(r"[^\w.@-]+", "_", unicodedata.normalize("NFC", text)).strip("._-")[:100]
