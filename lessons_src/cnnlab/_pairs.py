"""Whole numbers that may be given once for both axes or as a (height, width) pair, as in PyTorch."""

from __future__ import annotations

import operator
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
IntOrPair: TypeAlias = int | Pair


def as_int(name: str, value: int, minimum: int) -> int:
    """Return `value` as a plain int, or say which argument is wrong and what it may be."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from None
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}")
    return number


def as_pair(name: str, value: IntOrPair, minimum: int) -> Pair:
    """Return `value` as (height, width); one number stands for both."""
    if not isinstance(value, tuple | list):
        number = as_int(name, value, minimum)
        return number, number
    if len(value) != 2:
        raise ValueError(f"{name} must be one number or a pair (height, width), got {value!r}")
    height, width = value
    return as_int(name, height, minimum), as_int(name, width, minimum)
