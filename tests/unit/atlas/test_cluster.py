"""The atlas on a cluster: a real Dask scheduler and two workers on this machine, one of them killed."""

import os
import re
import signal

import pytest

from tests.cluster import PATIENCE, cluster, process, wait_until

from .test_runner import CALL, records

pytestmark = pytest.mark.slow


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
