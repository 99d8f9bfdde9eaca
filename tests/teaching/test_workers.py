"""Many students at once: what fails, or dies, takes nobody else's work along."""

import os
import signal
import subprocess
import sys
import time

import psutil

from grading import workers


def double(work):
    if work == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * work


def test_every_student_gets_a_result_or_a_reason():
    found = dict(workers.each(double, {"ann": 1, "bo": 2, "cy": None}, jobs=2))
    assert found["ann"] == 2
    assert found["bo"] == 4
    assert found["cy"].startswith("TypeError")
    assert dict(workers.each(double, {})) == {}


def test_a_process_that_dies_is_told():
    found = dict(workers.each(double, {"ann": "dies"}, jobs=1))
    assert found == {"ann": "the process died; start again"}


def test_processes_end_with_a_parent_that_is_killed():
    code = (
        "import time; from grading import workers; list(workers.each(time.sleep, {'a': 99, 'b': 99}, jobs=2))"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        deadline = time.monotonic() + 60
        while len(family := psutil.Process(parent.pid).children()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        parent.kill()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert len(gone) == 2
    assert not alive
