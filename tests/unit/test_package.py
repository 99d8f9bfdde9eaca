"""The package as others get it: a wheel and an sdist, whole, alone, and quick to import."""

import os
import subprocess
import sys
import tarfile
from zipfile import ZipFile

import pytest

from authoring import book, package

SOURCE = book.ROOT / "lessons_src"
# What may take long to import; torch, Matplotlib and ipywidgets take most of a second each.
HEAVY = {"torch", "matplotlib", "pandas", "ipywidgets", "anywidget", "IPython"}
# What a lesson can import before it draws or trains anything.
LIGHT = ["cnnlab", "cnnlab.count", "cnnlab.data", "cnnlab.exercises", "cnnlab.layers", "cnnlab.train"]


def fresh(program, *options, **environment):
    """Run a program in a new Python and return what it printed."""
    run = subprocess.run(
        [sys.executable, *options, "-c", program], env=os.environ | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


def loads(module):
    """The modules that Python has loaded after this one, and those within them."""
    return set(fresh(f"import sys, {module}; print(*sys.modules)").split())


@pytest.mark.parametrize("module", LIGHT)
def test_what_draws_and_trains_nothing_loads_nothing_heavy(module):
    # Not a time: machines differ, and what is not loaded costs nothing on any.
    assert not loads(module) & HEAVY


def test_the_package_itself_loads_nothing_but_python():
    others = {name.partition(".")[0] for name in loads("cnnlab") - loads("json")}
    assert others - set(sys.stdlib_module_names) == {"cnnlab"}


def test_a_heavy_import_would_be_noticed():
    assert "torch" in loads("cnnlab.nets") & HEAVY
    assert loads("cnnlab.plots") & HEAVY == {"matplotlib"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return package.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """A folder with the wheel alone."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", folder]
    subprocess.run([*pip, built[1]], check=True)
    return folder


@pytest.mark.slow
def test_twine_finds_nothing_wrong(built):
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *built], check=True)


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package_and_nothing_else(built):
    wanted = {
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "cnnlab").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    found = set(ZipFile(built[1]).namelist())
    assert {name for name in found if ".dist-info/" not in name} == wanted
    licences = {name.rpartition("/")[2] for name in found if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-animal_mnist", "LICENSE-fashion-mnist"}
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/lessons_src/")[2] for name in sdist.getnames()}
    assert wanted <= names


@pytest.mark.slow
def test_the_installed_package_works_alone(installed):
    program = (
        "import cnnlab; from cnnlab import atlas, data, layers, plots, widgets;"
        "images = data.animals().test_images;"
        "widgets.ConvArithmetic(); widgets.HeadCalculator(7, 7, 256, hidden=(8,), classes=3);"
        "atlas.load(); data.fashion_mnist();"
        "print(cnnlab.__file__, images.shape)"
    )
    # -P and the folder first: neither the checkout nor what is installed here may answer instead.
    said = fresh(program, "-P", PYTHONPATH=str(installed))
    assert said.split(" ", 1) == [f"{installed}/cnnlab/__init__.py", "(600, 1, 28, 28)\n"]
