"""conv2d, its loops and its gradients, held against PyTorch."""

import tracemalloc
from typing import NamedTuple
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.layers import _windows, conv2d, conv2d_backward, conv2d_loops

TOLERANCE = {"float32": {"rtol": 1e-4, "atol": 1e-4}, "float64": {"rtol": 1e-11, "atol": 1e-11}}


class Case(NamedTuple):
    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    geometry: dict


def one_or_pair(low, high):
    return st.one_of(st.integers(low, high), st.tuples(st.integers(low, high), st.integers(low, high)))


@st.composite
def cases(draw, max_channels=4, max_extra=8):
    """Any convolution whose kernel fits, down to the smallest image that it fits into."""
    N, C, K = (draw(st.integers(low, high)) for low, high in [(0, 3), (1, max_channels), (1, 4)])
    F = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    dilation = draw(one_or_pair(1, 3))
    D = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    padding = draw(st.one_of(one_or_pair(0, 3), st.sampled_from(["same", "valid"])))
    stride = 1 if padding == "same" else draw(one_or_pair(1, 3))
    spans = [d * (f - 1) + 1 for f, d in zip(F, D, strict=True)]
    if padding == "same":
        frame = [span - 1 for span in spans]
    else:
        P = {"valid": 0}.get(padding, padding)
        frame = [2 * p for p in (P if isinstance(P, tuple) else (P, P))]
    size = [max(1, s - f) + draw(st.integers(0, max_extra)) for s, f in zip(spans, frame, strict=True)]
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in [(N, C, *size), (K, C, *F), (K,)]]
    return Case(*arrays, {"stride": stride, "padding": padding, "dilation": dilation})


block_sizes = st.sampled_from([1, 500, _windows.BLOCK_BYTES])  # one row at a time, a few, everything


def blocks_of(size):
    return mock.patch.object(_windows, "BLOCK_BYTES", size)


# PyTorch pads an even kernel's "same" through a copy, and says so.
quiet = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


def pytorch(case, bias=True):
    """Output and the three gradients, for a gradient that differs at every pixel."""
    x, weight, b = (torch.from_numpy(a).requires_grad_() for a in case[:3])
    out = torch.nn.functional.conv2d(x, weight, b if bias else None, **case.geometry)
    grad = np.random.default_rng(0).standard_normal(tuple(out.shape)).astype(case.x.dtype)
    out.backward(torch.from_numpy(grad))
    return out.detach().numpy(), grad, [t.grad.numpy() for t in ((x, weight, b) if bias else (x, weight))]


def assert_close(actual, expected):
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, **TOLERANCE[expected.dtype.name])


@quiet
@settings(max_examples=200)
@given(cases(), block_sizes, st.booleans())
def test_values_are_pytorchs(case, block_size, bias):
    expected, _, _ = pytorch(case, bias)
    with blocks_of(block_size):
        assert_close(conv2d(case.x, case.weight, case.bias if bias else None, **case.geometry), expected)


@quiet
@settings(max_examples=200)
@given(cases(), block_sizes)
def test_gradients_are_pytorchs(case, block_size):
    _, grad, expected = pytorch(case)
    with blocks_of(block_size):
        actual = conv2d_backward(grad, case.x, case.weight, **case.geometry)
    for ours, theirs in zip(actual, expected, strict=True):
        assert_close(ours, theirs)


@quiet
@given(cases(max_channels=2, max_extra=2), st.booleans())
def test_loops_give_the_same(case, bias):
    expected, _, _ = pytorch(case, bias)
    assert_close(conv2d_loops(case.x, case.weight, case.bias if bias else None, **case.geometry), expected)


def test_arguments_stand_in_pytorchs_order():
    rng = np.random.default_rng(0)
    x, weight, bias = (rng.standard_normal(s) for s in [(2, 3, 12, 12), (4, 3, 3, 3), (4,)])
    expected = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)), 2, 1, 3).numpy()
    assert_close(conv2d(x, weight, bias, 2, 1, 3), expected)
    assert_close(conv2d_loops(x, weight, bias, 2, 1, 3), expected)


@quiet
@given(cases())
def test_any_memory_order_will_do(case):
    """A transposed, reversed or read-only image gives what its copy gives, and nothing is written into it."""
    x = np.asfortranarray(case.x)[:, :, ::-1]
    x.flags.writeable = False
    before = x.copy()
    assert_close(
        conv2d(x, case.weight, case.bias, **case.geometry),
        conv2d(before.copy(), case.weight, case.bias, **case.geometry),
    )
    np.testing.assert_array_equal(x, before)


