"""Each way to open the course from elsewhere: its address comes from one setting, and leads to a file."""

import json
import os
import re
import subprocess
import tomllib
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from packaging.requirements import Requirement

from authoring import book

# Other names for the same, on conda-forge: without a window system, and without CUDA.
ON_CONDA = {"matplotlib": "matplotlib-base", "torch": "pytorch-cpu"}
ADDRESS = re.compile(r"https://[^\s\"'<>()\\]+")
BINDER = book.ROOT / ".binder"


def file_of(address):
    """The file of the repository that an address opens; None where it leads anywhere else."""
    repository, branch = urlsplit(book.repository_url()), book.config()["repository"]["branch"]
    parts = urlsplit(address.replace("&amp;", "&"))
    if parts.netloc == "mybinder.org":
        assert parts.path == f"/v2/gh{repository.path}/{branch}", address
        (place,) = parse_qs(parts.query)["urlpath"]
        return book.ROOT / place.removeprefix("lab/tree/")
    if parts.netloc == "colab.research.google.com":
        blob = f"/github{repository.path}/blob/{branch}/"
    elif parts.netloc == repository.netloc and parts.path.startswith(f"{repository.path}/"):
        blob = f"{repository.path}/blob/{branch}/"
    else:
        return None
    assert parts.path.startswith(blob), address
    return book.ROOT / unquote(parts.path.removeprefix(blob))


def opened_by(text):
    return {found for address in set(ADDRESS.findall(text)) if (found := file_of(address))}


@pytest.mark.parametrize(
    "path", ["README.md", "CITATION.cff", "book/notebooks", "book/assignments"], ids=lambda p: p
)
def test_every_link_to_a_file_of_the_repository_arrives(path):
    path = book.ROOT / path
    for file in path.glob("*.ipynb") if path.is_dir() else [path]:
        assert [found for found in opened_by(file.read_text(encoding="utf8")) if not found.is_file()] == []


@pytest.mark.slow
def test_every_button_of_the_site_leads_to_a_file_of_the_repository():
    site = book.ROOT / "_build" / "html"
    opened = set().union(*(opened_by(page.read_text(encoding="utf8")) for page in site.rglob("*.html")))
    assert [path for path in opened if not path.is_file()] == []
    assert opened >= {book.notebook(page) for page in book.lessons()}
    assert opened >= {book.source(page) for page in book.lessons()}
    assert (site / book.bundle_url().removeprefix(book.config()["html"]["baseurl"])).is_file()


@pytest.mark.parametrize("service", ["colab", "binder", "source"])
def test_a_link_that_leads_nowhere_is_noticed(service):
    address = getattr(book, f"{service}_url")
    there, gone = book.notebook(book.lessons()[0]), book.ROOT / "book" / "notebooks" / "gone.ipynb"
    assert opened_by(f'<a href="{address(there)}">') == {there}
    assert opened_by(f'<a href="{address(gone)}">') == {gone}
    with pytest.raises(AssertionError, match="another"):
        opened_by(address(there).replace(f"/{book.config()['repository']['branch']}", "/another-branch", 1))


def test_binder_installs_what_the_package_needs():
    project = tomllib.loads((book.ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    needed = [Requirement(line) for line in project["dependencies"]]
    environment = yaml.safe_load((BINDER / "environment.yml").read_text(encoding="utf8"))
    there = {re.split(r"[<>=]", line)[0]: line for line in environment["dependencies"]}
    for need in needed:
        name = ON_CONDA.get(need.name, need.name)
        assert there[name] == f"{name}{need.specifier}"
    python = there["python"].partition("=")[2]
    assert Requirement(f"python{project['requires-python']}").specifier.contains(python)


def test_binder_can_start_what_it_runs_after_that():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_container_for_developers_calls_tasks_that_there_are():
    settings = json.loads((book.ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf8"))
    makefile = (book.ROOT / "Makefile").read_text(encoding="utf8")
    task = settings["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{task}:", makefile, re.MULTILINE)
    environment = re.search(r"^VENV := (\S+)$", makefile, re.MULTILINE)[1]
    python = settings["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == f"${{containerWorkspaceFolder}}/{environment}/bin/python"
    (version,) = re.findall(r"^python:([\d.]+)", settings["image"])
    assert f'python-version: "{version}"' in (book.ROOT / ".github/workflows/course.yml").read_text("utf8")
