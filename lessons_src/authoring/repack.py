"""Pack a Python package into a wheel again, from what is installed.

So the pins of `requirements.txt` hold for what the site serves too, and nothing is asked of a network.
"""

import base64
import hashlib
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EARLIEST = (1980, 1, 1, 0, 0, 0)  # for all files: of the same files the wheel has the same bytes
# What pip writes beside a package's own files, and what is written anew here.
LEFT_OUT = {"INSTALLER", "REQUESTED", "direct_url.json", "RECORD", "WHEEL"}
COMPILED = {".so", ".pyd"}
WHEEL = "Wheel-Version: 1.0\nGenerator: authoring.repack\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def repack(name: str, folder: Path) -> Path:
    """Write the wheel of an installed package to a folder, for any Python, and return its path.

    Modules that were compiled only for speed are left out: their source takes their place.

    Raises
    ------
    ValueError
        The package does not work without what was compiled.
    """
    package = distribution(name)
    files = _files(package)
    (info,) = {PurePosixPath(file).parts[0] for file in files if ".dist-info/" in file}
    files[f"{info}/WHEEL"] = WHEEL.encode()
    record = [f"{file},sha256={_digest(content)},{len(content)}" for file, content in sorted(files.items())]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    target = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    with ZipFile(target, "w", ZIP_DEFLATED) as wheel:
        for file, content in sorted(files.items()):
            entry = ZipInfo(file, EARLIEST)
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            wheel.writestr(entry, content)
    return target


def _files(package: Distribution) -> dict[str, bytes]:
    """Read the package's own files: no programs and data beside the package, nothing that Python compiled."""
    inside = [file for file in package.files or () if ".." not in file.parts and not file.is_absolute()]
    names = {file.as_posix() for file in inside}
    for file in inside:
        module = file.as_posix().partition(".")[0]
        # mypyc has one library for all, which only the compiled modules use.
        if file.suffix in COMPILED and f"{module}.py" not in names and not module.endswith("__mypyc"):
            raise ValueError(f"{package.name}: {file} has no source in Python")
    return {
        file.as_posix(): Path(str(file.locate())).read_bytes()
        for file in inside
        if file.name not in LEFT_OUT and file.suffix not in COMPILED | {".pyc"}
    }


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
