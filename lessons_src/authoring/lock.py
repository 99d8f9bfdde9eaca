"""Renew requirements.txt: exact pins of everything that the maintainer's tasks need."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring.book import ROOT

HEADER = """\
# Exact pins of everything that the maintainer's tasks need; pyproject.toml says what they are for.
# Renew it with: make lock
"""


def lock(root: Path = ROOT) -> None:
    """Resolve pyproject.toml's dependencies and write requirements.txt."""
    with tempfile.TemporaryDirectory() as folder:
        resolved = Path(folder) / "requirements.txt"
        command = [
            sys.executable, "-m", "piptools", "compile", "--extra", "maintainer", "--strip-extras",
            "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet",
            "--output-file", str(resolved), "pyproject.toml",
        ]  # fmt: skip
        subprocess.run(command, cwd=root, check=True)
        pins = resolved.read_text(encoding="utf8")
    # The public index has no "+cpu"; pip-compile keeps only the marker of the looser requirement.
    pins = re.sub(r"^torch==([\d.]+).*$", r"torch==\1", pins, flags=re.MULTILINE)
    pins = pins.split("\n# The following packages are considered")[0]
    (root / "requirements.txt").write_text(f"{HEADER}{pins}\n-e .\n", encoding="utf8")


if __name__ == "__main__":
    lock()
