"""Pooling and its gradients, held against PyTorch."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import layers

POOLINGS = ["max_pool2d", "avg_pool2d"]


@st.composite
def cases(draw):
    """Any pooling whose window fits; small whole numbers, so that windows hold equal values."""
    N, C = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    F = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    P = draw(st.integers(0, F[0] // 2)), draw(st.integers(0, F[1] // 2))
    stride = draw(st.one_of(st.none(), st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))))
    size = [max(1, f - 2 * p) + draw(st.integers(0, 7)) for f, p in zip(F, P, strict=True)]
    kernel_size = F[0] if F[0] == F[1] and draw(st.booleans()) else F
    padding = P[0] if P[0] == P[1] and draw(st.booleans()) else P
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    return rng.integers(-2, 3, (N, C, *size)).astype(dtype), (kernel_size, stride, padding)


def pytorch(name, x, geometry):
    tensor = torch.from_numpy(x).requires_grad_()
    out = getattr(torch.nn.functional, name)(tensor, *geometry)
    grad = np.random.default_rng(0).standard_normal(tuple(out.shape)).astype(x.dtype)
    out.backward(torch.from_numpy(grad))
    return out.detach().numpy(), grad, tensor.grad.numpy()


def assert_close(actual, expected):
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", POOLINGS)
@settings(max_examples=150)
@given(case=cases())
def test_values_and_gradients_are_pytorchs(name, case):
    """Of equal maxima the first one gets the gradient, and pixels in several windows get a sum."""
    x, geometry = case
    expected, grad, expected_grad = pytorch(name, x, geometry)
    assert_close(getattr(layers, name)(x, *geometry), expected)
    assert_close(getattr(layers, f"{name}_backward")(grad, x, *geometry), expected_grad)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_special_values_pass_as_in_pytorch(special):
    x = np.random.default_rng(0).standard_normal((1, 2, 6, 6))
    x[0, 0, 2, 3] = special
    for name in POOLINGS:
        expected, grad, expected_grad = pytorch(name, x, (3, 2, 1))
        np.testing.assert_allclose(getattr(layers, name)(x, 3, 2, 1), expected)
        np.testing.assert_allclose(getattr(layers, f"{name}_backward")(grad, x, 3, 2, 1), expected_grad)


def test_by_hand():
    x = np.array([[[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]]])
    assert layers.max_pool2d(x, 2).tolist() == [[[[4.0, 5.0]]]]
    assert layers.avg_pool2d(x, 2).tolist() == [[[[2.5, 1.25]]]]


def test_padding_never_wins_a_maximum_but_counts_in_a_mean():
    x = np.full((1, 1, 2, 2), -8.0)
    assert layers.max_pool2d(x, 2, 2, 1).tolist() == [[[[-8.0, -8.0], [-8.0, -8.0]]]]
    assert layers.avg_pool2d(x, 2, 2, 1).tolist() == [[[[-2.0, -2.0], [-2.0, -2.0]]]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_global_average_is_pytorchs(dtype):
    x = np.random.default_rng(0).standard_normal((3, 5, 7, 4)).astype(dtype)
    tensor = torch.from_numpy(x).requires_grad_()
    out = torch.nn.functional.adaptive_avg_pool2d(tensor, 1).flatten(1)
    grad = np.random.default_rng(1).standard_normal((3, 5)).astype(dtype)
    out.backward(torch.from_numpy(grad))
    assert_close(layers.global_avg_pool2d(x), out.detach().numpy())
    assert_close(layers.global_avg_pool2d_backward(grad, x), tensor.grad.numpy())


@pytest.mark.parametrize("name", POOLINGS)
def test_windows_are_never_copied_out(name):
    """A 7×7 window at every pixel would take 49 times the image, 157 MB."""
    x = np.zeros((16, 16, 56, 56), np.float32)
    for call in (
        lambda: getattr(layers, name)(x, 7, 1, 3),
        lambda: getattr(layers, f"{name}_backward")(x, x, 7, 1, 3),
    ):
        tracemalloc.start()
        call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 7 * x.nbytes


@pytest.mark.parametrize("name", POOLINGS)
@pytest.mark.parametrize(
    ("x", "geometry", "error", "message"),
    [
        (np.zeros((28, 28)), (2,), ValueError, r"4 axes .*\(28, 28\)"),
        (np.zeros((1, 1, 4, 4), int), (2,), TypeError, r"\(1, 1, 4, 4\) holds int64"),
        (np.zeros((1, 1, 4, 4)), (5,), ValueError, r"\(1, 1, 4, 4\).*kernel_size 5"),
        (np.zeros((1, 1, 4, 4)), (2, 0), ValueError, "stride must be at least 1, got 0"),
        (np.zeros((1, 1, 4, 4)), (2, 2, 2), ValueError, "padding 2 is more than half of kernel_size 2"),
        (np.zeros((1, 1, 4, 4)), (3, 1, (0, 2)), ValueError, r"padding \(0, 2\) is more than half"),
        (np.zeros((1, 1, 4, 4)), (2, 2, -1), ValueError, "padding must be at least 0, got -1"),
        (np.zeros((1, 1, 4, 4)), ((2, 2, 2),), ValueError, r"pair \(height, width\), got \(2, 2, 2\)"),
    ],
)
def test_bad_input_gets_an_error_that_says_what_to_do(name, x, geometry, error, message):
    with pytest.raises(error, match=message):
        getattr(layers, name)(x, *geometry)


@pytest.mark.parametrize("name", POOLINGS)
def test_a_gradient_of_the_wrong_shape_is_refused(name):
    with pytest.raises(ValueError, match=r"grad must have shape \(1, 1, 2, 2\).*got \(1, 1, 4, 4\)"):
        getattr(layers, f"{name}_backward")(np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 4, 4)), 2)


def test_global_average_refuses_what_is_no_batch_of_maps():
    with pytest.raises(ValueError, match=r"4 axes .*\(3, 5\)"):
        layers.global_avg_pool2d(np.zeros((3, 5)))
    with pytest.raises(ValueError, match=r"grad must have shape \(1, 2\)"):
        layers.global_avg_pool2d_backward(np.zeros((1, 3)), np.zeros((1, 2, 4, 4)))
