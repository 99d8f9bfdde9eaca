"""Does the work of many students at once: in processes on this machine, or on a Dask cluster."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import TypeVar

import joblib

from grading.course import silence

T = TypeVar("T")
R = TypeVar("R")

ON_PARENTS_DEATH = 1  # Linux's PR_SET_PDEATHSIG
PATIENCE = 5  # seconds for a worker to stop, when ^C was pressed


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
    before = signal.signal(signal.SIGINT, _stop)
    _State.stopped = False
    try:
        students = {pool.submit(_attempt, function, what): student for student, what in work.items()}
        while students:
            finished, _ = wait(students, timeout=0.2, return_when=FIRST_COMPLETED)
            if _State.stopped:
                raise KeyboardInterrupt
            for done in finished:
                killed = isinstance(done.exception(), BrokenProcessPool)
                yield students.pop(done), "the process died; start again" if killed else done.result()
    except BaseException:
        _end(pool)
        raise
    else:
        pool.shutdown()
    finally:
        signal.signal(signal.SIGINT, before)


class _State:
    """What ^C has to know of a process: it may fall into the exchange with a worker, which must not break."""

    stopped = False
    at_work = False  # on a student's answers, which can be left at any point


def _stop(*_: object) -> None:
    _State.stopped = True
    if _State.at_work:
        _State.at_work = False  # once: what is tidied up then is not disturbed by another ^C
        raise KeyboardInterrupt


def _end(pool: ProcessPoolExecutor) -> None:
    """Let the workers stop, and do not wait for long."""
    workers = multiprocessing.active_children()
    for each in workers:
        if each.pid:
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGINT)  # a terminal has told them, `kill` has not
    impatient = threading.Timer(PATIENCE, _kill, [workers])
    impatient.start()
    pool.shutdown(cancel_futures=True)
    impatient.cancel()


def _kill(workers: list[BaseProcess]) -> None:
    for each in workers:
        each.kill()


def _attempt(function: Callable[[T], R], work: T) -> R | str:
    """Do one student's work; if it fails, others must not stop."""
    try:
        with silence():
            _State.at_work = not _State.stopped
            return function(work) if _State.at_work else "stopped"
    except KeyboardInterrupt:
        return "stopped"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        _State.at_work = False


def _named(student: str, function: Callable[[T], R], work: T) -> tuple[str, R | str]:
    return student, _attempt(function, work)


def _follow_the_parent() -> None:
    signal.signal(signal.SIGINT, _stop)
    if sys.platform == "linux":  # else a worker would wait for ever when its parent is killed
        ctypes.CDLL(None).prctl(ON_PARENTS_DEATH, signal.SIGKILL)
