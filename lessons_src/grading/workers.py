"""Does the work of many students at once: in processes on this machine, or on a Dask cluster."""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import joblib

from grading.course import silence

T = TypeVar("T")
R = TypeVar("R")

ON_PARENTS_DEATH = 1  # Linux's PR_SET_PDEATHSIG


def each(
    function: Callable[[T], R],
    work: Mapping[str, T],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> Iterator[tuple[str, R | str]]:
    """Yield every student and what came of their work, as it is finished; or a line that says what failed.

    Parameters
    ----------
    function, work
        What to do, and with what, for each student.
    jobs
        Students at a time on this machine; None for one on every core.
    scheduler
        Address of a Dask scheduler, whose workers do it instead.
    """
    if not work:
        return
    if scheduler:
        with joblib.parallel_config("dask", scheduler_host=scheduler):
            parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="all")
            yield from parallel(
                joblib.delayed(_named)(student, function, what) for student, what in work.items()
            )
        return
    # A forked process has the libraries at hand, whose import takes a new one longer than a student's work.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    pool = ProcessPoolExecutor(min(jobs or joblib.cpu_count(), len(work)), context, _follow_the_parent)
    try:
        students = {pool.submit(_attempt, function, what): student for student, what in work.items()}
        for done in as_completed(set(students)):
            killed = isinstance(done.exception(), BrokenProcessPool)
            yield students.pop(done), "the process died; start again" if killed else done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _attempt(function: Callable[[T], R], work: T) -> R | str:
    """Do one student's work; if it fails, others must not stop."""
    try:
        with silence():
            return function(work)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _named(student: str, function: Callable[[T], R], work: T) -> tuple[str, R | str]:
    return student, _attempt(function, work)


def _follow_the_parent() -> None:
    signal.signal(signal.SIGINT, lambda *_: sys.exit(1))  # quietly, while the parent says what happened
    if sys.platform == "linux":  # else a worker would wait for ever when its parent is killed
        ctypes.CDLL(None).prctl(ON_PARENTS_DEATH, signal.SIGKILL)
