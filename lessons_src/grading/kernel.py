"""A Jupyter kernel that is started shut in, and a watch that ends it when it takes too much."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import psutil
import zmq
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from traitlets import default

from grading import sandbox
from grading.sandbox import Limits

LONGEST_MESSAGE = 32 * 2**20  # bytes; a longer one ends the connection, and so the cell
WATCH = 0.3  # seconds between two looks at what a kernel uses
MOST_SOCKETS = 20  # and the file that names them
MOST_MESSAGES = 20  # waiting to be read; the others wait in the sandbox, where memory is limited


class _Manager(AsyncKernelManager):
    """Starts a kernel by the command that it is given, and talks to it through sockets in a folder."""

    def __init__(self, command: list[str], sockets: Path, user: int) -> None:
        super().__init__(transport="ipc", ip=str(sockets / "k"), connection_file=str(sockets / "kernel.json"))
        # A signal would reach bubblewrap; a message reaches the kernel.
        self._kernel_spec = KernelSpec(argv=command, language="python", interrupt_mode="message")
        self._user = user

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, LONGEST_MESSAGE)
        context.setsockopt(zmq.RCVHWM, MOST_MESSAGES)
        return context

    def write_connection_file(self, **options: Any) -> None:
        super().write_connection_file(**options)
        os.chown(self.connection_file, self._user, -1)


class Kernel:
    """A kernel for one submission; a context that leaves no process and no file behind.

    Parameters
    ----------
    limits
        What all its processes together may use.
    environment
        Environment variables that it has besides the usual ones.
    files
        File name to content: what lies, read-only, in the folder where it starts.
    sandboxed
        False runs student code with the rights of whoever grades.
    """

    def __init__(
        self, limits: Limits, environment: dict[str, str], files: dict[str, bytes], sandboxed: bool
    ) -> None:
        self.limits, self.environment, self.files, self.sandboxed = limits, environment, files, sandboxed
        self.overuse = ""  # what the watch found

    def __enter__(self) -> Self:
        """Start it."""
        # Names of sockets have to be short, and TMPDIR can be long.
        self._folder = folder = Path(tempfile.mkdtemp(prefix="grading-", dir="/tmp"))
        sockets, start = folder / "sockets", folder / "start"
        sockets.mkdir()
        start.mkdir()
        paths = [start / name for name in self.files]
        for path in paths:
            path.write_bytes(self.files[path.name])
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command += ["--HistoryManager.hist_file=:memory:"]
        user = os.getuid()
        if self.sandboxed:
            command = sandbox.command(command, sockets, paths, self.limits)
            user = sandbox.owner()
        os.chown(sockets, user, -1)
        self.manager = _Manager(command, sockets, user)
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        run_sync(self.manager.start_kernel)(env=self._environment(start), cwd=str(start), **silent)
        self._process: subprocess.Popen[bytes] = vars(self.manager.provisioner)["process"]
        self._sockets = sockets
        self._over, self._looking = threading.Event(), threading.Lock()
        self._watch = threading.Thread(target=self._watch_use, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, with everything that it has started."""
        self._over.set()
        self._watch.join()
        self._process.kill()
        self._process.wait()
        run_sync(self.manager.cleanup_resources)()
        sandbox.remove(self._folder)

    def _environment(self, start: Path) -> dict[str, str]:
        home = sandbox.HOME if self.sandboxed else str(start)
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        quiet = {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "ignore",
            "NBGRADER_EXECUTION": "autograde",
        }
        usual = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "IPYTHONDIR": f"{home}/.ipython"}
        found = find_spec("cnnlab")
        parent = Path(str(found.origin)).parents[1] if found else start
        if parent.name not in sandbox.PACKAGES:
            usual["PYTHONPATH"] = str(parent)
        return usual | threads | quiet | self.environment

    def _watch_use(self) -> None:
        """End the kernel when its processes together use too much; each alone is held by its own limits."""
        while not self._over.wait(WATCH) and not self.look():
            pass

    def look(self) -> str:
        """Say what its processes use too much of; if it is anything, they are ended."""
        with self._looking:
            if self.overuse:
                return self.overuse
            try:
                outermost = psutil.Process(self._process.pid)
                family = [outermost, *outermost.children(recursive=True)]
            except psutil.NoSuchProcess:
                return ""  # the kernel ended by itself
            entries = list(self._sockets.iterdir())
            if len(family) > self.limits.processes // 2:
                self.overuse = f"it started more than {self.limits.processes // 2} processes"
            elif _memory(family, self.limits.memory) > self.limits.memory:
                self.overuse = f"it used more than {self.limits.memory / 2**20:,.0f} MiB of memory"
            elif len(entries) > MOST_SOCKETS or not all(map(_belongs, entries)):
                self.overuse = "it wrote files where the kernel's sockets are"
            if self.overuse:
                outermost.kill()  # and with it everything in the sandbox
            return self.overuse


def _belongs(path: Path) -> bool:
    return path.is_socket() or (path.name == "kernel.json" and path.lstat().st_size < 10_000)


def _nameless_files(family: list[psutil.Process]) -> int:
    """Count the bytes in files that are only memory, and that no folder's size limits."""
    sizes: dict[int, int] = {}
    for process in family:
        try:
            for each in os.scandir(f"/proc/{process.pid}/fd"):
                if os.readlink(each.path).startswith("/memfd:"):
                    told = os.stat(each.path)
                    sizes[told.st_ino] = told.st_blocks * 512
        except OSError:
            continue  # it ended in the meantime
    return sum(sizes.values())


def _memory(family: list[psutil.Process], limit: int) -> int:
    """Count bytes; what processes share counts once, as far as the limit is in question."""
    files = _nameless_files(family)
    used = files + sum(_size(each, "rss") for each in family)
    return used if used <= limit else files + sum(_size(each, "pss") for each in family)


def _size(process: psutil.Process, kind: str) -> int:
    try:
        told = process.memory_info() if kind == "rss" else process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(told, kind))
