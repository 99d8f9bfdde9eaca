"""What the graded assignments are made with: numbers of one's own, and checks that name the mistake.

The checks look at exact types and compare in plain Python. So an object that equals everything is told from
a number, and an answer that has replaced a function of NumPy cannot make a check pass by accident.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

Function = Callable[..., Any]
WHOLE = (int, np.int64, np.int32)
REAL = (float, np.float64, np.float32)


def answered(answer: Function) -> bool:
    """Say whether a question has been answered; print what to do if not.

    Examples
    --------
    >>> def prediction():
    ...     raise NotImplementedError
    >>> answered(prediction)
    Answer first: prediction(). Then run this cell again.
    False
    """
    try:
        answer()
    except NotImplementedError:
        print(f"Answer first: {answer.__name__}(). Then run this cell again.")
        return False
    return True


def draw(seed: str, student: Function | None = None, /, **choices: Sequence[Any]) -> Any:
    """Draw one of each list: the same for the same seed and student, on every machine.

    Parameters
    ----------
    seed
        The class's seed.
    student
        The answer to “whose numbers?”. Until it is given, everybody gets the class's numbers.
    choices
        What each number may be.

    Returns
    -------
    named tuple
        A number for each name; it cannot be changed.

    Examples
    --------
    >>> draw("class 0", kernel=[3, 5, 7], channels=range(1, 65))
    Numbers(kernel=5, channels=64)
    >>> draw("class 0", lambda: "Ada", kernel=[3, 5, 7], channels=range(1, 65))
    Numbers(kernel=7, channels=63)
    """
    try:
        name = str(student()).strip().lower() if student else ""
    except NotImplementedError:
        name = ""
    values = (values[_number(f"{seed}/{name}/{key}") % len(values)] for key, values in choices.items())
    return namedtuple("Numbers", list(choices))(*values)


def secret(**choices: Sequence[Any]) -> Any:
    """Draw numbers that only the teacher knows: from the seed in `CNNLAB_SECRET_SEED`, while grading."""
    return draw(_secret_seed(), **choices)


def secret_rng() -> Generator:
    """Make a generator that only the teacher knows; each call gives the same one."""
    return default_rng(_number(_secret_seed()))


def expect(answer: Any, right: Any, *mistakes: tuple[Any, str]) -> None:
    """Fail unless an answer is right; name the mistake that leads to it.

    Parameters
    ----------
    answer
        A number, a text, an array or nested lists of numbers.
    right
        The right one. Whole numbers and texts have to be met exactly, others up to rounding.
    mistakes
        Pairs: a wrong answer, and what it comes from.

    Raises
    ------
    AssertionError
        The answer is not the right one; its message says what is known about it.

    Examples
    --------
    >>> expect(10, 10)
    >>> expect(9, 10, (9, "the bias is missing"))
    Traceback (most recent call last):
        ...
    AssertionError: the bias is missing
    """
    expect_all(lambda: answer, [()], lambda: right, *((lambda w=w: w, text) for w, text in mistakes))


def expect_all(
    function: Function, cases: Iterable[Sequence[Any]], right: Function, *mistakes: tuple[Function, str]
) -> None:
    """Fail unless a function gives what the right one gives, for each list of arguments.

    A mistake is a function too: the wrong one, with what is wrong about it. It is named when it gives the
    same as the answer in every case.

    Examples
    --------
    >>> def doubled(x):
    ...     return x**2
    >>> expect_all(doubled, [(2,), (3,)], lambda x: 2 * x, (lambda x: x**2, "that is the square"))
    Traceback (most recent call last):
        ...
    AssertionError: that is the square
    """
    cases = list(cases)
    # Each gets arguments of its own: a function that changes them must not change another's.
    answers = [function(*_copies(case)) for case in cases]
    rights = [right(*_copies(case)) for case in cases]
    faults = [fault for pair in zip(answers, rights, strict=True) if (fault := _fault(*pair))]
    if not faults:
        return
    for wrong, message in mistakes:
        expected = (wrong(*_copies(case)) for case in cases)
        if all(_fault(*pair) is None for pair in zip(answers, expected, strict=True)):
            raise AssertionError(message)
    raise AssertionError(faults[0])


def comment(prediction: str, comments: Mapping[str, str]) -> None:
    """Say what a prediction stands for. A wrong one is no mistake: it was made before looking."""
    assert type(prediction) is str, f"a prediction is a letter in quotes, not {_kind(prediction)}"  # noqa: S101
    assert prediction in comments, f"the choices are {', '.join(comments)}"  # noqa: S101
    print(f"Prediction {prediction}: {comments[prediction]}")


def _secret_seed() -> str:
    return f"secret {os.environ.get('CNNLAB_SECRET_SEED', '0')}"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _copies(case: Sequence[Any]) -> list[Any]:
    return [value.copy() if type(value) is np.ndarray else value for value in case]


def _fault(answer: Any, right: Any) -> str | None:
    """Say what is wrong about an answer, without telling the right one; None if nothing is."""
    got, wanted = _plain(answer), _plain(right)
    if (
        got is None
        or isinstance(got, str) != isinstance(wanted, str)
        or (_shape(got) == ()) != (_shape(wanted) == ())
    ):
        return f"the answer should be {_kind(right)}, and is {_kind(answer)}"
    if _shape(got) != _shape(wanted):
        return f"the shape should be {_shape(wanted)}, and is {_shape(got) or 'rows of different lengths'}"
    return None if _alike(_flat(got), _flat(wanted)) else _hint(got, wanted)


def _alike(got: list[Any], wanted: list[Any]) -> bool:
    if any(type(w) is not float for w in wanted):
        return all(type(g) is type(w) and g == w for g, w in zip(got, wanted, strict=True))
    # Rounding grows with the largest number that was added up.
    largest = max((abs(w) for w in wanted), default=0.0)
    return all(abs(g - w) <= 1e-4 * abs(w) + 1e-6 * largest for g, w in zip(got, wanted, strict=True))


def _hint(got: Any, wanted: Any) -> str:
    whole = all(type(w) is int for w in _flat(wanted))
    if whole and any(type(g) is float and g.is_integer() for g in _flat(got)):
        return f"counts are whole numbers, and {got} is a float: divide with //"
    return f"{_short(got)} is not right"


def _plain(value: Any) -> Any:
    """Make numbers, texts and nested lists of Python; None of anything else."""
    torch = sys.modules.get("torch")
    if torch and type(value) is torch.Tensor:
        value = value.detach().numpy()
    if type(value) is np.ndarray:
        value = value.tolist()
    if type(value) in {list, tuple}:
        values = [_plain(v) for v in value]
        return None if any(v is None for v in values) else values
    if type(value) in WHOLE:
        return int(value)
    if type(value) in REAL:
        return float(value)
    return value if type(value) is str else None


def _shape(value: Any) -> tuple[int, ...] | None:
    """Measure nested lists; None if their rows differ in length."""
    if type(value) is not list:
        return ()
    shapes = {_shape(v) for v in value}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(value), *(shapes.pop() or () if shapes else ()))


def _flat(value: Any) -> list[Any]:
    return [v for part in value for v in _flat(part)] if type(value) is list else [value]


def _short(value: Any) -> str:
    return str(value) if _shape(value) == () else f"{str(value)[:60]} …"


def _kind(value: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "a text", list: "a list or an array of numbers"}
    plain = _plain(value)
    if plain is None:
        return f"of type {type(value).__name__}" + " with other things than numbers" * (
            type(value) in {list, tuple}
        )
    return names[type(plain)]
