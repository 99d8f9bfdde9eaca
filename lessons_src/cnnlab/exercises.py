"""The check behind a lesson's exercises."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def check(answer: Any, expected: Any, hints: Mapping[Any, str] | None = None) -> None:
    """Say whether an answer is right, and if it is a known wrong one, which mistake leads to it.

    Parameters
    ----------
    answer
        A number, a text or an array (a tensor too); `...` and None mean that nobody has answered yet.
    expected
        The right answer. Arrays may differ from it by rounding.
    hints
        What to say to a wrong answer, by that answer.

    Examples
    --------
    >>> check(..., 10)
    Not answered yet: put your answer in place of the dots.
    >>> check(9, 10, hints={9: "Did you forget the bias?"})
    Not yet. Did you forget the bias?
    >>> check(9 + 1, 10)
    Right.
    """
    if answer is ... or answer is None:
        print("Not answered yet: put your answer in place of the dots.")
    elif _equal(answer, expected):
        print("Right.")
    else:
        print("Not yet.", _hint(answer, expected, hints or {}))


def _equal(answer: Any, expected: Any) -> bool:
    if isinstance(expected, str) or isinstance(answer, str):
        return bool(answer == expected)
    got, wanted = _array(answer), _array(expected)
    if got.shape != wanted.shape or got.dtype.kind not in "biuf":
        return False
    return bool(np.allclose(got, wanted, rtol=1e-4, atol=1e-5))


def _hint(answer: Any, expected: Any, hints: Mapping[Any, str]) -> str:
    for wrong, hint in hints.items():
        if _equal(answer, wrong):
            return hint
    if isinstance(expected, str):
        return "Read the question once more."
    got, wanted = _array(answer), _array(expected)
    if got.shape != wanted.shape:
        return f"The shape should be {wanted.shape}, and yours is {got.shape}."
    return "The value is another one." if wanted.ndim == 0 else "The shape is right, some values are not."


def _array(value: Any) -> np.ndarray:
    return np.asarray(value.detach() if hasattr(value, "detach") else value)
