"""A real JupyterLab on the loopback address, driven as a reader does."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page

PATIENCE = 120  # seconds, for a start or a run on a busy machine
# All cells are on the page, as in Notebook, and no question about news stands before them.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false"},
}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@contextmanager
def jupyterlab(folder: Path) -> Iterator["Lab"]:
    """Run JupyterLab on the notebooks of a folder; its settings and its records live in that folder too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter" / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    for name, settings in SETTINGS.items():
        file = folder / ".jupyter/CONFIG/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(settings))
    command = [
        sys.executable,
        *f"-m jupyterlab --no-browser --allow-root --ip=127.0.0.1 --port={port}".split(),
    ]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    with (folder / ".lab.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | own, stdout=log, stderr=log)
        try:
            lab = Lab(folder, f"http://127.0.0.1:{port}", token)
            lab.wait_until_it_answers()
            yield lab
        finally:
            server.terminate()
            server.wait(PATIENCE)


class Lab:
    """A JupyterLab that runs."""

    def __init__(self, folder: Path, address: str, token: str):
        self.folder, self.address, self.token = folder, address, token

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5):  # noqa: S310
                    return
            except URLError:
                if time.monotonic() > end:
                    raise TimeoutError((self.folder / ".lab.log").read_text()) from None
                time.sleep(0.2)

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook with these cells."""
        return self._save(name, new_notebook(cells=[new_code_cell(text) for text in cells]))

    def copy(self, notebook: Path) -> str:
        """Copy a notebook here."""
        return self._save(notebook.name, nbformat.read(notebook, as_version=4))

    def _save(self, name: str, notebook: nbformat.NotebookNode) -> str:
        notebook.cells.append(new_code_cell(f"print('{END[:3]}' + '{END[3:]}')"))
        notebook.metadata["kernelspec"] = KERNEL
        nbformat.write(notebook, self.folder / name)
        return name

    def run_all(self, page: Page, name: str) -> list[str]:
        """Open a notebook, run all of its cells, and list the errors that they gave."""
        page.goto(f"{self.address}/lab/tree/{name}?token={self.token}&reset")
        page.get_by_text(READY).wait_for(timeout=PATIENCE * 1000)
        # The menu is the reader's way.
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        # A bar of progress goes to stderr too, and is no error.
        errors = page.locator('[data-mime-type$=".stderr"]', has_text="Traceback (most recent call last)")
        errors.or_(page.get_by_text(END)).first.wait_for(timeout=PATIENCE * 1000)
        return errors.all_inner_texts()


READY = "Python 3 (ipykernel) | Idle"  # in the bar below; without a kernel JupyterLab asks for one
END = "All cells have run."  # what a cell added at the end of each notebook prints
