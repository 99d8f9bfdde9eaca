"""The images of the task: for practice, for the score, and how the score changes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnlab import data
from cnnlab.selection import checked_seed

CLASSES = tuple(name for name in data.ANIMALS if name != "zebra")  # its stripes give it away
HELD_OUT = 900  # of the training images, 100 of each class

SHIFT, TURN, SMALLEST, NOISE = 3.0, 25.0, 0.6, 0.3  # pixels, degrees, scale, standard deviation


def practice() -> data.Dataset:
    """Give the images to design with: 4,500 to train on, and 900 others in the place of the test images.

    The 900 come out of the training images, so that the test images need not be looked at before the end.

    Examples
    --------
    >>> practice()
    <animals for practice: 4,500 training and 900 test images, 1×28×28; classes bear, bird, cat, cow, dog, \
elephant, giraffe, horse, sheep>
    """
    whole = final()
    cut = len(whole.train_labels) - HELD_OUT
    return replace(
        whole,
        name="animals for practice",
        train_images=whole.train_images[:cut],
        train_labels=whole.train_labels[:cut],
        train_labels_true=whole.train_labels_true[:cut],
        test_images=whole.train_images[cut:],
        test_labels=whole.train_labels[cut:],
    )


def final() -> data.Dataset:
    """Give the images of the final score: 1,800 test images that no design has seen.

    Examples
    --------
    >>> len(final().test_images)
    1800
    """
    return data.animals(CLASSES)


def changes(images: NDArray[np.float32], *, seed: int) -> dict[str, NDArray[np.float32]]:
    """Draw what may happen to an image on its way to a network, one kind of change at a time.

    Parameters
    ----------
    images : (N, 1, H, H) float32 array
        From 0 to 1.
    seed : int
        Of all amounts. Another seed moves, turns and shrinks each image otherwise, with other noise.

    Returns
    -------
    dict of str to (N, 1, H, H) float32 array
        "as it is"; "moved" by up to 3 pixels each way; "turned" by up to 25 degrees; "smaller", to between
        0.6 and 1 of its size; "noisy", with a normal draw of standard deviation 0.3 added to each pixel,
        then cut to 0 and 1. All amounts of a range are as likely.

    Raises
    ------
    TypeError, ValueError
        If `seed` is no whole number from 0 up.

    Examples
    --------
    >>> list(changes(practice().test_images[:2], seed=0))
    ['as it is', 'moved', 'turned', 'smaller', 'noisy']
    """
    N = len(images)
    draws = [np.random.default_rng([checked_seed(seed), kind]) for kind in range(4)]
    right, down = draws[0].uniform(-SHIFT, SHIFT, (2, N))
    noise = draws[3].normal(scale=NOISE, size=images.shape)
    return {
        "as it is": images,
        "moved": _changed(images, right=right, down=down),
        "turned": _changed(images, degrees=draws[1].uniform(-TURN, TURN, N)),
        "smaller": _changed(images, scale=draws[2].uniform(SMALLEST, 1, N)),
        "noisy": (images + noise).clip(0, 1).astype(np.float32),
    }


def _changed(images: NDArray[np.float32], **amounts: NDArray[np.float64]) -> NDArray[np.float32]:
    import torch

    from cnnlab.augment import changed

    N = len(images)
    unchanged = {"right": np.zeros(N), "down": np.zeros(N), "degrees": np.zeros(N), "scale": np.ones(N)}
    tensors = {name: torch.from_numpy(values) for name, values in (unchanged | amounts).items()}
    result: NDArray[np.float32] = changed(torch.from_numpy(images), **tensors).numpy()
    return result
