"""The folder of finished networks, and what is written down with each."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Store:
    """The folder of finished networks, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __contains__(self, name: str) -> bool:
        """Whether a network is finished."""
        return self._path(name).exists()

    def __getitem__(self, name: str) -> Record:
        """Read what is known of a network."""
        record: Record = json.loads(self._path(name).read_text(encoding="utf-8"))
        return record

    def __setitem__(self, name: str, record: Record) -> None:
        """Write beside, then rename: whoever looks, whenever this is killed, sees all of it or nothing."""
        beside = self.folder / f".{name}.{os.getpid()}"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path(name))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


@lru_cache
def origin() -> dict[str, str]:
    """Say what a result comes from: the code's commit, versions, and the kind of machine."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    in_git = _git("ls-files", __file__)
    return {
        "commit": _git("describe", "--always", "--dirty", "--abbrev=12") if in_git else "",
        "versions": f"Python {platform.python_version()}, PyTorch {version('torch')}",
        "machine": f"{platform.system()} {platform.machine()} {model}".strip(),
    }


def _git(*words: str) -> str:
    """Return what git answers; nothing where there is no git, or no repository."""
    command = ["git", "-C", str(Path(__file__).parent), *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    except FileNotFoundError:
        return ""
