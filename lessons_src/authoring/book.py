"""Where the book's parts are: its pages, its settings, its addresses."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
HEADER = "---\njupytext:"  # a page that starts so is a lesson: it has cells and becomes a notebook


@cache
def config(root: Path = ROOT) -> dict[str, Any]:
    """Read `_config.yml`."""
    return dict(yaml.safe_load((root / "_config.yml").read_text(encoding="utf8")))


def version(root: Path = ROOT) -> str:
    """Return the version that `pyproject.toml` gives the course."""
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf8"))["project"]["version"])


def pages(root: Path = ROOT) -> list[str]:
    """List the pages of `_toc.yml` in reading order, as paths without a suffix."""
    return [_toc(root)["root"], *(page for _, pages in parts(root) for page in pages)]


def parts(root: Path = ROOT) -> list[tuple[str, list[str]]]:
    """List the parts of `_toc.yml`, each with its caption and its pages."""
    return [(p.get("caption", ""), [c["file"] for c in p["chapters"]]) for p in _toc(root).get("parts", [])]


def _toc(root: Path) -> dict[str, Any]:
    return _parsed((root / "_toc.yml").read_text(encoding="utf8"))


@cache  # a build asks a thousand times, and tests change the file
def _parsed(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text))


def source(page: str, root: Path = ROOT) -> Path:
    """Return the file that a page is made from."""
    return root / f"{page}.md"


def lessons(root: Path = ROOT) -> list[str]:
    """List the pages that have cells, in reading order.

    Raises
    ------
    ValueError
        A page is listed and not there, or has cells and no jupytext header.
    """
    return [page for page in pages(root) if _has_cells(source(page, root), root)]


def _has_cells(path: Path, root: Path) -> bool:
    name = path.relative_to(root)
    if not path.exists():
        raise ValueError(f"_toc.yml names {name}, and there is no such file")
    text = path.read_text(encoding="utf8")
    if "\n```{code-cell}" in text and not text.startswith(HEADER):
        raise ValueError(f"{name}:1: no jupytext header; copy the first nine lines of another lesson")
    return text.startswith(HEADER)


def notebook(page: str, root: Path = ROOT) -> Path:
    """Return the notebook that a lesson becomes."""
    return root / "book" / "notebooks" / f"{Path(page).name}.ipynb"


def page_url(page: str, root: Path = ROOT) -> str:
    """Return the address of a page on the published site."""
    return f"{config(root)['html']['baseurl']}{page}.html"


def repository_url(root: Path = ROOT) -> str:
    """Return the repository's address, without a slash at its end."""
    return str(config(root)["repository"]["url"]).rstrip("/")


def source_url(path: Path, root: Path = ROOT) -> str:
    """Return the address of a file in the repository."""
    branch = config(root)["repository"]["branch"]
    return f"{repository_url(root)}/blob/{branch}/{path.relative_to(root).as_posix()}"


def assignment(name: str, root: Path = ROOT) -> Path:
    """Return the notebook of an assignment, as learners get it."""
    return root / "book" / "assignments" / f"{name}.ipynb"


def colab_url(path: Path, root: Path = ROOT) -> str:
    """Return the address that opens a notebook of the repository in Colab."""
    blob = urlsplit(source_url(path, root)).path
    return f"https://colab.research.google.com/github{blob}"


def binder_url(path: Path, root: Path = ROOT) -> str:
    """Return the address that opens a notebook of the repository in JupyterLab on Binder."""
    repository = urlsplit(repository_url(root)).path
    branch = config(root)["repository"]["branch"]
    place = quote(f"lab/tree/{path.relative_to(root).as_posix()}", safe="")
    return f"https://mybinder.org/v2/gh{repository}/{branch}?urlpath={place}"


def bundle_name(root: Path = ROOT) -> str:
    """Return the name of the zip that holds everything."""
    return f"{repository_url(root).rpartition('/')[2]}.zip"


def bundle_url(root: Path = ROOT) -> str:
    """Return the address of that zip on the published site.

    It is whole, so that it also leads there from a copy without the zip, such as the one inside the zip.
    """
    return f"{config(root)['html']['baseurl']}{bundle_name(root)}"
