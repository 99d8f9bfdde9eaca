"""Images in: real ones, as NumPy arrays, the same on every machine.

`animals` and a part of `fashion_mnist` travel inside the package, so no lesson needs a download.
The whole of Fashion-MNIST, and CIFAR-10, are read from a folder or downloaded once. What is in each
set, where it comes from and what is wrong with it stands on the page "The data".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnlab import selection
from cnnlab.selection import Source

__all__ = ["ANIMALS", "Dataset", "animals", "cifar10", "fashion_mnist"]

ANIMALS = ("bear", "bird", "cat", "cow", "dog", "elephant", "giraffe", "horse", "sheep", "zebra")


@dataclass(frozen=True, repr=False, eq=False)
class Dataset:
    """Training and test images with their labels.

    Attributes
    ----------
    name : str
        Which set this is.
    class_names : tuple of str
        A label is a position in this tuple.
    train_images : float32 array (N, C, H, W)
        Pixel values from 0 to 1.
    train_labels : int64 array (N,)
        With the label noise that was asked for.
    test_images : float32 array (N, C, H, W)
        Pixel values from 0 to 1.
    test_labels : int64 array (N,)
        Always clean.
    train_labels_true : int64 array (N,)
        The training labels without noise.
    """

    name: str
    class_names: tuple[str, ...]
    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.float32]
    test_labels: NDArray[np.int64]
    train_labels_true: NDArray[np.int64]

    def __repr__(self) -> str:
        """Say what is inside, in one line."""
        shape = "×".join(str(length) for length in self.train_images.shape[1:])
        wrong = int((self.train_labels != self.train_labels_true).sum())
        noise = f"; {wrong:,} training labels are wrong" if wrong else ""
        return (
            f"<{self.name}: {len(self.train_images):,} training and {len(self.test_images):,} test images, "
            f"{shape}; classes {', '.join(self.class_names)}{noise}>"
        )


def animals(
    classes: Sequence[str] | None = ("bird", "cat", "dog"),
    *,
    train_size: int | None = None,
    label_noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Animal silhouettes, 28×28, white on black: 600 training and 200 test images of each class.

    Parameters
    ----------
    classes
        Names out of `ANIMALS`; their order gives the labels 0, 1, 2 … None means all ten.
    train_size
        How many training images, over all classes; None means all. Classes come in turn (one of
        each, then the next of each), so the counts differ by one at most. With one seed, a smaller
        training set is the beginning of a larger one.
    label_noise
        The fraction of training labels that are actually wrong: exactly ``round(label_noise * N)``
        of them, each replaced by another of the classes. It does not change which images are
        chosen, and more noise keeps the labels that less noise made wrong.
    seed
        Which training images come first, and which labels go wrong. The test set never changes.

    Raises
    ------
    TypeError, ValueError
        When a value is not allowed; the message names the allowed ones.

    Examples
    --------
    >>> animals()
    <animals: 1,800 training and 600 test images, 1×28×28; classes bird, cat, dog>
    >>> small = animals(("cat", "dog"), train_size=10, label_noise=0.2, seed=1)
    >>> small.train_images.shape, small.train_images.dtype
    ((10, 1, 28, 28), dtype('float32'))
    >>> int((small.train_labels != small.train_labels_true).sum())
    2
    """
    return _dataset(_shipped("animals", ANIMALS), classes, train_size, label_noise, seed)


