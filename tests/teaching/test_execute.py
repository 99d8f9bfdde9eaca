"""A cell that leaves too much running is the one that is told, whichever cell the watch would have met."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grading import kernel
from grading.execute import Job, execute
from grading.sandbox import Limits

pytestmark = pytest.mark.slow

LEAVES_MANY = """\
import os, time
for _ in range(12):
    if not os.fork():
        time.sleep(60)
        os._exit(0)
"""


def test_what_a_cell_leaves_running_is_its_own(monkeypatch):
    monkeypatch.setattr(kernel, "WATCH", 0.7)
    cells = [new_code_cell(LEAVES_MANY), new_code_cell("time.sleep(2)\nprint('here')")]
    found = execute(Job(nbformat.writes(new_notebook(cells=cells)), "0", limits=Limits(processes=20)))
    assert found.remarks == ["cell 1: it started more than 10 processes"]
    first, second = nbformat.reads(found.notebook, as_version=4).cells
    assert first.outputs[0].ename == "KernelStopped"
    assert second.outputs[0].ename == "NameError"  # it ran, without the first
