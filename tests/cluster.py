"""A real Dask scheduler and two workers on this machine, for tests that use a cluster."""

import contextlib
import re
import subprocess
import sys
import time

import pytest

PATIENCE = 120  # seconds, on a busy machine


def wait_until(true, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    return pytest.fail(f"waited {PATIENCE} s for {what}")


@contextlib.contextmanager
def process(log, *words):
    with log.open("w") as file:
        started = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@contextlib.contextmanager
def cluster(folder):
    """A scheduler's address and two workers, without nannies, which would start a killed one again."""
    dask = (sys.executable, "-m", "distributed.cli.dask_scheduler")
    log = folder / "scheduler.log"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with process(log, *dask, *options), contextlib.ExitStack() as stack:
        found = wait_until(
            lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()), "the scheduler"
        )
        address = found.group(1)
        workers = []
        for number in range(2):
            words = (sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1")
            words += ("--nthreads", "1", "--no-nanny", "--no-dashboard")
            words += ("--local-directory", str(folder / f"worker{number}"))
            workers.append(stack.enter_context(process(folder / f"worker{number}.log", *words)))
        registered = "Register worker|Starting Worker compute stream"
        wait_until(
            lambda: len(set(re.findall(rf"(?:{registered}).*?(tcp://\S+)", log.read_text()))) >= 2,
            "two workers",
        )
        yield address, workers
