"""Put everything into one zip: the site, the notebooks, the package and a READ ME.

What it holds works from a folder or a USB stick, without a server and without a network. It lies in the built
site, where the button "Download everything" leads; of the same site it has the same bytes.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from authoring import book, lite, package

READ_ME = """\
{title}
version {version}

READ    Open site/index.html in a browser. Everything works without a network: the sliders, the
        quizzes, the search. Your browser opens it as a file; there is no server to start.

RUN     The notebooks are the lessons with their code, assignments the graded work for a class.
        They need Python 3.11 or newer with Jupyter and PyTorch, and the course's package:

            pip install {wheel}

        pip fetches what the package needs (NumPy, Matplotlib, ipywidgets, PyTorch, ...) where it
        is missing, so this line alone wants a network, or a machine that has them.
        On Linux pip may choose PyTorch's CUDA build, which is several gigabytes; the lessons need
        no GPU. PyTorch's own page on installing it shows how to choose.

TEACH   Begin with site/book/teaching/syllabus.html.

The newest version: {address}

Licence: the text under CC BY 4.0, the code under MIT; see LICENSE. The images keep their own
licences, which travel inside the package.
"""
# Sphinx's own note, and what no browser runs from a disk.
LEFT_OUT = {".buildinfo", lite.FOLDER}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # for all files: when a page was built is no part of what it says


def write(root: Path = book.ROOT) -> Path:
    """Write the zip into the built site and return its path.

    Raises
    ------
    FileNotFoundError
        There is no built site.
    """
    site = root / "_build" / "html"
    if not (site / "index.html").exists():
        raise FileNotFoundError(f"there is no site in {site}: run `make site` first")
    target = site / book.bundle_name(root)
    top = f"{target.stem}-{book.version(root)}"
    with tempfile.TemporaryDirectory() as folder:
        _, wheel = package.build(Path(folder), root)
        contents = {name: path.read_bytes() for name, path in _files(site, wheel, root)}
        contents["READ ME.txt"] = _read_me(f"package/{wheel.name}", root).encode()
        # Under another name first: whoever asks for the zip meanwhile gets the old one, or none.
        part = target.with_suffix(".part")
        with ZipFile(part, "w", ZIP_DEFLATED, compresslevel=9) as bundle:
            for name, content in sorted(contents.items()):
                entry = ZipInfo(f"{top}/{name}", EARLIEST)
                entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
                bundle.writestr(entry, content)
        part.replace(target)
    return target


def _files(site: Path, wheel: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Give every file with its name in the zip."""
    for path in site.rglob("*"):
        # Zips of older addresses of the repository too: a zip in the zip would grow with each build.
        within = path.relative_to(site)
        kept = path.name not in LEFT_OUT and within.parts[0] not in LEFT_OUT
        if path.is_file() and kept and path.suffix not in {".zip", ".part"}:
            yield f"site/{within.as_posix()}", path
    for kind in ("notebooks", "assignments"):
        for path in (root / "book" / kind).glob("*.ipynb"):
            yield f"{kind}/{path.name}", path
    yield f"package/{wheel.name}", wheel
    yield "LICENSE", root / "LICENSE"


def _read_me(wheel: str, root: Path) -> str:
    text = READ_ME.format(
        title=book.config(root)["title"],
        version=book.version(root),
        wheel=wheel,
        address=book.page_url("book/index", root),
    )
    return text.replace("\n", "\r\n")  # an old Notepad shows it as well


def main(root: Path = book.ROOT) -> int:
    """Write the zip and say how large it is. Returns the exit code."""
    try:
        path = write(root)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    with ZipFile(path) as bundle:
        number, unpacked = len(bundle.infolist()), sum(entry.file_size for entry in bundle.infolist())
    name = path.relative_to(root)
    print(f"{name}: {number} files, {path.stat().st_size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
