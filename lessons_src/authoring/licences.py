"""Whose files the built site carries, and under which licences: ``THIRD-PARTY.txt``, from what is installed.

A file that is not ours, in no package and not named in ``licences.yml`` is a fault: then nobody has looked
at its licence.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from authoring import book, lite

NAME = "THIRD-PARTY.txt"
LICENCE_FILE = re.compile(r"^(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)
OURS = (
    "book",
    "lessons_src/cnnlab/widgets",
    "lessons_src/authoring/theme",
    "lessons_src/authoring/templates",
)
FONTS = {".woff", ".woff2", ".ttf", ".otf", ".eot"}
# The first line of a package's classifiers or of a licence that older metadata holds in full.
SHORT = re.compile(r"^(License :: OSI Approved :: )?(?P<name>.*?)( License)?$")


class Package(NamedTuple):
    """A package that is installed: what it says about its licence."""

    name: str
    version: str
    licence: str
    texts: dict[str, str]  # the licence files by their names
    source: str  # PyPI or npm


@cache
def listed() -> dict[str, Any]:
    """Read what no metadata tells."""
    return dict(yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf8")))


def packages_of(site: Path, root: Path = book.ROOT) -> tuple[dict[str, Package], list[str]]:
    """Find the package behind each file of the site that is not ours, and the files behind which is none."""
    python, npm = _python_files(), _npm_files(root)
    own = {_digest(p) for folder in OURS for p in (root / folder).rglob("*") if p.is_file()}
    found: dict[str, Package] = {}
    strangers = []
    for path in sorted(p for p in site.rglob("*") if p.is_file() and p.stat().st_size):
        name = path.relative_to(site).as_posix()
        if name.startswith(f"{lite.FOLDER}/"):
            if by := lite.owner(name):
                found[name] = _python(by)
            continue
        digest = _digest(path)
        if by := listed()["written"].get(name) or python.get(digest):
            found[name] = _python(by)
        elif digest in npm:
            found[name] = _npm(npm[digest])
        elif digest not in own and not any(fnmatch(name, pattern) for pattern in listed()["ours"]):
            strangers.append(name)
    return found, strangers


def faults(site: Path, root: Path = book.ROOT) -> list[str]:
    """List the files and packages of the site whose licence nobody knows."""
    found, strangers = packages_of(site, root)
    said = [
        f"{name}: nobody says whose file this is; name it in authoring/licences.yml" for name in strangers
    ]
    for name, package in found.items():
        known = package.source == "npm" or any(fnmatch(name, entry["files"]) for entry in listed()["inside"])
        if Path(name).suffix in FONTS and not known:
            said.append(f"{name}: a font; name its licence in authoring/licences.yml")
    said += [f"{p.name}: the package names no licence" for p in set_of(found) if not p.licence]
    said += [f"{p.name}: the package has no licence's text" for p in set_of(found) if not p.texts]
    for entry in listed()["inside"]:
        if entry["files"].startswith(f"{lite.FOLDER}/") and not (site / lite.FOLDER).exists():
            continue  # no lesson of this book opens in the browser
        if not any(fnmatch(name, entry["files"]) for name in found):
            said.append(f"authoring/licences.yml: {entry['work']} is no longer in the site")
    return said


def set_of(found: dict[str, Package]) -> list[Package]:
    """List each package once."""
    return sorted({p.name: p for p in found.values()}.values(), key=lambda p: p.name.lower())


def write(site: Path, root: Path = book.ROOT) -> None:
    """Write the list beside the pages."""
    found, _ = packages_of(site, root)
    Path(site, NAME).write_text("\n".join(_lines(found, root)), encoding="utf8", newline="\n")


def _lines(found: dict[str, Package], root: Path) -> Iterator[str]:
    yield f"{book.config(root)['title']}: what others have made\n"
    yield "The course's own text is under CC BY 4.0, its code under MIT. This site also carries:\n"
    for package in set_of(found):
        files = sum(p.name == package.name for p in found.values())
        number = "1 file" if files == 1 else f"{files} files"
        yield f"- {package.name} {package.version} ({package.source}): {package.licence}; {number}"
    yield "\nIn these packages there are works of others:\n"
    for entry in listed()["inside"]:
        yield f"- {entry['work']}, by {entry['by']}: {entry['licence']}; {entry['at']}"
    yield "\nThe pages draw images from these sets:\n"
    data = root / "lessons_src" / "cnnlab" / "_data"
    for entry in listed()["images"].values():
        yield f"- {entry['work']}: {entry['licence']}"
    for package in set_of(found):
        for name, text in package.texts.items():
            yield _headed(f"{package.name}: {name}", text)
    for entry in listed()["images"].values():
        yield _headed(entry["work"], (data / entry["text"]).read_text(encoding="utf8"))


def _headed(title: str, text: str) -> str:
    return f"\n{'=' * 80}\n{title}\n{'=' * 80}\n\n{text.strip()}\n"


def _digest(path: Path) -> str:
    """Hash a file as packages record it."""
    return urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).decode().rstrip("=")


@cache
def _python_files() -> dict[str, str]:
    """Index the files of the Python packages by their content."""
    return {
        file.hash.value: name
        for name in reversed(listed()["packages"])
        for file in distribution(name).files or ()
        if file.hash
    }


def _npm_files(root: Path) -> dict[str, Path]:
    """Index the files of the browser parts by their content; what only checks the site is not shipped."""
    parts = json.loads((root / "package.json").read_text(encoding="utf8"))["dependencies"]
    folders = [root / "node_modules" / name for name in parts]
    return {_digest(p): folder for folder in folders for p in folder.rglob("*") if p.is_file()}


@cache
def _python(name: str) -> Package:
    found = distribution(name)
    files = [f for f in found.files or () if ".dist-info" in str(f) and LICENCE_FILE.match(f.name)]
    texts = {f.name: Path(str(found.locate_file(f))).read_text(encoding="utf8") for f in files}
    return Package(found.metadata["Name"], found.version, _licence(found), texts, "PyPI")


def _licence(found: Distribution) -> str:
    """Read the licence's name: where newer metadata has it, among the classifiers, or in the older field."""
    said = [v for key in ("License-Expression", "Classifier", "License") for v in _all(found, key)]
    named = [v for v in said if "::" not in v or v.startswith("License ::")]
    match = SHORT.match(named[0].partition("\n")[0]) if named else None
    return match["name"] if match else ""


def _all(found: Distribution, key: str) -> list[str]:
    # Asked so, since a key that is not there is an error in some versions and None in others.
    return [str(value) for value in found.metadata.get_all(key) or ()]


@cache
def _npm(folder: Path) -> Package:
    about = json.loads((folder / "package.json").read_text(encoding="utf8"))
    files = sorted(p for p in folder.iterdir() if LICENCE_FILE.match(p.name))
    texts = {p.name: p.read_text(encoding="utf8") for p in files}
    return Package(about["name"], about["version"], str(about.get("license", "")), texts, "npm")
