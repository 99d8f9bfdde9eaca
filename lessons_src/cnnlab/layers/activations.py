"""What stands between the layers and at the end: ReLU, softmax and the loss that training lowers."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnnlab.layers._checks import check_floats, check_shape
from cnnlab.layers._windows import FloatArray

Labels: TypeAlias = npt.NDArray[np.integer[Any]]


def relu(x: FloatArray) -> FloatArray:
    """Set negative numbers to zero.

    Parameters
    ----------
    x : array of any shape
        Usually feature maps.

    Returns
    -------
    array like `x`

    Raises
    ------
    TypeError
        If `x` is not an array of floats.

    Notes
    -----
    Nair and Hinton (2010), "Rectified linear units improve restricted Boltzmann machines".

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 3.0]
    """
    check_floats(x=x)
    return np.maximum(x, 0)


def relu_backward(grad: FloatArray, x: FloatArray) -> FloatArray:
    """Let the gradient pass where `x` was positive, and nowhere else.

    Parameters
    ----------
    grad : array like `x`
        Gradient of the loss with respect to the output.
    x : array of any shape
        What `relu` was called with.

    Returns
    -------
    array like `x`

    Raises
    ------
    TypeError, ValueError
        If `grad` and `x` differ in precision or shape.

    Notes
    -----
    At exactly 0, where there is no derivative, 0 is taken, as in PyTorch.

    Examples
    --------
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 5.0]
    """
    check_floats(x=x, grad=grad)
    check_shape("grad", grad, x.shape, "that of x")
    return np.where(x > 0, grad, 0)


def softmax(x: FloatArray, axis: int = -1) -> FloatArray:
    """Turn scores into positive numbers that sum to 1 along `axis`.

    Parameters
    ----------
    x : array of any shape
        Scores ("logits").
    axis : int
        The axis of the classes.

    Returns
    -------
    array like `x`

    Raises
    ------
    TypeError
        If `x` is not an array of floats.

    Notes
    -----
    The largest score is taken off first: it cancels in the quotient, and no exponential overflows.
    Goodfellow, Bengio and Courville (2016), "Deep Learning", sections 4.1 and 6.2.2.3.

    Examples
    --------
    >>> softmax(np.array([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    check_floats(x=x)
    return np.exp(_log_softmax(x, axis))


def cross_entropy(logits: FloatArray, labels: Labels) -> np.floating[Any]:
    """Measure how little probability the scores give to the right classes: the mean of −log p.

    Parameters
    ----------
    logits : array (N, classes)
        Scores, before any softmax.
    labels : array (N,) of integers
        The right class of each row, counted from 0.

    Returns
    -------
    float
        In the dtype of `logits`, in nats; log(classes) for scores that are all equal.

    Raises
    ------
    TypeError
        If `logits` are not floats or `labels` not integers.
    ValueError
        If the shapes do not belong together, there is no row, or a label is no class.

    Notes
    -----
    As ``torch.nn.functional.cross_entropy``. It starts from the scores and not from probabilities, whose
    logarithm is lost where a float rounds to 0.

    Examples
    --------
    >>> print(cross_entropy(np.array([[0.0, 0.0], [0.0, 1000.0]]), np.array([0, 1])).round(4))
    0.3466
    """
    _check_labels(logits, labels)
    log_p = _log_softmax(logits, axis=1)  # (N, classes)
    loss: np.floating[Any] = -log_p[np.arange(len(labels)), labels].mean()
    return loss


def cross_entropy_backward(logits: FloatArray, labels: Labels) -> FloatArray:
    """Give the gradient of `cross_entropy` for its scores: (softmax − one-hot label) / N.

    Parameters
    ----------
    logits, labels
        What `cross_entropy` was called with.

    Returns
    -------
    array (N, classes)
        Each row sums to 0.

    Raises
    ------
    TypeError, ValueError
        As `cross_entropy`.

    Notes
    -----
    Bishop (2006), "Pattern Recognition and Machine Learning", equation 4.109.

    Examples
    --------
    >>> cross_entropy_backward(np.array([[0.0, 0.0]]), np.array([1])).tolist()
    [[0.5, -0.5]]
    """
    _check_labels(logits, labels)
    grad = softmax(logits, axis=1)
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)


def _log_softmax(x: FloatArray, axis: int) -> FloatArray:
    shifted = x - x.max(axis=axis, keepdims=True)
    out: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return out


def _check_labels(logits: FloatArray, labels: Labels) -> None:
    check_floats(logits=logits)
    if not isinstance(labels, np.ndarray) or not np.issubdtype(labels.dtype, np.integer):
        kind = labels.dtype if isinstance(labels, np.ndarray) else type(labels).__name__
        raise TypeError(f"labels must be an array of integers, one class number per row, got {kind}")
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not len(labels):
        raise ValueError(
            "logits must be (N, classes) and labels (N,), N at least 1; "
            f"got {logits.shape} and {labels.shape}"
        )
    classes = logits.shape[1]
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"logits of shape {logits.shape} know the classes 0 to {classes - 1}, "
            f"but labels go from {labels.min()} to {labels.max()}"
        )
