"""The atlas on a cluster: a real Dask scheduler and two workers on this machine, one of them killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from .test_runner import CALL, records

pytestmark = pytest.mark.slow

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


def test_a_killed_worker_loses_nothing_and_counts_nothing_twice(tiny_file, finished, tmp_path):
    out, log = tmp_path / "networks", tmp_path / "run.log"
    out.mkdir()
    with cluster(tmp_path) as (address, workers):
        words = (*CALL, str(tiny_file), "--out", str(out), "--scheduler", address)
        with process(log, *words) as run:
            wait_until(lambda: len(list(out.glob("*.json"))) >= 5, "five networks")
            os.kill(workers[0].pid, signal.SIGKILL)
            survivors_start = len(list(out.glob("*.json")))
            assert run.wait(PATIENCE) == 0, log.read_text()
    # Both had worked, and the survivor did the rest.
    assert survivors_start < len(records(finished))
    assert records(out) == records(finished)
    counts = re.findall(r"(\d+) of (\d+) networks", log.read_text())
    assert all(int(done) <= int(total) for done, total in counts)
