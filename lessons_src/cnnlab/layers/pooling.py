"""Pooling: one number for each window, its maximum or its mean. No weights, yet gradients pass through."""

from __future__ import annotations

from math import prod

import numpy as np

from cnnlab._pairs import IntOrPair
from cnnlab.layers._checks import check_floats, check_images, check_shape, pool2d_grid
from cnnlab.layers._windows import FloatArray, Grid, add_windows, crop, pad, windows


def max_pool2d(
    x: FloatArray, kernel_size: IntOrPair, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> FloatArray:
    """Keep the largest value of each window.

    Parameters
    ----------
    x : array (N, C, H, W)
        Images or feature maps; each channel is pooled for itself.
    kernel_size : int or (int, int)
        Size of the window.
    stride : int or (int, int), optional
        Steps between windows; by default the window's size, so that windows do not overlap.
    padding : int or (int, int)
        A frame of −∞, which is never the largest value; at most half of the window.

    Returns
    -------
    array (N, C, Ho, Wo)
        In the dtype of `x`; a NaN in a window is its result.

    Raises
    ------
    TypeError
        If `x` is not an array of floats.
    ValueError
        If `x` has not 4 axes, a window does not fit, or a number is too small or too large.

    Notes
    -----
    Sizes as in ``torch.nn.functional.max_pool2d`` and `cnnlab.count.conv2d_output_size`; Dumoulin and Visin
    (2016), "A guide to convolution arithmetic for deep learning", chapter 3.

    Examples
    --------
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> max_pool2d(x, 2)[0, 0].tolist()
    [[5.0, 7.0], [13.0, 15.0]]
    """
    grid = pool2d_grid(x, kernel_size, stride, padding)
    view = windows(pad(x, grid, -np.inf), grid)  # (N, C, F, F, Ho, Wo)
    out = np.full((*x.shape[:2], *grid.output_size), -np.inf, dtype=x.dtype)  # (N, C, Ho, Wo)
    for f, g in np.ndindex(grid.kernel_size):  # place by place: view.max() is many times slower
        np.maximum(out, view[:, :, f, g], out=out)
    return out


def max_pool2d_backward(
    grad: FloatArray,
    x: FloatArray,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
) -> FloatArray:
    """Send each gradient to the pixel that was the largest of its window; of equal ones, to the first.

    Parameters
    ----------
    grad : array (N, C, Ho, Wo)
        Gradient of the loss with respect to the output.
    x, kernel_size, stride, padding
        What `max_pool2d` was called with.

    Returns
    -------
    array (N, C, H, W)
        Zero wherever a pixel won no window; a sum where it won several.

    Raises
    ------
    TypeError, ValueError
        As `max_pool2d`, and if `grad` has not the output's shape and precision.

    Notes
    -----
    "First" is in reading order, row by row, as in PyTorch.

    Examples
    --------
    >>> x = np.array([[[[1.0, 4.0], [4.0, 3.0]]]])
    >>> max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2)[0, 0].tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    grid = pool2d_grid(x, kernel_size, stride, padding)
    _check_grad(grad, x, grid)
    largest = max_pool2d(x, kernel_size, stride, padding)  # (N, C, Ho, Wo)
    view = windows(pad(x, grid, -np.inf), grid)  # (N, C, F, F, Ho, Wo)
    grad_framed = pad(np.zeros_like(x), grid)
    grad_view = windows(grad_framed, grid, writeable=True)  # (N, C, F, F, Ho, Wo)
    undecided = np.ones(grad.shape, dtype=bool)  # (N, C, Ho, Wo)
    for f, g in np.ndindex(grid.kernel_size):  # in reading order
        values = view[:, :, f, g]  # (N, C, Ho, Wo)
        won = undecided & ((values == largest) | np.isnan(values))
        grad_view[:, :, f, g] += np.where(won, grad, 0)
        undecided &= ~won
    return crop(grad_framed, grid)


def avg_pool2d(
    x: FloatArray, kernel_size: IntOrPair, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> FloatArray:
    """Take the mean of each window.

    Parameters
    ----------
    x : array (N, C, H, W)
        Images or feature maps; each channel is pooled for itself.
    kernel_size : int or (int, int)
        Size of the window.
    stride : int or (int, int), optional
        Steps between windows; by default the window's size, so that windows do not overlap.
    padding : int or (int, int)
        A frame of zeros, which count in the mean; at most half of the window.

    Returns
    -------
    array (N, C, Ho, Wo)
        In the dtype of `x`.

    Raises
    ------
    TypeError
        If `x` is not an array of floats.
    ValueError
        If `x` has not 4 axes, a window does not fit, or a number is too small or too large.

    Notes
    -----
    As ``torch.nn.functional.avg_pool2d`` with ``count_include_pad=True``, its default: every window is
    divided by F·F, at the border too.

    Examples
    --------
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> avg_pool2d(x, 2)[0, 0].tolist()
    [[2.5, 4.5], [10.5, 12.5]]
    """
    grid = pool2d_grid(x, kernel_size, stride, padding)
    view = windows(pad(x, grid), grid)  # (N, C, F, F, Ho, Wo)
    out = np.zeros((*x.shape[:2], *grid.output_size), dtype=x.dtype)  # (N, C, Ho, Wo)
    for f, g in np.ndindex(grid.kernel_size):
        out += view[:, :, f, g]
    out /= prod(grid.kernel_size)
    return out


def avg_pool2d_backward(
    grad: FloatArray,
    x: FloatArray,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
) -> FloatArray:
    """Share each gradient equally among the F·F pixels of its window.

    Parameters
    ----------
    grad : array (N, C, Ho, Wo)
        Gradient of the loss with respect to the output.
    x, kernel_size, stride, padding
        What `avg_pool2d` was called with; of `x` only the shape matters.

    Returns
    -------
    array (N, C, H, W)
        The shares that fall onto padding are lost.

    Raises
    ------
    TypeError, ValueError
        As `avg_pool2d`, and if `grad` has not the output's shape and precision.

    Notes
    -----
    The mean is linear, each pixel having the weight 1 / (F·F), whatever its value.

    Examples
    --------
    >>> avg_pool2d_backward(np.ones((1, 1, 1, 1)), np.zeros((1, 1, 2, 2)), 2)[0, 0].tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    grid = pool2d_grid(x, kernel_size, stride, padding)
    _check_grad(grad, x, grid)
    share = grad[:, :, None, None] / prod(grid.kernel_size)  # (N, C, 1, 1, Ho, Wo)
    every_place = (*grad.shape[:2], *grid.kernel_size, *grid.output_size)  # (N, C, F, F, Ho, Wo)
    grad_framed = pad(np.zeros_like(x), grid)
    add_windows(windows(grad_framed, grid, writeable=True), np.broadcast_to(share, every_place))
    return crop(grad_framed, grid)


def global_avg_pool2d(x: FloatArray) -> FloatArray:
    """Take the mean of each whole feature map: C numbers for each image.

    Parameters
    ----------
    x : array (N, C, H, W)
        Feature maps.

    Returns
    -------
    array (N, C)
        Ready for `linear`; ``torch.nn.AdaptiveAvgPool2d(1)`` keeps two axes of length 1 behind them.

    Raises
    ------
    TypeError
        If `x` is not an array of floats.
    ValueError
        If `x` has not 4 axes.

    Notes
    -----
    Lin, Chen and Yan (2014), "Network in network", section 3.2.

    Examples
    --------
    >>> global_avg_pool2d(np.arange(8.0).reshape(1, 2, 2, 2)).tolist()
    [[1.5, 5.5]]
    """
    check_floats(x=x)
    check_images(x)
    out: FloatArray = x.mean(axis=(2, 3))
    return out


def global_avg_pool2d_backward(grad: FloatArray, x: FloatArray) -> FloatArray:
    """Share each map's gradient equally among its H·W pixels.

    Parameters
    ----------
    grad : array (N, C)
        Gradient of the loss with respect to the output.
    x : array (N, C, H, W)
        What `global_avg_pool2d` was called with; only its shape matters.

    Returns
    -------
    array (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As `global_avg_pool2d`, and if `grad` has not the output's shape and precision.

    Notes
    -----
    As `avg_pool2d_backward`, with one window that covers the map.

    Examples
    --------
    >>> global_avg_pool2d_backward(np.array([[1.0]]), np.zeros((1, 1, 2, 2)))[0, 0].tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    check_floats(x=x, grad=grad)
    check_images(x)
    N, C, H, W = x.shape
    check_shape("grad", grad, (N, C), "that of the output")
    return np.broadcast_to(grad[:, :, None, None] / (H * W), x.shape).copy()


def _check_grad(grad: FloatArray, x: FloatArray, grid: Grid) -> None:
    check_floats(x=x, grad=grad)
    check_shape("grad", grad, (*x.shape[:2], *grid.output_size), "that of the output")
