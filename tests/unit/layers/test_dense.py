"""flatten and linear, held against PyTorch and against both notations that texts use."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.layers import flatten, linear, linear_backward


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5).map(tuple), st.data())
def test_flatten_is_pytorchs(shape, data):
    start_dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = np.arange(np.prod(shape)).reshape(shape)
    expected = torch.flatten(torch.from_numpy(x), start_dim).numpy()
    assert flatten(x, start_dim).shape == expected.shape
    np.testing.assert_array_equal(flatten(x, start_dim), expected)


def test_flatten_copies_nothing():
    x = np.zeros((2, 3, 4, 4))
    assert np.shares_memory(flatten(x), x)
    np.testing.assert_array_equal(flatten(x).reshape(x.shape), x)


def test_flatten_refuses_an_axis_that_is_not_there():
    with pytest.raises(ValueError, match=r"start_dim 2 .*\(3, 4\)"):
        flatten(np.zeros((3, 4)), 2)


@given(
    leading=st.lists(st.integers(0, 4), max_size=3).map(tuple),
    n=st.integers(1, 6),
    m=st.integers(1, 6),
    bias=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_linear_is_pytorchs(leading, n, m, bias, dtype):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in [(*leading, n), (m, n), (m,)]]
    x, weight, b = (torch.from_numpy(a).requires_grad_() for a in arrays)
    out = torch.nn.functional.linear(x, weight, b if bias else None)
    ours = linear(*arrays[:2], arrays[2] if bias else None)
    assert ours.dtype == arrays[0].dtype
    np.testing.assert_allclose(ours, out.detach().numpy(), rtol=1e-5, atol=1e-5)
    if bias:
        grad = rng.standard_normal((*leading, m)).astype(dtype)
        out.backward(torch.from_numpy(grad))
        for actual, expected in zip(linear_backward(grad, *arrays[:2]), (x, weight, b), strict=True):
            assert actual.dtype == grad.dtype
            assert actual.shape == tuple(expected.shape)
            np.testing.assert_allclose(actual, expected.grad.numpy(), rtol=1e-5, atol=1e-5)


def test_row_and_column_notation_give_the_same_numbers():
    rng = np.random.default_rng(0)
    row, W, b = rng.standard_normal((1, 5)), rng.standard_normal((5, 3)), rng.standard_normal(3)
    np.testing.assert_allclose(linear(row, W.T, b), row @ W + b)
    np.testing.assert_allclose(linear(row, W.T, b).T, W.T @ row.T + b[:, None])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.zeros((2, 5)), np.zeros((5, 3))), ValueError, r"\(2, 5\).*\(5, 3\).*transpose"),
        ((np.zeros((2, 3, 4, 4)), np.zeros((3, 48))), ValueError, r"\(2, 3, 4, 4\).*\(3, 48\).*flatten"),
        ((np.zeros((2, 5)), np.zeros(5)), ValueError, r"weight must have 2 axes .*\(5,\)"),
        (
            (np.zeros((2, 5)), np.zeros((3, 5)), np.zeros(5)),
            ValueError,
            r"bias must have shape \(3,\).*\(5,\)",
        ),
        ((np.zeros((2, 5), int), np.zeros((3, 5))), TypeError, r"x of shape \(2, 5\) holds int64"),
        ((np.zeros((2, 5), np.float32), np.zeros((3, 5))), TypeError, "weight.*float64.*float32"),
    ],
)
def test_bad_input_gets_an_error_that_says_what_to_do(arguments, error, message):
    with pytest.raises(error, match=message):
        linear(*arguments)


def test_a_gradient_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"grad must have shape \(2, 3\).*got \(2, 5\)"):
        linear_backward(np.zeros((2, 5)), np.zeros((2, 5)), np.zeros((3, 5)))
