"""Which images, in which order, with which labels: the choices behind every `cnnlab.data` set.

Two promises are kept here. *Same call, same arrays, on every machine*: NumPy may change how
``Generator.permutation`` uses its random bits, but never the bits that ``PCG64`` gives, so
everything is an argsort of raw 64-bit draws. *One choice does not disturb another*: images and
label noise are drawn from separate streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_index
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

# One stream of random bits for each purpose (the first number of SeedSequence's spawn key).
_ORDER, _WHICH_WRONG, _WRONG_LABEL = range(3)


class Source(NamedTuple):
    """A whole image set as it is stored: bytes, before any choice.

    `train_images` and `test_images` are uint8 (N, C, H, W); the labels are (N,) positions in
    `class_names`.
    """

    name: str
    class_names: tuple[str, ...]
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def class_numbers(classes: Sequence[str] | None, available: Sequence[str]) -> list[int]:
    """Positions of the chosen class names in `available`; all of them for None.

    Raises
    ------
    TypeError
        When `classes` is no list or tuple of strings (a bare string is none).
    ValueError
        For an empty choice, a repeated class or an unknown one; the message names the known ones.

    Examples
    --------
    >>> class_numbers(("cat", "bear"), ("bear", "bird", "cat"))
    [2, 0]
    """
    if classes is None:
        return list(range(len(available)))
    # A set has no order of its own, so labels would differ from run to run.
    is_list = isinstance(classes, Sequence) and not isinstance(classes, str)
    if not is_list or not all(isinstance(name, str) for name in classes):
        raise TypeError(
            f'classes takes a list or tuple of names such as ("{available[0]}",), and got {classes!r}.'
        )
    if len(classes) == 0:
        raise ValueError(f"classes is empty; name at least one of {_listed(available)}.")
    for name in classes:
        if name not in available:
            raise ValueError(_unknown_class(name, available))
    repeated = sorted({name for name in classes if list(classes).count(name) > 1})
    if repeated:
        raise ValueError(f"classes names {_listed(repeated)} more than once: {tuple(classes)}.")
    return [list(available).index(name) for name in classes]


def balanced_order(labels: NDArray[Any], numbers: Sequence[int], seed: int | None) -> NDArray[np.int64]:
    """Give the indices of the images of the classes `numbers`, one of each class in turn.

    Every prefix is balanced to within one image, so a smaller subset is a prefix of a larger one.
    A class's own order depends on `seed` and on that class alone, not on which others are asked
    for; without a seed it is the stored order.

    Examples
    --------
    >>> balanced_order(np.array([0, 0, 1, 1, 2, 2]), [2, 0], seed=None)
    array([4, 0, 5, 1])
    """
    members = [np.flatnonzero(labels == number) for number in numbers]
    if seed is not None:
        members = [
            of_class[np.argsort(_draws(seed, _ORDER, number, len(of_class)), kind="stable")]
            for number, of_class in zip(numbers, members, strict=True)
        ]
    rank = np.concatenate([np.arange(len(of_class)) for of_class in members])
    position = np.repeat(np.arange(len(members)), [len(of_class) for of_class in members])
    in_turn = np.lexsort((position, rank))  # by rank first, then by class
    return np.concatenate(members)[in_turn]


def wrong_labels(
    labels: NDArray[np.int64], class_count: int, fraction: float, seed: int
) -> NDArray[np.int64]:
    """Copy of `labels` (N,) in which exactly ``round(fraction * N)`` are replaced by another class.

    With one seed, the labels that are wrong at a smaller fraction are wrong in the same way at a
    larger one.

    Examples
    --------
    >>> clean = np.zeros(10, dtype=np.int64)
    >>> int((wrong_labels(clean, class_count=3, fraction=0.4, seed=0) != clean).sum())
    4
    """
    N = len(labels)
    chosen = np.argsort(_draws(seed, _WHICH_WRONG, 0, N), kind="stable")[: round(fraction * N)]
    if len(chosen) == 0:
        return labels.copy()
    # 1 … class_count − 1 places further on: never the label itself, and every other one as likely.
    step = 1 + (_draws(seed, _WRONG_LABEL, 0, N)[chosen] % np.uint64(class_count - 1)).astype(np.int64)
    noisy = labels.copy()
    noisy[chosen] = (labels[chosen] + step) % class_count
    return noisy


def checked_seed(seed: int) -> int:
    """`seed` as a Python int; a bool, a fraction or a negative number is refused."""
    number = _whole("seed", seed)
    if number < 0:
        raise ValueError(f"seed takes a whole number from 0 up, and got {number}.")
    return number


def checked_train_size(train_size: int | None, class_count: int, available: int) -> int:
    """`train_size` as a Python int (None: all that there are), with its limits checked."""
    if train_size is None:
        return available
    number = _whole("train_size", train_size)
    if not class_count <= number <= available:
        raise ValueError(
            f"train_size takes {class_count} (one image for each class) to {available:,} (all there are "
            f"in these classes), or None for all; it got {number:,}."
        )
    return number


def checked_noise(label_noise: object, class_count: int) -> float:
    """`label_noise` as a float in [0, 1); more than 0 needs two classes to mix up."""
    number = isinstance(label_noise, int | float | np.number) and not isinstance(label_noise, bool)
    if not number:
        raise TypeError(f"label_noise takes a fraction such as 0.2, and got {label_noise!r}.")
    fraction = float(cast(float, label_noise))
    if not 0 <= fraction < 1:  # not-a-number is not in there either
        raise ValueError(
            f"label_noise takes a fraction from 0 up to, but not including, 1 (0.2 makes 20 % of the "
            f"training labels wrong); it got {label_noise!r}."
        )
    if fraction > 0 and class_count < 2:
        raise ValueError("label_noise needs at least two classes: with one there is no wrong label to give.")
    return fraction


def _draws(seed: int, purpose: int, number: int, count: int) -> NDArray[np.uint64]:
    sequence = np.random.SeedSequence(seed, spawn_key=(purpose, number))
    return np.random.PCG64(sequence).random_raw(count)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} takes a whole number, and got {value!r}.")
    try:
        return as_index(value)
    except TypeError:
        raise TypeError(f"{name} takes a whole number, and got {value!r}.") from None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _unknown_class(name: str, available: Sequence[str]) -> str:
    from difflib import get_close_matches

    by_lower = {known.lower(): known for known in available}
    close = get_close_matches(name.lower(), by_lower, n=1)
    hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
    return f"There is no class {name!r}.{hint} The classes are {_listed(available)}."
