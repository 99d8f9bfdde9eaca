"""The package and the notebooks with other versions than the pins: `make versions`.

`nox --list` names the sessions, `nox -s "package(oldest)"` runs one. Each has an environment of its own; the
package goes in as a wheel, so what only the checkout has is not there. TORCH, as for `make setup`, says where
pip finds PyTorch; TORCH_VERSION says which one all sessions get, where there is no build of the oldest or the
newest.
"""

import os
import shutil
import tomllib
from pathlib import Path

import nox
from packaging.requirements import Requirement

from authoring.package import build, repository_from_here

ROOT = Path(__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
# What runs the package's own tests, and a notebook as Colab does; Colab has it too.
RUNNERS = ["pytest", "pytest-xdist", "hypothesis", "nbval", "ipykernel", "beautifulsoup4", "lxml", "scipy",
           "torchinfo", "pyyaml", "joblib", "distributed"]  # fmt: skip
# They hold the package against what a maintainer's environment has.
NOT_THE_PACKAGE = ["authoring", "test_capstone.py", "test_images.py", "test_package.py"]
NOT_THE_PACKAGE += ["test_widgets_ipywidgets7.py"]  # chooses its versions itself
IGNORED = [f"--ignore=tests/unit/{name}" for name in NOT_THE_PACKAGE]
BY_AGE = nox.parametrize("age", ["oldest", "newest"], ids=["oldest", "newest"])

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True


def versions(age: str) -> dict[str, str]:
    """Give for each package what pyproject.toml admits: its oldest release, or its newest."""
    bounds = {need.name: str(need.specifier) for need in NEEDED}
    if chosen := os.environ.get("TORCH_VERSION"):
        bounds["torch"] = f"=={chosen}"
    return {name: bound.replace(">=", "==") if age == "oldest" else bound for name, bound in bounds.items()}


def prepare(session: nox.Session, age: str) -> None:
    """Install what the package needs, and not the package."""
    wanted = versions(age)
    # As in the Makefile: PyTorch first and alone, for TORCH may name a place that has nothing else.
    session.install(*os.environ.get("TORCH", "").split(), f"torch{wanted.pop('torch')}")
    session.install("--upgrade", *(name + version for name, version in wanted.items()), *RUNNERS)
    session.run("python", "-m", "pip", "uninstall", "--quiet", "--yes", PROJECT["name"])
    session.run("python", "-m", "pip", "list", "--format=freeze")


@nox.session
@BY_AGE
def package(session: nox.Session, age: str) -> None:
    """Run the unit tests of the package, installed from its wheel."""
    prepare(session, age)
    _, wheel = build(Path(session.create_tmp()))
    session.install("--no-deps", str(wheel))
    # Warnings of old releases about one another are not ours.
    options = ["-o", "filterwarnings=default", "-p", "no:cacheprovider", "-n", "2", "-q"]
    session.run("python", "-m", "pytest", *options, *IGNORED, *(session.posargs or ["tests/unit"]))


@nox.session
@BY_AGE
def colab(session: nox.Session, age: str) -> None:
    """Run all notebooks where nothing of the course is: their first cells install it."""
    prepare(session, age)
    folder = Path(session.create_tmp(), "notebooks")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "book" / "notebooks", folder)
    options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600", "-p", "no:cacheprovider"]
    with session.chdir(folder):
        notebooks = session.posargs or ["."]
        session.run("python", "-m", "pytest", *options, *notebooks, env=repository_from_here(ROOT))
