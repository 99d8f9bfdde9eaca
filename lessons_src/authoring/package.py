"""Build `cnnlab` as an sdist and a wheel; of the same files the wheel has the same bytes.

``python -m authoring.package FOLDER`` writes both there. They are built from a copy that has nothing but what
belongs in them: in the checkout setuptools would also pack what an older build has left behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring import book

NEEDED = ("pyproject.toml", "README.md", "LICENSE", "lessons_src/cnnlab")
# What a zip can hold at the earliest; wheels take their files' times from it.
EPOCH = "315532800"


def build(target: Path, root: Path = book.ROOT) -> tuple[Path, Path]:
    """Write the sdist and the wheel to the folder `target`; return their paths.

    Raises
    ------
    RuntimeError
        The build failed; the message has what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "cnnlab"
        for name in NEEDED:
            _copy(root / name, copy / name)
        # Not isolated: an isolated build would ask the network for a setuptools of its own.
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(copy)]
        environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
        run = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(f"The package could not be built:\n{run.stdout}\n{run.stderr}")
    name = f"cnnlab-{book.version(root)}"
    return target / f"{name}.tar.gz", target / f"{name}-py3-none-any.whl"


def repository_from_here(root: Path = book.ROOT) -> dict[str, str]:
    """Return settings of the environment with which Git takes the repository from here, not from its address.

    So a notebook's first cell can be run as it is, and gets what was committed last.
    """
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{root.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": book.repository_url(root),
    }


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        shutil.copyfile(source, target)
    else:
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile
        )


if __name__ == "__main__":
    for path in build(Path(sys.argv[1])):
        print(path)