def test_by_hand():
    """A 3×3 image with an edge, and the kernel that finds it; nothing is flipped."""
    x = np.array([[[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]])
    right_minus_left = np.array([[[[-1.0, 1.0]]]])
    np.testing.assert_array_equal(conv2d(x, right_minus_left)[0, 0], [[0, 1], [0, 1], [0, 1]])


def test_a_kernel_spans_all_channels_and_has_one_bias():
    x = np.ones((1, 5, 4, 4))
    np.testing.assert_array_equal(
        conv2d(x, np.ones((2, 5, 3, 3)), np.array([0.0, 1.0]))[0, :, 0, 0], [45, 46]
    )


def test_shifted_image_gives_shifted_map():
    rng = np.random.default_rng(0)
    x = np.zeros((1, 1, 20, 20))
    x[..., 6:14, 6:14] = rng.random((8, 8))
    weight = rng.standard_normal((3, 1, 3, 3))
    moved = np.roll(x, (3, -2), axis=(2, 3))
    np.testing.assert_allclose(
        conv2d(moved, weight, padding=1),
        np.roll(conv2d(x, weight, padding=1), (3, -2), axis=(2, 3)),
        atol=1e-12,
    )


def peak_bytes(call):
    tracemalloc.start()
    try:
        result = call()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("N", [1, 8])
def test_memory_of_the_windows_is_bounded(N):
    """All windows at once would take 9 · 64 · 112 · 112 floats for each image: 28 MB, 220 MB for eight."""
    x, weight = np.zeros((N, 64, 112, 112), np.float32), np.zeros((8, 64, 3, 3), np.float32)
    bias = np.zeros(8, np.float32)
    padded = N * 64 * 114 * 114 * 4
    slack = 100_000  # the Python objects
    peak, out = peak_bytes(lambda: conv2d(x, weight, bias, padding=1))
    assert peak < out.nbytes + padded + _windows.BLOCK_BYTES + slack
    peak, out = peak_bytes(lambda: conv2d(x, weight))
    assert peak < out.nbytes + _windows.BLOCK_BYTES + slack
    grad = np.zeros_like(out)
    peak, _ = peak_bytes(lambda: conv2d_backward(grad, x, weight))
    assert peak < x.nbytes + 4 * _windows.BLOCK_BYTES + slack


def test_a_1x1_convolution_without_bias_copies_nothing():
    x, weight = np.zeros((2, 64, 56, 56), np.float32), np.zeros((8, 64, 1, 1), np.float32)
    peak, out = peak_bytes(lambda: conv2d(x, weight))
    assert peak < out.nbytes + 100_000


def image(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize("function", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("x", "weight", "options", "error", "message"),
    [
        (image(28, 28), image(4, 1, 3, 3), {}, ValueError, r"4 axes .*\(28, 28\).*image\[None, None\]"),
        (image(2, 1, 8, 8), image(3, 3), {}, ValueError, r"weight must have 4 axes .*got shape \(3, 3\)"),
        (
            image(2, 3, 8, 8),
            image(4, 1, 3, 3),
            {},
            ValueError,
            r"\(2, 3, 8, 8\).*\(4, 1, 3, 3\).*\(4, 3, 3, 3\)",
        ),
        (
            image(2, 1, 4, 4),
            image(1, 1, 7, 7),
            {"padding": 1},
            ValueError,
            r"\(2, 1, 4, 4\).*\(6, 6\).*\(1, 1, 7, 7\)",
        ),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"dilation": 2}, ValueError, "spans 5"),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"stride": (1, 0)}, ValueError, "stride must be at least 1"),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"dilation": 0}, ValueError, "dilation must be at least 1"),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"padding": -1}, ValueError, "padding must be at least 0"),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"padding": "full"}, ValueError, '"same", "valid".*full'),
        (
            image(2, 1, 4, 4),
            image(1, 1, 3, 3),
            {"padding": "same", "stride": 2},
            ValueError,
            "needs stride 1",
        ),
        (image(2, 1, 4, 4), image(1, 1, 3, 3), {"stride": 1.5}, TypeError, "stride must be a whole number"),
        (
            image(2, 1, 4, 4),
            image(5, 1, 3, 3),
            {"bias": image(1)},
            ValueError,
            r"\(5,\).*\(5, 1, 3, 3\).*\(1,\)",
        ),
        (
            image(2, 1, 4, 4, dtype=np.uint8),
            image(1, 1, 3, 3),
            {},
            TypeError,
            r"\(2, 1, 4, 4\).*uint8.*astype",
        ),
        (image(2, 1, 4, 4), image(1, 1, 3, 3, dtype=int), {}, TypeError, r"weight of shape .*int64.*astype"),
        (
            image(2, 1, 4, 4),
            image(1, 1, 3, 3, dtype=float),
            {},
            TypeError,
            "weight.*float64.*float32.*astype",
        ),
        ([[1.0]], image(1, 1, 3, 3), {}, TypeError, "x must be a NumPy array, got list"),
        (torch.zeros(1, 1, 4, 4), image(1, 1, 3, 3), {}, TypeError, "x must be a NumPy array, got Tensor"),
    ],
)
def test_bad_input_gets_an_error_that_says_what_to_do(function, x, weight, options, error, message):
    with pytest.raises(error, match=message):
        function(x, weight, **options)


def test_a_gradient_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"grad must have shape \(2, 4, 6, 6\).*got \(2, 4, 8, 8\)"):
        conv2d_backward(image(2, 4, 8, 8), image(2, 1, 8, 8), image(4, 1, 3, 3))
    with pytest.raises(TypeError, match=r"grad .*float64.*float32"):
        conv2d_backward(image(2, 4, 6, 6, dtype=float), image(2, 1, 8, 8), image(4, 1, 3, 3))
