"""Python in the page: some lessons as notebooks in JupyterLite, which runs Python in the reader's browser.

`write` puts it into the built site. The site serves JupyterLite, the notebooks, the course's package and what
this needs of pure Python. Python itself, NumPy and Matplotlib come from Pyodide: when a reader has opened a
notebook, from its makers' CDN, or from the site if the variable PYODIDE names a folder that holds a Pyodide.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import nbformat

from authoring import book, check_site, notebooks, package
from authoring.repack import repack
from authoring.without_torch import Piece, pieces

# Those that need PyTorch here and there only: `python -m authoring.lite` says how much of a lesson runs.
LESSONS = (
    "book/layers/convolution",
    "book/layers/pooling",
    "book/layers/flattening",
    "book/costs/counting",
)
FOLDER = check_site.LITE
WHEEL_FOLDER = "pypi"  # where JupyterLite looks for them
PROGRAM = ("jupyterlite-core", "jupyterlite-pyodide-kernel")
CDN = "cdn.jsdelivr.net"  # where Pyodide's makers publish it
# What the package needs, is pure Python, and is not in Pyodide; its makers' page lists what is.
WHEELS = ("anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "psygnal")
# What draws widgets, and starts Python. The environment has more, which the browser has no use for.
EXTENSIONS = ("anywidget", "jupyterlab-widgets", "jupyterlite-pyodide-kernel")
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# One asks for icons that only a Jupyter server has, the other shows a file's age, and ours have none.
DISABLED = [f"@jupyter-notebook/notebook-extension:{name}" for name in ("tab-icon", "checkpoints")]
LIBRARY = "pyodide.mjs"  # what starts a Pyodide

SETUP = """\
# Installs the course's package, which this site serves, and with it NumPy and Matplotlib.
%pip install -q cnnlab
%load_ext cnnlab.browser"""
MAGIC = "%%needs_torch"
NOTE = """\
*Here Python runs in your browser: {runs} of the {all} cells of code run. Those that begin with `{magic}` \
need PyTorch, which browsers do not have; they run [in Colab]({colab}) or on your own machine. What you \
change stays in this browser; File → Download saves it.*"""


def lessons(root: Path = book.ROOT) -> list[str]:
    """List the lessons that open in the browser, in reading order."""
    return [page for page in book.lessons(root) if page in LESSONS]


def address(page: str, root: Path = book.ROOT) -> str:
    """Return where a lesson's notebook opens, on the published site.

    It is whole, as that of the zip is, so that it also leads there from a copy of the site on a disk.
    """
    base = book.config(root)["html"]["baseurl"]
    return f"{base}{FOLDER}/notebooks/index.html?path={book.notebook(page, root).name}"


def convert(page: str, root: Path = book.ROOT) -> Any:
    """Make a lesson's notebook for the browser: what needs PyTorch is marked."""
    whole = nbformat.reads(notebooks.convert(page, root), as_version=4)
    _, back, *cells = whole.cells
    cut = cut_cells(page, root)
    runs = [not piece.needs_torch for of_cell in cut for piece in of_cell]
    colab = book.colab_url(book.notebook(page, root), root)
    back.source += "\n\n" + NOTE.format(runs=sum(runs), all=len(runs), magic=MAGIC, colab=colab)
    made, cut_in_order = [nbformat.v4.new_code_cell(SETUP), back], iter(cut)
    for cell in cells:
        made += [_cell(piece) for piece in next(cut_in_order)] if cell.cell_type == "code" else [cell]
    notebook = notebooks.whole(made)
    notebook.metadata.kernelspec = {
        "display_name": "Python (Pyodide)",
        "language": "python",
        "name": "python",
    }
    return notebook


def cut_cells(page: str, root: Path = book.ROOT) -> list[list[Piece]]:
    """Give what becomes of each of a lesson's cells of code."""
    cells = nbformat.reads(notebooks.convert(page, root), as_version=4).cells[1:]
    return pieces([cell.source for cell in cells if cell.cell_type == "code"])


def runs(page: str, root: Path = book.ROOT) -> tuple[int, int]:
    """Count the cells of code that run in the browser, and all of them."""
    all_pieces = [piece for of_cell in cut_cells(page, root) for piece in of_cell]
    return sum(not piece.needs_torch for piece in all_pieces), len(all_pieces)


def _cell(piece: Piece) -> Any:
    return nbformat.v4.new_code_cell(f"{MAGIC}\n{piece.source}" if piece.needs_torch else piece.source)


