"""The check behind exercises: right, wrong with the mistake named, and not answered."""

import numpy as np
import pytest
import torch

from cnnlab.exercises import check

HINTS = {9: "Did you forget the bias?"}


@pytest.mark.parametrize(
    ("answer", "expected", "says"),
    [
        (..., 10, "Not answered yet: put your answer in place of the dots."),
        (None, 10, "Not answered yet: put your answer in place of the dots."),
        (10, 10, "Right."),
        (10.0, np.int64(10), "Right."),
        (torch.tensor(10), 10, "Right."),
        (9, 10, "Not yet. Did you forget the bias?"),
        (8, 10, "Not yet. It is another number."),
        ("10", 10, "Not yet. This answer is a number, without quotation marks; yours is of type str."),
        (12845056, 12846080, "Not yet. It is another number."),  # whole numbers exactly: biases forgotten
        (20000.5, 20000, "Not yet. It is another number."),
        (0.30001, 0.3, "Right."),
        (5e-6, 1e-6, "Not yet. It is another number."),
        ("1, 2", np.array([1, 2]), "Not yet. This answer is an array of numbers; yours is of type str."),
        ([[1], [1, 2]], [1.0], "Not yet. This answer is an array of numbers; yours is of type list."),
        (torch.ones(2, dtype=torch.bfloat16), [1.0, 1.0], "Not yet. This answer is an array of numbers"),
        ([], [1.0], "Not yet. The shape should be (1,), and yours is (0,)."),
        ([1.0, 2.0], [1.0, 2.0000001], "Right."),
        ([1.0, 2.0], [2.0, 1.0], "Not yet. The shape is right, some values are not."),
        (np.zeros((2, 3)), np.zeros((3, 2)), "Not yet. The shape should be (3, 2), and yours is (2, 3)."),
        (torch.ones(2, requires_grad=True), np.ones(2), "Right."),
        ("ab", "ab", "Right."),
        ("a", "ab", "Not yet. Read the question once more."),
        (float("nan"), 10, "Not yet. It is another number."),
    ],
)
def test_check(answer, expected, says, capsys):
    check(answer, expected, hints=HINTS)
    assert capsys.readouterr().out.startswith(says)
