"""A notebook in a Colab of its own: nothing of the course is there, and much is older than our pins.

Its first cell runs as it stands. `make versions` does the same with every notebook, and with the oldest
releases that the package admits; here is one of them, in an environment made in seconds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from authoring import book
from authoring.package import repository_from_here

# What Colab had in 2024, or still has: each of these was once younger than some reader's environment.
OLDER = ["numpy==1.26.4", "matplotlib==3.8.4", "pandas==2.1.4", "tqdm==4.66.4", "ipywidgets==7.7.1",
         "ipython-genutils==0.2.0"]  # fmt: skip
MISSING = {"cnnlab", "anywidget"}  # the cell has to bring both
FOLDER = book.ROOT / "_build" / "colab"
LESSON = "book/layers/arithmetic"  # the quickest that computes with torch, draws, and has things to move

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def older():
    """A folder with the older releases, kept for the next run."""
    stamp = FOLDER / "installed.txt"
    if not stamp.exists() or stamp.read_text() != "\n".join(OLDER):
        shutil.rmtree(FOLDER, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", FOLDER, *OLDER]
        done = subprocess.run(pip, check=False, capture_output=True, text=True)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"pip could not fetch the older releases: {done.stderr.strip()[-200:]}")
        assert done.returncode == 0, done.stderr
        stamp.write_text("\n".join(OLDER))
    return FOLDER


@pytest.fixture
def colab(older, tmp_path):
    """An environment with the older releases, and else with what is installed here, but for what Colab lacks.

    It is made of links: to install it would take minutes.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    (inside,) = (tmp_path / "env").glob("lib/python*/site-packages")
    here = Path(sysconfig.get_path("purelib"))
    taken = {project(path.name) for path in older.iterdir()} | MISSING
    for path in [*older.iterdir(), *(p for p in here.iterdir() if project(p.name) not in taken)]:
        (inside / path.name).symlink_to(path)
    assert not any(inside.glob("*cnnlab*"))
    return python


def project(name):
    """The project that a file or a folder of site-packages belongs to, roughly."""
    name = name.removeprefix("__editable__.").removeprefix("__editable___")
    return re.split(r"[-.]|_\d", name, maxsplit=1)[0].lower()


def test_a_lesson_runs_and_its_first_cell_installs_the_package(colab, tmp_path):
    if not (book.ROOT / ".git").exists():
        pytest.skip("needs a checkout made by Git")
    folder = tmp_path / "content"
    folder.mkdir()
    notebook = shutil.copy(book.notebook(LESSON), folder)
    # Only what a fresh machine would have, so that nothing leads to the checkout.
    plain = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    run = subprocess.run(
        [colab, "-P", "-m", "pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300",
         "-p", "no:cacheprovider", "-q", notebook],
        cwd=folder, env=plain | repository_from_here(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr

    (installed,) = (tmp_path / "env").glob("lib/python*/site-packages/cnnlab-*.dist-info")
    came_from = json.loads((installed / "direct_url.json").read_text(encoding="utf8"))
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=book.ROOT, capture_output=True, text=True, check=True
    )
    assert came_from["url"] == book.repository_url()  # as the cell says it
    assert came_from["vcs_info"]["commit_id"] == head.stdout.strip()
    assert not list(installed.parent.glob("numpy-2*"))  # what Colab had is still there