def owner(name: str) -> str | None:
    """Return the Python package that a file of the site below `lite` comes from; None where it is ours.

    What PYODIDE brings, its builder answers for.
    """
    _, part, *rest = name.split("/")
    if part in {"files", "api", "static"} or name.endswith(("jupyter-lite.json", f"{WHEEL_FOLDER}/all.json")):
        return None
    if part == WHEEL_FOLDER:
        wheel = rest[0].partition("-")[0].replace("_", "-")
        return wheel if wheel in WHEELS else None
    if part == "extensions":
        return next(p for p in EXTENSIONS if f"/{_extension(p).name}/" in name)
    return PROGRAM[0]


def pyodide() -> Path | None:
    """Return the folder with a Pyodide that the builder has named, if any.

    Raises
    ------
    ValueError
        There is none in it.
    """
    named = os.environ.get("PYODIDE")
    if named and not Path(named, LIBRARY).is_file():
        raise ValueError(f"PYODIDE names {named}, and there is no {LIBRARY} in it")
    return Path(named).resolve() if named else None


def cost() -> str:
    """Say what opening a notebook loads, and from whom; measured in Chromium, Pyodide's part estimated."""
    ours = "Opening it loads about 13 MB from the course's site"
    if pyodide():
        return f"{ours}, and Python from there too."
    return f"{ours} and some 30 MB from {CDN}, which then sees your address."


def write(site: Path, root: Path = book.ROOT) -> None:
    """Put JupyterLite with the lessons' notebooks into the site; an unchanged one is kept between builds."""
    target = site / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    if not lessons(root):
        return
    kept = site.parent / ".lite" / _digest(root)
    if not kept.is_dir():
        shutil.rmtree(kept.parent, ignore_errors=True)
        kept.parent.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            _build(Path(folder), root).rename(kept)
    shutil.copytree(kept, target)


def _digest(root: Path) -> str:
    """Name what JupyterLite is made of."""
    digest = hashlib.sha256()
    for name in (*PROGRAM, *WHEELS):
        digest.update(f"{name} {version(name)}".encode())
    for page in lessons(root):
        digest.update(nbformat.writes(convert(page, root)).encode())
    folders = [root / "lessons_src" / "cnnlab", *([found] if (found := pyodide()) else [])]
    files = [root / "pyproject.toml", *Path(__file__).parent.glob("*.py")]
    files += [p for folder in folders for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    for path in sorted(files):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _build(folder: Path, root: Path) -> Path:
    """Build JupyterLite in a folder, and return where in it."""
    source, out = folder / "source", folder / "out"
    (source / "files").mkdir(parents=True)
    (source / WHEEL_FOLDER).mkdir()
    for page in lessons(root):
        nbformat.write(convert(page, root), source / "files" / book.notebook(page, root).name)
    for name in WHEELS:
        repack(name, source / WHEEL_FOLDER)
    _, wheel = package.build(folder / "dist", root)
    shutil.copy2(wheel, source / WHEEL_FOLDER)
    if found := pyodide():
        (source / "static").mkdir()
        (source / "static" / "pyodide").symlink_to(found)
    (source / "jupyter-lite.json").write_text(json.dumps(_settings(root)), encoding="utf8")
    config = {"LiteBuildConfig": {
        "apps": ["notebooks"], "no_sourcemaps": True, "no_unused_shared_packages": True,
        "ignore_sys_prefix": True, "federated_extensions": [str(_extension(name)) for name in EXTENSIONS],
        "source_date_epoch": int(package.EPOCH), "contents": ["files"], "no_libarchive": True,
    }}  # fmt: skip
    (source / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(source)]
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    run = subprocess.run(
        [*command, "--output-dir", str(out)], cwd=source, env=environment,
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if run.returncode:
        raise RuntimeError(f"JupyterLite could not be built:\n{run.stdout}\n{run.stderr}")
    return out


def _settings(root: Path) -> dict[str, Any]:
    """Set what the browser asks for: the packages that the site serves, and PyPI for none."""
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": str(book.config(root)["title"]),
            "appUrl": "./notebooks/index.html",
            "faviconUrl": "./notebooks/favicon.ico",
            "disabledExtensions": DISABLED,
            "litePluginSettings": {KERNEL: {"disablePyPIFallback": True}},
        },
    }


@cache
def _extension(name: str) -> Path:
    """Find what an installed package adds to JupyterLab."""
    files = distribution(name).files or ()
    (found,) = (f for f in files if f.name == "package.json" and "labextensions" in f.parts)
    return Path(str(found.locate())).resolve().parent


def main() -> None:
    """Say how much of each lesson runs."""
    for page in book.lessons():
        some, all_of_them = runs(page)
        print(f"{page}: {some} of {all_of_them} cells{' *' if page in LESSONS else ''}")


if __name__ == "__main__":
    main()
