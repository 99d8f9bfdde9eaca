"""Cells that must fail: where one does not, the kernel no longer runs what it is given.

Answers and tests share a kernel, so an answer can change what a test does: drop its text before it runs, or
replace the function that it compares with. Before every test, and after the last, the grader therefore runs a
cell that asserts something false, and that tries the usual comparisons on values that differ.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

# False, all of them. What a notebook has not imported is left out.
CLAIMS = (
    "1 == 2",
    "bool([])",
    "not True",
    "isinstance('a', int)",
    "type('a') is int",
    "len([]) == 1",
    "all([False])",
    "any([False])",
    "abs(-1) == -1",
    "max(1, 2) == 1",
    "sum([1]) == 2",
    "math.isclose(0, 1)",
    "np.allclose([0.0], [1.0])",
    "np.allclose(np.zeros(2), np.ones(2))",
    "np.array_equal([0], [1])",
    "np.isclose(0.0, 1.0)",
    "np.all([False])",
    "np.any([False])",
    "np.abs(-1.0) < 0.5",
    "np.max([1, 2]) == 1",
    "testing.assert_allclose([0.0], [1.0]) is None",
    "testing.assert_array_equal([0], [1]) is None",
    "testing.assert_equal(0, 1) is None",
    "torch.allclose(torch.zeros(1), torch.ones(1))",
    "torch.equal(torch.zeros(1), torch.ones(1))",
    "torch.testing.assert_close(torch.zeros(1), torch.ones(1)) is None",
)

CODE = """
def canary(names):
    import sys
    modules = {{"np": "numpy", "testing": "numpy.testing", "torch": "torch", "math": "math"}}
    names = {{name: sys.modules.get(module) for name, module in modules.items()}} | names
    believed = []
    for claim in {claims!r}:
        try:
            if eval(claim, dict(names)):
                believed.append(claim)
        except Exception:
            pass
    return believed
believed = canary(globals())
del canary
assert False, "{token} " + "; ".join(believed)
"""


@dataclass(frozen=True)
class Canary:
    """A cell and the word that its failure has to say."""

    cell: NotebookNode
    token: str

    @classmethod
    def fresh(cls) -> Canary:
        """Make one that no submission has seen."""
        token = secrets.token_hex(8)
        return cls(new_code_cell(CODE.format(claims=CLAIMS, token=token)), token)

    def complaint(self) -> str:
        """Say what is wrong with the kernel that ran the cell, or nothing."""
        failures = [each for each in self.cell.outputs if each.output_type == "error"]
        for failure in failures:
            if failure.ename == "AssertionError" and failure.evalue.startswith(self.token):
                believed = failure.evalue.removeprefix(self.token).strip()
                return believed and f"what is false passed as true: {believed}"
        return "a cell that must fail did not fail as it must"
