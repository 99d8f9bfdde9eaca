"""Convolution: one matrix product over all windows, the same by loops, and the gradients.

What deep learning calls convolution is cross-correlation: the kernel is not flipped.
"""

from __future__ import annotations

import numpy as np

from cnnlab._pairs import IntOrPair
from cnnlab.layers._checks import check_floats, check_shape, conv2d_grid
from cnnlab.layers._windows import FloatArray, add_windows, blocks, columns, crop, pad, windows


def conv2d(
    x: FloatArray,
    weight: FloatArray,
    bias: FloatArray | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair | str = 0,
    dilation: IntOrPair = 1,
) -> FloatArray:
    """Slide K kernels over N images; all windows at once, as one matrix product.

    Parameters
    ----------
    x : array (N, C, H, W)
        Images.
    weight : array (K, C, F, F)
        K kernels, each over ALL C channels; F×F need not be square.
    bias : array (K,), optional
        One number per kernel, added to its whole map.
    stride, dilation : int or (int, int)
        Steps between windows, and between the pixels within a window.
    padding : int, (int, int), "same" or "valid"
        Zeros around the image; "same" keeps H×W (with stride 1), "valid" is 0.

    Returns
    -------
    array (N, K, Ho, Wo)
        In the dtype of `x`; Ho and Wo as `cnnlab.count.conv2d_output_size` gives them.

    Raises
    ------
    TypeError
        If an array is not of floats, or not in the precision of `x`.
    ValueError
        If shapes do not belong together, a kernel does not fit, or a number is too small.

    Notes
    -----
    The windows of an image, one per column, form a matrix of C·F·F rows ("im2col"); Chellapilla, Puri and
    Simard (2006), "High performance convolutional neural networks for document processing". F·F times the
    image would not fit into memory for a large layer, so the matrix is made and used in blocks of at most
    4 MiB (or one row of output, if that is larger). Beyond input and output a call needs one such block and,
    with padding, one padded copy of `x`.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> right_minus_left = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(x, right_minus_left)[0, 0].tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    grid = conv2d_grid(x, weight, bias, stride, padding, dilation)
    N, K = len(x), len(weight)
    kernels = weight.reshape(K, -1)  # (K, C·F·F)
    if bias is not None:  # it is the weight of an input that is always 1
        kernels = np.column_stack([kernels, bias])  # (K, C·F·F + 1)
    view = windows(pad(x, grid), grid)  # (N, C, F, F, Ho, Wo), nothing copied yet
    out = np.empty((N, K, *grid.output_size), dtype=x.dtype)  # (N, K, Ho, Wo)
    for images, rows in blocks(view):
        part = view[images, ..., rows, :]  # (n, C, F, F, r, Wo)
        maps = out[images, :, rows].reshape(len(part), K, -1)  # (n, K, r·Wo), a view into out
        np.matmul(kernels, columns(part, ones=bias is not None), out=maps)  # one product, bias and all
    return out


def conv2d_loops(
    x: FloatArray,
    weight: FloatArray,
    bias: FloatArray | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair | str = 0,
    dilation: IntOrPair = 1,
) -> FloatArray:
    """Compute what `conv2d` computes, by the definition: one multiply-add after the other.

    For reading, not for use: it is thousands of times slower than `conv2d`.

    Parameters
    ----------
    x, weight, bias, stride, padding, dilation
        As in `conv2d`.

    Returns
    -------
    array (N, K, Ho, Wo)
        In the dtype of `x`.

    Raises
    ------
    TypeError, ValueError
        As `conv2d`.

    Notes
    -----
    Goodfellow, Bengio and Courville (2016), "Deep Learning", equation 9.7, with a stride, a dilation and a
    bias: ``out[n,k,i,j] = bias[k] + Σ x[n, c, i·S + f·D, j·S + g·D] · weight[k,c,f,g]`` over c, f, g.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d_loops(x, np.ones((1, 1, 2, 2)), bias=np.array([0.5]))[0, 0].tolist()
    [[8.5, 12.5], [20.5, 24.5]]
    """
    grid = conv2d_grid(x, weight, bias, stride, padding, dilation)
    (Sh, Sw), (Dh, Dw) = grid.stride, grid.dilation
    framed = pad(x, grid)
    out = np.zeros((len(x), len(weight), *grid.output_size), dtype=x.dtype)
    for n, k, i, j in np.ndindex(out.shape):  # each output pixel
        for c, f, g in np.ndindex(weight.shape[1:]):  # each weight of its kernel
            out[n, k, i, j] += framed[n, c, i * Sh + f * Dh, j * Sw + g * Dw] * weight[k, c, f, g]
        if bias is not None:
            out[n, k, i, j] += bias[k]
    return out


def conv2d_backward(
    grad: FloatArray,
    x: FloatArray,
    weight: FloatArray,
    stride: IntOrPair = 1,
    padding: IntOrPair | str = 0,
    dilation: IntOrPair = 1,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry the gradient of `conv2d`'s output back to its input, its weight and its bias.

    Parameters
    ----------
    grad : array (N, K, Ho, Wo)
        Gradient of the loss with respect to the output.
    x, weight, stride, padding, dilation
        What `conv2d` was called with.

    Returns
    -------
    grad_x : array (N, C, H, W)
    grad_weight : array (K, C, F, F)
    grad_bias : array (K,)

    Raises
    ------
    TypeError, ValueError
        As `conv2d`, and if `grad` has not the output's shape and precision.

    Notes
    -----
    With out = kernels · columns, the matrix product of `conv2d`: the weight's gradient is grad · columnsᵀ,
    the columns' gradient is kernelsᵀ · grad, and each column is added back onto its window ("col2im"). It
    goes by the same blocks as `conv2d` and keeps a few of them at a time, and a padded gradient of `x`.

    Examples
    --------
    >>> x, weight = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    >>> grad_x, grad_weight, grad_bias = conv2d_backward(np.ones((1, 1, 2, 2)), x, weight)
    >>> grad_x[0, 0].tolist()  # in how many windows each pixel took part
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    grid = conv2d_grid(x, weight, None, stride, padding, dilation)
    check_floats(x=x, grad=grad)
    K = len(weight)
    check_shape("grad", grad, (len(x), K, *grid.output_size), "that of the output")
    kernels = weight.reshape(K, -1)  # (K, C·F·F)
    view = windows(pad(x, grid), grid)  # (N, C, F, F, Ho, Wo)
    grad_framed = pad(np.zeros_like(x), grid)
    grad_view = windows(grad_framed, grid, writeable=True)  # (N, C, F, F, Ho, Wo)
    grad_kernels = np.zeros_like(kernels)
    for images, rows in blocks(view):
        part = view[images, ..., rows, :]  # (n, C, F, F, r, Wo)
        maps = grad[images, :, rows].reshape(len(part), K, -1)  # (n, K, r·Wo)
        grad_kernels += np.tensordot(maps, columns(part), axes=((0, 2), (0, 2)))  # (K, C·F·F)
        grad_part = (kernels.T @ maps).reshape(part.shape)  # (n, C, F, F, r, Wo)
        add_windows(grad_view[images, ..., rows, :], grad_part)
    return crop(grad_framed, grid), grad_kernels.reshape(weight.shape), grad.sum(axis=(0, 2, 3))
