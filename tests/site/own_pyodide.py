"""A Pyodide to serve from here: Python from npm, and of the packages those that a kernel needs.

NumPy and all else that is compiled is only to be had from Pyodide's own CDN. Here it has a name, a version
and no content, so that what needs it can be installed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from authoring import book, npm, repack

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
KERNEL = ("micropip", "ipython", "jedi", "tqdm", "typing-extensions")
HOLLOW = ("numpy", "matplotlib")
WHEELS = book.ROOT / "_build" / "pyodide-wheels"  # kept for the next run


def assemble(folder: Path) -> Path:
    """Fill a folder with it, and return the folder."""
    source = npm.ensure() / "pyodide"
    for name in CORE:
        shutil.copy2(source / name, folder)
    lock = json.loads((source / LOCK).read_text(encoding="utf8"))
    packages = {name: lock["packages"][name] for name in _with_needs(KERNEL, lock["packages"])}
    _fetch([f"{name}=={package['version']}" for name, package in packages.items()])
    for name, package in packages.items():
        (wheel,) = WHEELS.glob(f"{name.replace('-', '_')}-{package['version']}-*.whl")
        _put(Path(shutil.copy2(wheel, folder)), package)
    for name in HOLLOW:
        packages[name] = lock["packages"][name] | {"depends": []}
        _put(_hollow(name, packages[name]["version"], folder), packages[name])
    lock["packages"] = packages
    (folder / LOCK).write_text(json.dumps(lock), encoding="utf8")
    return folder


def _put(wheel, package):
    """Say which file is a package's. Pyodide packs some anew, and here are the makers' own."""
    package.update(file_name=wheel.name, sha256=hashlib.sha256(wheel.read_bytes()).hexdigest())


def _hollow(name, version, folder):
    info = f"{name}-{version}.dist-info"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as packed:
        packed.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        packed.writestr(f"{info}/WHEEL", repack.WHEEL)
        packed.writestr(f"{info}/RECORD", "")
    return wheel


def _with_needs(names, packages):
    """The packages, with all that they need."""
    found, open_ = {}, list(names)
    while open_:
        name = open_.pop().lower().replace("_", "-")
        if name not in found:
            found[name] = None
            open_ += packages[name]["depends"]
    return sorted(found)


def _fetch(wanted: list[str]) -> None:
    stamp = WHEELS / "fetched.txt"
    if stamp.exists() and stamp.read_text().split() == wanted:
        return
    shutil.rmtree(WHEELS, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    pip += ["--platform=any", "--python-version=3.14", f"--dest={WHEELS}", *wanted]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"pip could not fetch what a kernel in the browser needs: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    stamp.write_text("\n".join(wanted))
