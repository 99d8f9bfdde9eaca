"""The check behind a lesson's exercises."""

from collections.abc import Mapping
from typing import Any

import numpy as np

NOT_ANSWERED = "Not answered yet: put your answer in place of the dots."


def check(answer: Any, expected: Any, hints: Mapping[Any, str] | None = None) -> None:
    """Say whether an answer is right, and if it is a known wrong one, which mistake leads to it.

    Parameters
    ----------
    answer
        A number, a text or an array (a tensor too); `...` and None mean that nobody has answered yet.
    expected
        The right answer. Whole numbers have to be met exactly, others up to rounding.
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
        print(NOT_ANSWERED)
    elif _equal(answer, expected):
        print("Right.")
    else:
        print("Not yet.", _hint(answer, expected, hints or {}))


def _equal(answer: Any, expected: Any) -> bool:
    if isinstance(expected, str) or isinstance(answer, str):
        return isinstance(expected, str) and isinstance(answer, str) and answer == expected
    got, wanted = _array(answer), _array(expected)
    if got is None or wanted is None or got.shape != wanted.shape or not got.size:
        return False
    if wanted.dtype.kind in "bui":
        return bool(np.array_equal(got, wanted))
    # Rounding grows with the largest number that was added up, so the smallest entries are measured by it.
    return bool(np.allclose(got, wanted, rtol=1e-4, atol=1e-6 * float(np.abs(wanted).max())))


def _hint(answer: Any, expected: Any, hints: Mapping[Any, str]) -> str:
    for wrong, hint in hints.items():
        if _equal(answer, wrong):
            return hint
    if isinstance(expected, str):
        return "Read the question once more."
    got, wanted = _array(answer), np.asarray(_array(expected))
    if got is None:
        kind = "an array of numbers" if wanted.ndim else "a number, without quotation marks"
        return f"This answer is {kind}; yours is of type {type(answer).__name__}."
    if got.shape != wanted.shape:
        return f"The shape should be {wanted.shape}, and yours is {got.shape}."
    return "The shape is right, some values are not." if wanted.ndim else "It is another number."


def _array(value: Any) -> np.ndarray | None:
    """Make an array of numbers, or None of what is not one, such as a text or rows of different lengths."""
    try:
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "biuf" else None
