"""ReLU, softmax and cross-entropy, held against PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnnlab import layers
from cnnlab.layers import cross_entropy, cross_entropy_backward, relu, relu_backward, softmax

floats = st.one_of(
    arrays(dtype, array_shapes(max_dims=4, max_side=5), elements=st.floats(-1e3, 1e3, width=width))
    for dtype, width in [("float32", 32), ("float64", 64)]
)


@st.composite
def scores_and_labels(draw):
    N, classes = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    dtype, width = draw(st.sampled_from([("float32", 32), ("float64", 64)]))
    logits = draw(arrays(dtype, (N, classes), elements=st.floats(-1e3, 1e3, width=width)))
    return logits, draw(arrays("int64", N, elements=st.integers(0, classes - 1)))


@given(floats)
def test_relu_is_pytorchs(x):
    tensor = torch.from_numpy(x).requires_grad_()
    out = torch.relu(tensor)
    grad = np.random.default_rng(0).standard_normal(x.shape).astype(x.dtype)
    out.backward(torch.from_numpy(grad))
    for actual, expected in [(relu(x), out.detach()), (relu_backward(grad, x), tensor.grad)]:
        assert actual.dtype == x.dtype
        np.testing.assert_array_equal(actual, expected.numpy())


@given(floats, st.data())
def test_softmax_is_pytorchs(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    p = softmax(x, axis)
    assert p.dtype == x.dtype
    np.testing.assert_allclose(p, torch.softmax(torch.from_numpy(x), axis).numpy(), rtol=2e-4, atol=1e-7)
    np.testing.assert_allclose(p.sum(axis=axis), 1, rtol=1e-5)


@given(scores_and_labels())
def test_cross_entropy_is_pytorchs(case):
    logits, labels = case
    tensor = torch.from_numpy(logits).requires_grad_()
    loss = torch.nn.functional.cross_entropy(tensor, torch.from_numpy(labels))
    loss.backward()
    assert cross_entropy(logits, labels).dtype == logits.dtype
    np.testing.assert_allclose(cross_entropy(logits, labels), loss.item(), rtol=1e-5, atol=1e-5)
    grad = cross_entropy_backward(logits, labels)
    assert grad.dtype == logits.dtype
    np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=2e-4, atol=1e-6)


def test_a_guess_costs_the_logarithm_of_the_number_of_classes():
    np.testing.assert_allclose(cross_entropy(np.zeros((4, 10)), np.arange(4)), np.log(10))


def test_scores_beyond_exps_range_stay_finite():
    logits = np.array([[0.0, 5e4], [-5e4, 0.0]], np.float32)
    assert cross_entropy(logits, np.array([0, 0])) == 5e4
    np.testing.assert_array_equal(softmax(logits), [[0, 1], [0, 1]])


scores = np.zeros((2, 3))


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_backward])
@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        (scores, np.array([0, 3]), ValueError, r"classes 0 to 2, but labels go from 0 to 3"),
        (scores, np.array([-1, 0]), ValueError, r"labels go from -1 to 0"),
        (scores, np.array([0]), ValueError, r"\(2, 3\) and \(1,\)"),
        (scores[0], np.array([0]), ValueError, r"\(N, classes\).*\(3,\) and \(1,\)"),
        (scores[:0], np.array([], int), ValueError, r"N at least 1; got \(0, 3\)"),
        (scores, np.array([0.0, 1.0]), TypeError, "labels must be an array of integers.*float64"),
        (scores, [0, 1], TypeError, "labels must be an array of integers.*list"),
        (scores.astype(int), np.array([0, 1]), TypeError, "logits of shape .*int64"),
    ],
)
def test_bad_input_gets_an_error_that_says_what_to_do(function, logits, labels, error, message):
    with pytest.raises(error, match=message):
        function(logits, labels)


def test_relu_and_softmax_want_floats():
    for function in (relu, softmax):
        with pytest.raises(TypeError, match=r"x of shape .*int64"):
            function(np.arange(3))
    with pytest.raises(ValueError, match=r"grad must have shape \(3,\)"):
        relu_backward(np.zeros(2), np.zeros(3))


def test_a_small_network_learns_with_these_layers_alone():
    """Bright above or bright below? One convolution, a pooling and a linear layer, fifty steps."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 64)
    x = rng.random((64, 1, 8, 8), np.float32)
    x[labels == 0, :, :4] += 1
    x[labels == 1, :, 4:] += 1
    parameters = [rng.standard_normal(s).astype(np.float32) / 3 for s in [(4, 1, 3, 3), (4,), (2, 64), (2,)]]
    losses = []
    for _ in range(50):
        weight, bias, fc_weight, fc_bias = parameters
        maps = layers.conv2d(x, weight, bias, padding=1)
        active = relu(maps)
        pooled = layers.max_pool2d(active, 2)
        logits = layers.linear(layers.flatten(pooled), fc_weight, fc_bias)
        losses.append(cross_entropy(logits, labels))
        grad = cross_entropy_backward(logits, labels)
        grad, *fc_grads = layers.linear_backward(grad, layers.flatten(pooled), fc_weight)
        grad = layers.max_pool2d_backward(grad.reshape(pooled.shape), active, 2)
        _, *conv_grads = layers.conv2d_backward(relu_backward(grad, maps), x, weight, padding=1)
        parameters = [p - 0.1 * g for p, g in zip(parameters, [*conv_grads, *fc_grads], strict=True)]
    assert losses[0] > 0.5
    assert losses[-1] < 0.05
    assert (logits.argmax(axis=1) == labels).all()
