"""One verified download: several mirrors, resumed after an interruption, never half a file.

Bytes go to ``NAME.part`` beside the target. Only when their SHA-256 is the expected one does the
file get its real name, in one step, so a file under its real name is always whole.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

_TRIES = 4  # of one mirror, before the next one is asked
_PAUSE = 1.0  # seconds before the second try; then twice as long, and so on
_TIMEOUT = 30.0  # seconds without a byte
_CHUNK = 1 << 16  # bytes


class DownloadError(OSError):
    """No mirror gave the file. The message says what each one answered and what to do."""


class _MirrorError(Exception):
    """A mirror will not do: ask the next one."""


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be had from several places: its name, SHA-256, size in bytes, addresses."""

    name: str
    sha256: str
    size: int
    mirrors: tuple[str, ...]


def cache_folder() -> Path:
    """Folder for downloads: ``CNNLAB_DATA``, else ``cnnlab`` in the user's cache folder."""
    if chosen := os.environ.get("CNNLAB_DATA"):
        return Path(chosen).expanduser()
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification has relative paths ignored.
    return (cache if cache.is_absolute() else Path.home() / ".cache") / "cnnlab"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(path: Path, file: RemoteFile) -> None:
    """Raise a `ValueError` when `path` does not hold exactly `file`; nothing is changed."""
    size, digest = path.stat().st_size, sha256_of(path)
    if digest != file.sha256:
        raise ValueError(
            f"{path} is not the {file.name} that was expected.\n"
            f"  expected: {file.size:,} bytes, SHA-256 {file.sha256}\n"
            f"  found:    {size:,} bytes, SHA-256 {digest}\n"
            f"Move it away, then call again. Nothing was changed."
        )


def fetch(file: RemoteFile, folder: Path) -> Path:
    """Path of `file` in `folder`, downloaded if it is not there yet.

    Raises
    ------
    ValueError
        When a different file of that name is already there. It is left as it is.
    DownloadError
        When no mirror gave the file, or it could not be written. What had arrived of it stays in
        ``NAME.part`` for the next call, unless it was wrong.
    """
    target, part = folder / file.name, folder / f"{file.name}.part"
    if target.exists():
        check(target, file)
        return target
    answers = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for url in file.mirrors:
            try:
                _receive(url, file, part)
            except _MirrorError as error:
                answers.append(f"  {url}\n    {error}")
            else:
                part.replace(target)
                return target
    except OSError as error:
        raise DownloadError(
            f"{part} cannot be written: {error}.\n"
            "The environment variable CNNLAB_DATA chooses another folder."
        ) from error
    raise DownloadError(_advice(file, folder, part, answers))


def _receive(url: str, file: RemoteFile, part: Path) -> None:
    """Complete `part` from one mirror and verify it."""
    resumed = _size(part) > 0
    for attempt in range(_TRIES):
        if attempt > 0:
            time.sleep(_PAUSE * 2 ** (attempt - 1))
        if _size(part) < file.size:
            _request(url, file, part)
        if _size(part) < file.size:
            continue
        digest = sha256_of(part)
        if digest == file.sha256:
            return
        part.unlink()
        if not resumed:
            raise _MirrorError(
                f"sent {file.size:,} bytes with another SHA-256 ({digest}); they were thrown away."
            )
        resumed = False  # an older piece may be at fault, not this mirror: once more, from nothing
    raise _MirrorError(f"broke off {_TRIES} times, the last time at {_size(part):,} of {file.size:,} bytes.")


def _request(url: str, file: RemoteFile, part: Path) -> None:
    """One request: append to `part` whatever arrives, however much that is."""
    have = _size(part)
    if not url.startswith(("http://", "https://")):
        raise _MirrorError("is no http address.")
    # identity: a server that compresses on the way would change sizes and ranges.
    headers = {"User-Agent": "cnnlab", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        with urllib.request.urlopen(  # noqa: S310 - http(s) only, checked above
            urllib.request.Request(url, headers=headers),  # noqa: S310
            timeout=_TIMEOUT,
        ) as reply:
            _append(reply, file, part, have)
    except urllib.error.HTTPError as error:
        error.close()
        raise _MirrorError(f"answered {error.code} {error.reason}.") from None
    except urllib.error.URLError as error:
        raise _MirrorError(f"could not be reached: {error.reason}.") from None
    except (ConnectionError, TimeoutError, http.client.HTTPException):
        return  # broken off: what arrived is in `part`, and the caller asks for the rest


def _append(reply: http.client.HTTPResponse, file: RemoteFile, part: Path, have: int) -> None:
    """Write the body of `reply` behind the first `have` bytes, or from the start if it is all of it."""
    from tqdm.auto import tqdm

    start = have if reply.status == 206 else 0  # a server without ranges sends everything again
    if start and not reply.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise _MirrorError(f"was asked for bytes from {start:,} and sent others.")
    coming = reply.headers.get("Content-Length")
    if coming is not None and start + int(coming) != file.size:
        kind = reply.headers.get("Content-Type", "no type given")
        raise _MirrorError(
            f"offers {start + int(coming):,} bytes ({kind}) where {file.size:,} were expected."
        )
    with (
        part.open("ab" if start else "wb") as out,
        tqdm(total=file.size, initial=start, desc=file.name, unit="B", unit_scale=True) as bar,
    ):
        while chunk := reply.read(_CHUNK):
            if out.tell() + len(chunk) > file.size:
                out.truncate(0)
                raise _MirrorError(f"sent more than the {file.size:,} bytes that were expected.")
            out.write(chunk)
            bar.update(len(chunk))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _advice(file: RemoteFile, folder: Path, part: Path, answers: list[str]) -> str:
    kept = _size(part)
    rest = f" The {kept:,} bytes that arrived are kept and the next call goes on from there." if kept else ""
    return (
        f"{file.name} could not be downloaded (expected: {file.size:,} bytes, SHA-256 {file.sha256}).\n"
        + "\n".join(answers)
        + f"\nCall again when the network is back.{rest} Or put the file into {folder} by hand."
    )
