"""The step from maps to a plain vector, and the fully connected layer that reads it."""

from __future__ import annotations

from math import prod
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cnnlab.layers._checks import check_floats, check_shape
from cnnlab.layers._windows import FloatArray

Scalar = TypeVar("Scalar", bound=np.generic)


def flatten(x: npt.NDArray[Scalar], start_dim: int = 1) -> npt.NDArray[Scalar]:
    """Join all axes from `start_dim` on into one. Nothing is computed and nothing is lost.

    Parameters
    ----------
    x : array
        Of any dtype; usually (N, C, H, W).
    start_dim : int
        The first axis that is joined; 1 keeps the images apart. Negative numbers count from the end.

    Returns
    -------
    array
        (N, C·H·W) for maps: a view of the same numbers where memory allows it, channel by channel, each
        row by row.

    Raises
    ------
    ValueError
        If `x` has no such axis.

    Notes
    -----
    As ``torch.flatten``. The gradient of a reshape is the reshape back: ``grad.reshape(x.shape)``.

    Examples
    --------
    >>> flatten(np.zeros((32, 256, 7, 7))).shape
    (32, 12544)
    """
    if not isinstance(x, np.ndarray):
        raise TypeError(f"x must be a NumPy array, got {type(x).__name__}")
    if not -x.ndim <= start_dim < x.ndim:
        raise ValueError(f"start_dim {start_dim} is no axis of x, which has shape {x.shape}")
    return x.reshape(*x.shape[:start_dim], prod(x.shape[start_dim:]))


def linear(x: FloatArray, weight: FloatArray, bias: FloatArray | None = None) -> FloatArray:
    """Weigh and sum all n features for each of m outputs: x·Wᵀ + b.

    Parameters
    ----------
    x : array (N, n)
        One row per image; any number of axes may stand before n.
    weight : array (m, n)
        One row per output, as PyTorch stores it. Texts that write x·W + b use its transpose.
    bias : array (m,), optional
        One number per output.

    Returns
    -------
    array (N, m)
        In the dtype of `x`.

    Raises
    ------
    TypeError
        If an array is not of floats, or not in the precision of `x`.
    ValueError
        If the features do not agree.

    Notes
    -----
    As ``torch.nn.functional.linear``.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> weight = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    >>> linear(x, weight, bias=np.array([0.0, 10.0])).tolist()
    [[1.0, 16.0]]
    """
    _check_linear(x, weight, bias)
    out: FloatArray = x @ weight.T  # (N, n) @ (n, m)
    return out if bias is None else out + bias  # (N, m)


def linear_backward(
    grad: FloatArray, x: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry the gradient of `linear`'s output back to its input, its weight and its bias.

    Parameters
    ----------
    grad : array (N, m)
        Gradient of the loss with respect to the output.
    x, weight
        What `linear` was called with.

    Returns
    -------
    grad_x : array (N, n)
    grad_weight : array (m, n)
    grad_bias : array (m,)

    Raises
    ------
    TypeError, ValueError
        As `linear`, and if `grad` has not the output's shape and precision.

    Notes
    -----
    With out = x·Wᵀ + b: grad·W, gradᵀ·x, and the sum over the images; Goodfellow, Bengio and Courville
    (2016), "Deep Learning", section 6.5.

    Examples
    --------
    >>> x, weight = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
    >>> [gradient.tolist() for gradient in linear_backward(np.array([[10.0]]), x, weight)]
    [[[30.0, 40.0]], [[10.0, 20.0]], [10.0]]
    """
    _check_linear(x, weight, None)
    check_floats(x=x, grad=grad)
    m, n = weight.shape
    check_shape("grad", grad, (*x.shape[:-1], m), "that of the output")
    inputs = x.reshape(prod(x.shape[:-1]), n)  # (N, n), whatever stood before n
    grads = grad.reshape(len(inputs), m)  # (N, m)
    grad_x: Any = grad @ weight  # (N, m) @ (m, n)
    return grad_x, grads.T @ inputs, grads.sum(axis=0)


def _check_linear(x: FloatArray, weight: FloatArray, bias: FloatArray | None) -> None:
    check_floats(x=x, weight=weight, bias=bias)
    if weight.ndim != 2:
        raise ValueError(f"weight must have 2 axes (m out, n in), got shape {weight.shape}")
    m, n = weight.shape
    if x.ndim == 0 or x.shape[-1] != n:
        hint = "flatten(x) first" if x.ndim > 2 else "weight is (out, in), perhaps transpose it"
        raise ValueError(
            f"x of shape {x.shape} must end in the {n} features of weight {weight.shape}: {hint}"
        )
    if bias is not None:
        check_shape("bias", bias, (m,), f"one number for each row of weight {weight.shape}")
