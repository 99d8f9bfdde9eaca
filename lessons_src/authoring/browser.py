"""Chromium for the browser tests: ``python -m authoring.browser`` installs one where none is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

CHOSEN = "CHROMIUM"
"""An environment variable that names the browser to use."""

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Root in a container has no sandbox to start, and /dev/shm may be tiny. No name is resolved but the
# loopback's: whatever a page wants from elsewhere fails at once, and shows.
OPTIONS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

ADVICE = (
    "The browser tests need Chromium. Run `make browser`, which takes Debian's package or Playwright's own "
    f"build, or set {CHOSEN} to the program of a Chromium or Chrome that is there."
)


def find(playwright: Playwright) -> Path | None:
    """Look for a browser: the one chosen, Playwright's own, then what the system has."""
    if chosen := os.environ.get(CHOSEN):
        return Path(chosen)
    own = Path(playwright.chromium.executable_path)
    if own.exists():
        return own
    found = (shutil.which(name) for name in ON_PATH)
    return next((Path(path) for path in found if path), None)


def _find() -> Path | None:
    with sync_playwright() as playwright:
        return find(playwright)


def _install() -> None:
    """Try Debian's package where that is possible, then Playwright's own build."""
    if (apt := shutil.which("apt-get")) and os.geteuid() == 0:
        for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run([apt, *command], check=False)
        if _find():
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Say which browser there is, after installing one where there is none."""
    if not _find():
        _install()
    browser = _find()
    if browser and browser.exists():
        print(f"The browser tests use {browser}.")
        return 0
    print(ADVICE, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
