"""Build the site strictly: a failing cell, a warning, a dead link or a missing image stops it."""

import shutil
import subprocess
import sys
from pathlib import Path

from authoring import book, licences
from authoring.check_site import faults


def build(root: Path = book.ROOT) -> int:
    """Build the site in `_build/html`, check its pages and say how to open it.

    Returns
    -------
    int
        The exit code: 0 when the site is whole.
    """
    # After a failed strict build Sphinx finds nothing changed, and passes. Executed results stay cached.
    for stale in (".doctrees", "html"):
        shutil.rmtree(root / "_build" / stale, ignore_errors=True)
    print("Building the site; lessons that have changed run first, all of them for six minutes.", flush=True)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", str(root), "-W", "--keep-going", "-q"]
    if code := subprocess.run(command, check=False).returncode:
        print("The build failed; the messages above say where.", file=sys.stderr)
        return code
    site = root / "_build" / "html"
    found = faults(site) + licences.faults(site, root)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print(f"The site has {len(found)} faults.", file=sys.stderr)
        return 1
    print(f"\nThe site is in {site.relative_to(Path.cwd()) if site.is_relative_to(Path.cwd()) else site}.")
    print("Open its index.html in a browser, or serve it: python3 -m http.server -d _build/html")
    return 0


if __name__ == "__main__":
    sys.exit(build())
