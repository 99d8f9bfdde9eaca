"""Which images a network of the atlas learns from, is stopped by and is scored on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnlab import data, selection
from cnnlab.atlas.shipped import SEEDS

# The nine animals without the zebra, whose stripes give it away.
DATASETS: dict[str, Callable[..., data.Dataset]] = {
    "animals9": lambda **choices: data.animals(data.ANIMALS[:-1], **choices),
    "fashion_mnist": data.fashion_mnist,
}

VALIDATION_NOISE_SEED = 4000  # beside the four seeds of a replicate


class Images(NamedTuple):
    """Images (N, C, H, W) with the labels that a network is given and the true ones, (N,) each."""

    images: NDArray[np.float32]
    given: NDArray[np.int64]
    true: NDArray[np.int64]


class Split(NamedTuple):
    """What a network learns from, what it is stopped by, and what it is scored on."""

    training: Images
    validation: Images
    test: Images
    classes: int


@lru_cache(maxsize=4)
def split(dataset: str, train_size: int, label_noise: float, validation_size: int, seed: int) -> Split:
    """Divide the pool: the beginning of its order trains, the end validates, both with wrong labels.

    The order comes from the subset seed, which labels are wrong from the noise seed. Validation and test
    images are the same for all training-set sizes; the smaller training set begins the larger one.

    Raises
    ------
    ValueError
        If there are not enough images.
    """
    pool = DATASETS[dataset](seed=SEEDS["subset_seed"] + seed)
    if train_size + validation_size > len(pool.train_images):
        raise ValueError(
            f"{dataset}: {train_size} training and {validation_size} validation images are more than the "
            f"{len(pool.train_images)} there are"
        )
    classes = len(pool.class_names)

    def part(rows: slice, noise_seed: int) -> Images:
        true = pool.train_labels_true[rows]
        given = selection.wrong_labels(true, classes, label_noise, noise_seed)
        return Images(pool.train_images[rows], given, true)

    return Split(
        part(slice(train_size), SEEDS["noise_seed"] + seed),
        part(slice(-validation_size, None), VALIDATION_NOISE_SEED + seed),
        Images(pool.test_images, pool.test_labels, pool.test_labels),
        classes,
    )


def majority_class(images: Split) -> float:
    """Test accuracy of always naming the most frequent label that the training images were given."""
    most_frequent = np.bincount(images.training.given).argmax()
    return float(np.mean(images.test.true == most_frequent))


def nearest_neighbour(images: Split) -> float:
    """Test accuracy of naming the given label of the training image with the most similar pixels."""
    known, asked = (part.images.reshape(len(part.images), -1) for part in (images.training, images.test))
    # |a − b|² = |a|² − 2·a·b + |b|²; |a|² is the same for all candidates.
    distances = (known**2).sum(1) - 2 * asked @ known.T  # (test, training)
    return float(np.mean(images.test.true == images.training.given[distances.argmin(1)]))
