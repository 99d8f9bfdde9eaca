"""Runs one submission's cells as nbgrader does, in a kernel of its own, and says what can be trusted."""

from __future__ import annotations

import ast
import re
import time
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution

from grading import harmless
from grading.canary import Canary
from grading.kernel import Kernel
from grading.sandbox import Limits

MOST_ERRORS = 20  # of one cell, whose kernel can be made to tell any number
PREDICTION = re.compile(r"^Prediction \w+: (.+)$", re.MULTILINE)  # as `cnnlab.assignments.comment` says it
ROUNDS = 4  # a cell that ends the kernel is left out of the next round


@dataclass(frozen=True)
class Job:
    """All that a worker needs to run one submission, and nothing more."""

    notebook: str  # as JSON, with the hidden tests
    seed: str
    files: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True


@dataclass(frozen=True)
class Executed:
    """What came of it."""

    notebook: str  # as JSON, with the outputs
    remarks: list[str]  # what stopped the kernel
    forged: str  # why the tests' results are worth nothing, if they are
    seconds: float


class _KernelStopped(Exception):  # noqa: N818
    pass


class _TimeIsUp(Exception):  # noqa: N818
    pass


def execute(job: Job) -> Executed:
    """Run a submission; a cell that ends the kernel is left out, and the others run again."""
    began = time.monotonic()
    notebook = nbformat.reads(job.notebook, as_version=4)
    runner = _Runner(notebook, job, began + job.limits.total_seconds)
    for _ in range(ROUNDS):
        try:
            runner.run()
            break
        except _KernelStopped:
            continue  # without the cell that did it
        except _TimeIsUp:
            break
    forged = runner.finish(notebook)
    return Executed(nbformat.writes(notebook), runner.remarks(), forged, time.monotonic() - began)


