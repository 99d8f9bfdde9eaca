"""Shuts student code in with bubblewrap: no network, none of the teacher's files, limits on what it uses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Inside the sandbox, where nobody else writes.
WORK = "/tmp/work"  # noqa: S108
HOME = "/tmp/home"  # noqa: S108

PACKAGES = ("site-packages", "dist-packages")  # names of folders in which Python finds packages


class SandboxMissing(Exception):  # noqa: N818
    """Student code cannot be shut in on this machine."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are by the clock; the rest is for all its processes together."""

    cell_seconds: int = 60
    total_seconds: int = 600
    memory: int = 4 * 2**30  # bytes
    processes: int = 100  # counting threads, of which an idle kernel has a dozen
    disk: int = 256 * 2**20  # bytes
    output: int = 500_000  # characters kept of one cell


def check() -> None:
    """Make sure that this machine can shut student code in.

    Raises
    ------
    SandboxMissing
        It cannot; the message says why and what to do.
    """
    if sys.platform != "linux":
        raise SandboxMissing("The sandbox needs Linux; elsewhere, use a virtual machine or WSL.")
    missing = [tool for tool in ("bwrap", "prlimit", "setpriv") if not shutil.which(tool)]
    if missing:
        raise SandboxMissing(
            f"Not found: {', '.join(missing)}. On Debian and Ubuntu `apt install bubblewrap util-linux`"
            " brings them, on Fedora `dnf install bubblewrap util-linux`."
        )
    said = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout
    if tuple(map(int, re.findall(r"\d+", said)[:2])) < (0, 8):
        raise SandboxMissing(f"The sandbox needs bubblewrap 0.8 or newer; this is {said.strip()}.")
    with tempfile.TemporaryDirectory() as folder:
        shut_in = command(["true"], Path(folder), (), Limits())
        trial = subprocess.run(shut_in, capture_output=True, text=True, check=False)
    if trial.returncode:
        raise SandboxMissing(
            f"bubblewrap does not start here: {trial.stderr.strip()}. In a container, allow it new namespaces"
            " (Docker: --privileged); on Ubuntu 24.04 and newer, allow bwrap user namespaces in AppArmor."
        )


def install() -> None:
    """Install what `check` misses, where that needs no password: as root on Debian and its relatives."""
    apt = shutil.which("apt-get")
    if apt and os.getuid() == 0:
        for words in (["update", "-qq"], ["install", "-qq", "-y", "bubblewrap", "util-linux"]):
            subprocess.run([apt, *words], check=False)


def check_hidden(folder: Path) -> None:
    """Make sure that a folder with grades and solutions is not among those that student code can read."""
    for shown in (Path("/usr"), *visible_folders()):
        if folder.resolve().is_relative_to(shown):
            raise SandboxMissing(f"Move the course folder out of {shown}, which student code has to read.")


def visible_folders() -> list[Path]:
    """List what a kernel reads besides the system's own: Python, its packages, and the course's `cnnlab`."""
    found = {Path(sys.prefix), Path(sys.base_prefix)}
    found |= {Path(each) for each in sys.path if Path(each).name in PACKAGES}
    cnnlab = find_spec("cnnlab")
    if cnnlab and cnnlab.submodule_search_locations:
        found |= {Path(each) for each in cnnlab.submodule_search_locations}
    found |= {each.resolve() for each in found}  # a folder may be reached by links
    found = {each for each in found if each.exists() and not each.is_relative_to("/usr")}
    return sorted(each for each in found if not any(other in found for other in each.parents))


def command(program: list[str], sockets: Path, files: Iterable[Path], limits: Limits) -> list[str]:
    """Give the command line that runs a program shut in.

    Parameters
    ----------
    program
        The program and its arguments.
    sockets
        The only folder outside that the program may write to.
    files
        Files that it finds, read-only, in the folder where it starts.
    limits
        What it may use.
    """
    bwrap = ["bwrap", "--die-with-parent", "--new-session", "--unsetenv", "JPY_PARENT_PID"]
    bwrap += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    for folder in map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64")):
        if folder.is_symlink():
            bwrap += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.exists():
            bwrap += ["--ro-bind", str(folder), str(folder)]
    for each in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"):
        bwrap += ["--ro-bind-try", each, each]
    empty = ["--size", str(limits.disk), "--perms", "1777", "--tmpfs"]
    bwrap += ["--proc", "/proc", "--dev", "/dev", *empty, "/dev/shm", "--remount-ro", "/dev", *empty, "/tmp"]  # noqa: S108
    for each in (WORK, HOME, f"{HOME}/.cache", f"{HOME}/.cache/matplotlib"):
        bwrap += ["--perms", "0777", "--dir", each]
    for path in files:
        bwrap += ["--ro-bind", str(path), f"{WORK}/{path.name}"]
    # Without its list of fonts, matplotlib searches for them in every kernel.
    for path in (Path.home() / ".cache" / "matplotlib").glob("fontlist-*.json"):
        bwrap += ["--ro-bind", str(path), f"{HOME}/.cache/matplotlib/{path.name}"]
    for folder in (*visible_folders(), sockets):
        for parent in folder.parents[-2::-1]:
            bwrap += ["--perms", "0755", "--dir", str(parent)]  # a home's own rights would hide what is in it
        bwrap += ["--bind" if folder == sockets else "--ro-bind", str(folder), str(folder)]
    bwrap += ["--remount-ro", "/", "--chdir", WORK, "--cap-drop", "ALL"]
    return [*bwrap, *_unprivileged(), *_limited(limits), *program]


def remove(folder: Path) -> None:
    """Remove what a sandbox wrote to; Python's own way would give up at folders a thousand deep."""
    subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL, check=False)


def owner() -> int:
    """Return the number of the user that student code runs as."""
    # Root is exempt from the limit on processes. Each sandbox of root's takes a user that nobody else has.
    return os.getuid() or 1_000_000_000 + threading.get_native_id()


def _unprivileged() -> list[str]:
    if os.getuid():
        return ["--unshare-user", "--disable-userns", "--"]
    user = str(owner())
    rights = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--"]
    return [
        *rights,
        "setpriv",
        "--reuid",
        user,
        "--regid",
        user,
        "--clear-groups",
        "--no-new-privs",
        "--inh-caps=-all",
    ]


def _limited(limits: Limits) -> list[str]:
    # Address space is more than memory, and who has used all of it cannot even say so: the watch comes first.
    sizes = [f"--as={2 * limits.memory}", f"--fsize={limits.disk}", f"--nproc={limits.processes}"]
    return ["prlimit", *sizes, "--core=0", "--nofile=1024"]