def fashion_mnist(
    *,
    full: bool = False,
    root: str | Path | None = None,
    classes: Sequence[str] | None = None,
    train_size: int | None = None,
    label_noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Fashion-MNIST, 28×28 grey images of clothes in ten classes.

    Parameters
    ----------
    full
        False: the part that travels with the package, 500 training and 200 test images of each
        class, no download. True: all 60,000 and 10,000, about 220 MB as float32.
    root
        With `full`, the folder that holds the four ``.gz`` files. None: the folder of Debian's package
        ``dataset-fashion-mnist`` if it is installed, else a download of 31 MB, once, into the user's
        cache (or ``CNNLAB_DATA``).
    classes, train_size, label_noise, seed
        As in `animals`; without `classes`, all ten.

    Raises
    ------
    TypeError, ValueError
        When a value is not allowed, or a file is not what was published.
    FileNotFoundError
        When `root` lacks a file.
    cnnlab.download.DownloadError
        When no mirror gave a file.

    Examples
    --------
    >>> data = fashion_mnist(classes=("Sneaker", "Ankle boot"), train_size=100)
    >>> data
    <Fashion-MNIST (part): 100 training and 400 test images, 1×28×28; classes Sneaker, Ankle boot>
    """
    from cnnlab import remote

    if full:
        source = remote.fashion_mnist(root)
    elif root is not None:
        raise ValueError("root names the folder of the whole Fashion-MNIST: say full=True as well.")
    else:
        source = _shipped("fashion_mnist", remote.FASHION_CLASSES)._replace(name="Fashion-MNIST (part)")
    return _dataset(source, classes, train_size, label_noise, seed)


def cifar10(
    root: str | Path | None = None,
    *,
    classes: Sequence[str] | None = None,
    train_size: int | None = None,
    label_noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """CIFAR-10, 32×32 colour photographs in ten classes: 50,000 for training, 10,000 for testing.

    Parameters
    ----------
    root
        The folder that holds ``cifar-10-python.tar.gz``. None: it is downloaded, 170 MB, once, into
        the user's cache (or ``CNNLAB_DATA``). It is read without unpacking it to disk.
    classes, train_size, label_noise, seed
        As in `animals`; without `classes`, all ten. All images take 740 MB as float32: a smaller
        `train_size` or fewer `classes` take less.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError, cnnlab.download.DownloadError
        As `fashion_mnist` does.
    """
    from cnnlab import remote

    return _dataset(remote.cifar10(root), classes, train_size, label_noise, seed)


@cache
def _shipped(name: str, class_names: tuple[str, ...]) -> Source:
    """Read a set that travels with the package; kept as bytes, handed out as fresh copies."""
    with (files("cnnlab") / "_data" / f"{name}.npz").open("rb") as file, np.load(file) as stored:
        # Rows are stored as differences from the row above, which compress better: add them up again.
        train, test = (
            np.cumsum(stored[f"{part}_rows"], axis=1, dtype=np.uint8)[:, np.newaxis]  # (N, 1, 28, 28)
            for part in ("train", "test")
        )
        return Source(name, class_names, train, stored["train_labels"], test, stored["test_labels"])


def _dataset(
    source: Source,
    classes: Sequence[str] | None,
    train_size: int | None,
    label_noise: float,
    seed: int,
) -> Dataset:
    numbers = selection.class_numbers(classes, source.class_names)
    seed = selection.checked_seed(seed)
    noise = selection.checked_noise(label_noise, len(numbers))
    train = selection.balanced_order(source.train_labels, numbers, seed)
    train = train[: selection.checked_train_size(train_size, len(numbers), len(train))]
    test = selection.balanced_order(source.test_labels, numbers, seed=None)
    # From the set's own numbering to positions in `classes`; -1 would show a class that was not asked for.
    position = np.full(len(source.class_names), -1, dtype=np.int64)
    position[numbers] = np.arange(len(numbers))
    true = position[source.train_labels[train]]
    return Dataset(
        name=source.name,
        class_names=tuple(source.class_names[number] for number in numbers),
        train_images=_scaled(source.train_images[train]),
        train_labels=selection.wrong_labels(true, len(numbers), noise, seed),
        test_images=_scaled(source.test_images[test]),
        test_labels=position[source.test_labels[test]],
        train_labels_true=true,
    )


def _scaled(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pixels.astype(np.float32) / np.float32(255)
