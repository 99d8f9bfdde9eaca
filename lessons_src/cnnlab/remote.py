"""The two sets that do not travel inside the package, from a folder or from their publishers."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnlab.download import RemoteFile, cache_folder, check, fetch
from cnnlab.formats import read_cifar10, read_idx
from cnnlab.selection import Source

# Where Debian's package dataset-fashion-mnist puts the files.
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_FASHION_PLACES = (
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)


def _fashion_file(name: str, sha256: str, size: int) -> RemoteFile:
    return RemoteFile(name, sha256, size, tuple(place + name for place in _FASHION_PLACES))


# Keys are Source's fields. The publisher gives MD5 sums; these SHA-256 are of the very files that
# have those MD5 sums (Debian's copies with the gzip header's name and time put back).
FASHION_FILES = {
    "train_images": _fashion_file(
        "train-images-idx3-ubyte.gz",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        26_421_880,
    ),
    "train_labels": _fashion_file(
        "train-labels-idx1-ubyte.gz",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        29_515,
    ),
    "test_images": _fashion_file(
        "t10k-images-idx3-ubyte.gz",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        4_422_102,
    ),
    "test_labels": _fashion_file(
        "t10k-labels-idx1-ubyte.gz",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        5_148,
    ),
}

# SHA-256 of the same files unzipped. Debian's .gz differ from the publisher's in their header alone,
# and others zip again: a folder that the reader names is held against these.
FASHION_CONTENT = {
    "train_images": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train_labels": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "test_images": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "test_labels": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
CIFAR10_FILE = RemoteFile(
    "cifar-10-python.tar.gz",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    170_498_071,
    (
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/cifar-10-python.tar.gz",
    ),
)


def fashion_mnist(root: str | Path | None = None) -> Source:
    """All 70,000 images: from `root`, else from Debian's folder, else downloaded.

    Raises
    ------
    FileNotFoundError, ValueError, cnnlab.download.DownloadError
        When a file is not in `root`, is not what it should be, or cannot be had.
    """
    folder = (
        Path(root).expanduser() if root is not None else DEBIAN_FOLDER if DEBIAN_FOLDER.is_dir() else None
    )
    arrays = {}
    for part, file in FASHION_FILES.items():
        path = fetch(file, cache_folder() / "fashion-mnist") if folder is None else _present(folder, file)
        arrays[part] = _unzipped_idx(path, FASHION_CONTENT[part])
    for part in ("train_images", "test_images"):
        arrays[part] = arrays[part][:, np.newaxis]  # (N, 1, 28, 28)
    return Source("Fashion-MNIST", FASHION_CLASSES, **arrays)


def cifar10(root: str | Path | None = None) -> Source:
    """All 60,000 images: from `root`, else downloaded. Raises as `fashion_mnist` does."""
    if root is None:
        path = fetch(CIFAR10_FILE, cache_folder())
    else:
        path = _present(Path(root).expanduser(), CIFAR10_FILE)
        check(path, CIFAR10_FILE)
    return Source("CIFAR-10", CIFAR10_CLASSES, **read_cifar10(path))


def _present(folder: Path, file: RemoteFile) -> Path:
    if not (folder / file.name).is_file():
        raise FileNotFoundError(
            f"There is no {file.name} in {folder}. Name the folder that holds it, or leave root out to "
            f"download it (CNNLAB_DATA then chooses where it is kept). It is published at {file.mirrors[0]}"
        )
    return folder / file.name


def _unzipped_idx(path: Path, sha256: str) -> NDArray[np.uint8]:
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be unzipped: {error}. Get it again; nothing was changed.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ValueError(
            f"{path} does not hold what was published.\n"
            f"  expected: unzipped SHA-256 {sha256}\n"
            f"  found:    unzipped SHA-256 {digest}, {len(content):,} bytes\n"
            f"Get it again; nothing was changed."
        )
    return read_idx(content, str(path))
