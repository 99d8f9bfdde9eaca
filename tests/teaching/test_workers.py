"""Many students at once: what fails, or dies, takes nobody else's work along."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

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


@pytest.mark.slow
@pytest.mark.parametrize("whom", [os.kill, os.killpg], ids=["the grader", "everybody, as a terminal does"])
def test_whoever_is_impatient_stops_it_all_the_same(whom):
    """Of two workers one tidies up undisturbed and one never ends, and others wait; ^C is pressed thrice."""
    code = """if True:
        import os, time
        from grading import workers
        workers.PATIENCE = 3
        def work(what):
            try:
                if what != "last":
                    os.write(1, b"began\\n")
                    time.sleep(60)
                else:
                    os.write(1, b"began another\\n")
            except BaseException:
                time.sleep(1 if what == "tidy" else 60)
                os.write(1, b"tidied up\\n")
                raise
        try:
            list(workers.each(work, {"a": "tidy", "b": "endless", "c": "last", "d": "last"}, jobs=2))
        except KeyboardInterrupt:
            os.write(1, b"stopped\\n")
    """
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdout=-1, stderr=-2, text=True, start_new_session=True) as parent:
        assert [parent.stdout.readline() for _ in range(2)] == ["began\n"] * 2
        for _ in range(3):
            whom(parent.pid, signal.SIGINT)
            time.sleep(0.3)
        try:
            said, _ = parent.communicate(timeout=30)
        finally:
            parent.kill()
    assert said.splitlines() == ["tidied up", "stopped"]


@pytest.mark.slow
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