class _Runner(Execute):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's own step, on the submission's cells with canaries among them."""

    def __init__(self, notebook: NotebookNode, job: Job, deadline: float) -> None:
        super().__init__(iopub_timeout=10, startup_timeout=120)
        self.job, self.deadline = job, deadline
        self.places: list[int] = []  # of the submission's cells among those that run
        self.canaries: dict[int, Canary] = {}  # by place
        self.left_out: dict[int, str] = {}  # by place, what the cell did
        self.running = nbformat.v4.new_notebook()
        for cell in notebook.cells:
            if is_test(cell):
                self._add_canary()
            self.places.append(len(self.running.cells))
            self.running.cells.append(NotebookNode(cell))
        self._add_canary()

    def _add_canary(self) -> None:
        self.canaries[len(self.running.cells)] = canary = Canary.fresh()
        self.running.cells.append(canary.cell)

    def run(self) -> None:
        """Run all cells in a fresh kernel."""
        self.ran: set[int] = set()
        self.timed_out = False
        environment = {"CNNLAB_SECRET_SEED": self.job.seed}
        with Kernel(self.job.limits, environment, self.job.files, self.job.sandboxed) as self.kernel:
            try:
                self.preprocess(self.running, {}, km=self.kernel.manager)
            finally:
                if self.kc:
                    self.kc.stop_channels()

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> Any:
        """Run one cell, or say why not."""
        if index in self.left_out:
            cell.outputs = [_error("KernelStopped", self.left_out[index])]
            return cell, resources
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _TimeIsUp
        self.timeout = min(self.job.limits.cell_seconds, int(left) + 1)
        self.error_on_timeout = {
            "ename": "CellTimeoutError",
            "evalue": f"stopped after {self.timeout} s",
            "traceback": [],
        }
        self.room = self.job.limits.output
        try:
            result = super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError) as error:
            how = "the kernel ended" if isinstance(error, DeadKernelError) else "it could not be interrupted"
            self._leave_out(index, self.kernel.overuse or how)
            raise _KernelStopped from error
        # Before another cell is blamed for what this one has left running.
        if not is_test(cell) and index not in self.canaries and self.kernel.look():
            self._leave_out(index, self.kernel.overuse)
            raise _KernelStopped
        self.ran.add(index)
        return result

    def _leave_out(self, index: int, why: str) -> None:
        if not self.timed_out:  # else what that cell left behind may have done it: it is left out now
            self.left_out[index] = why

    def on_cell_executed(self, **told: Any) -> None:
        """Remember a cell that took too long: no other round waits for it."""
        super().on_cell_executed(**told)
        content = told["execute_reply"]["content"]
        if content.get("ename") == "CellTimeoutError":
            self.left_out[told["cell_index"]] = content["evalue"]
            self.timed_out = True

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep no more output than there is room for."""
        if msg["msg_type"] == "error":
            error = super().process_message(msg, cell, cell_index)
            cell.outputs[:] = [*cell.outputs[:MOST_ERRORS], *map(_shortened, cell.outputs[MOST_ERRORS:][-1:])]
            return error
        if msg["msg_type"] not in {"status", "error", "execute_input"}:
            had_room, self.room = self.room > 0, self.room - len(str(msg["content"]))
            if self.room <= 0:
                note = {"name": "stdout", "text": "\n... further output is left out ...\n"}
                return had_room and super().process_message(
                    msg | {"msg_type": "stream", "content": note}, cell, cell_index
                )
        return super().process_message(msg, cell, cell_index)

    def finish(self, notebook: NotebookNode) -> str:
        """Put the outputs into the submission; say why tests cannot be trusted, or nothing."""
        complaints = (canary.complaint() for place, canary in self.canaries.items() if place in self.ran)
        forged = next(filter(None, complaints), "")
        for cell, place in zip(notebook.cells, self.places, strict=True):
            if cell.cell_type != "code":
                continue
            shown = self.running.cells[place].outputs
            cell.outputs = [_shortened(harmless.output(each)) for each in shown]
            if is_test(cell):
                cell.outputs = telling(cell)
                failed = any(each.output_type == "error" for each in cell.outputs)
                checked = min(other for other in self.canaries if other > place) in self.ran
                if forged:
                    cell.outputs = [_error("Withheld", f"a person will look at this: {forged}")]
                elif not failed and not checked:
                    cell.outputs = [_error("NotRun", "the kernel was stopped too often, or for too long")]
        return forged

    def remarks(self) -> list[str]:
        """Tell which of the submission's cells stopped the kernel, or had to be stopped."""
        found: list[str] = []
        for place, why in self.left_out.items():
            if place in self.places:
                name = self.running.cells[place].metadata.get("nbgrader", {}).get("grade_id")
                number = f"cell {self.places.index(place) + 1}"  # not every cell has a name
                found.append(f"{f'{name}, {number}' if name else number}: {why}")
        return found


def is_test(cell: NotebookNode) -> bool:
    """Whether the result of running a cell decides about points."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def telling(cell: NotebookNode) -> list[NotebookNode]:
    """Keep what a test itself says, not what the answer wrote while the test ran.

    Of what was printed, that is what a prediction stands for. nbgrader takes the first value shown for the
    points, before an error, and takes words on the error stream for an error.
    """
    errors = [each for each in cell.outputs if each.output_type == "error"]
    if errors:
        return errors[-1:]
    if _ends_in_a_value(cell.source):
        return [each for each in cell.outputs if each.output_type == "execute_result"][-1:]
    words = {node.value for node in ast.walk(_parsed(cell.source)) if isinstance(node, ast.Constant)}
    printed = "".join(each.text for each in cell.outputs if each.output_type == "stream")
    said = [found[0] for found in PREDICTION.finditer(printed) if found[1] in words]
    return [new_output("stream", text=f"{line}\n") for line in said[:1]]


def _ends_in_a_value(source: str) -> bool:
    """Whether a test gives part of the points: its last line is their number."""
    statements = _parsed(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # it has one of IPython's own commands
        return ast.Module([], [])


def _error(name: str, value: str) -> NotebookNode:
    output: NotebookNode = new_output("error", ename=name, evalue=value, traceback=[f"{name}: {value}"])
    return output


def _shortened(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        output.evalue = output.evalue[:2000]
        output.traceback = [line[:2000] for line in output.traceback[-50:]]
    return output
