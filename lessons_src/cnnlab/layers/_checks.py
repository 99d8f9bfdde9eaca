"""Every complaint of the layers: what was expected, what arrived, what to do."""

from __future__ import annotations

import numpy as np

from cnnlab._pairs import IntOrPair, Pair, as_pair
from cnnlab.count import conv2d_output_size
from cnnlab.layers._windows import FloatArray, Grid


def check_floats(**arrays: FloatArray | None) -> None:
    """All are float arrays of one precision; the first one sets it. Only a bias may be left out."""
    (first, leader), *_ = arrays.items()
    for name, array in arrays.items():
        if array is None and name == "bias":
            continue
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
        if not np.issubdtype(array.dtype, np.floating):
            raise TypeError(
                f"{name} of shape {array.shape} holds {array.dtype}, a layer computes with floats: "
                f"write {name}.astype(np.float32)"
            )
        if leader is not None and array.dtype != leader.dtype:
            raise TypeError(
                f"{name} of shape {array.shape} is {array.dtype}, but {first} of shape {leader.shape} is "
                f"{leader.dtype}: write {name}.astype({first}.dtype)"
            )


def check_shape(name: str, array: FloatArray, expected: tuple[int, ...], reason: str) -> None:
    """`array` has exactly this shape; `reason` says where the shape comes from."""
    if array.shape != expected:
        raise ValueError(f"{name} must have shape {expected}, {reason}; got {array.shape}")


def check_images(x: FloatArray) -> None:
    """`x` is (N, C, H, W)."""
    if x.ndim != 4:
        raise ValueError(
            f"x must have 4 axes (N, C, H, W), got shape {x.shape}: "
            "a single grey image goes in as image[None, None], one with channels as image[None]"
        )


def conv2d_grid(
    x: FloatArray,
    weight: FloatArray,
    bias: FloatArray | None,
    stride: IntOrPair,
    padding: IntOrPair | str,
    dilation: IntOrPair,
) -> Grid:
    """Check the arguments of a convolution and say where its windows lie."""
    check_floats(x=x, weight=weight, bias=bias)
    check_images(x)
    if weight.ndim != 4:
        raise ValueError(
            f"weight must have 4 axes (K, C, F, F), got shape {weight.shape}: "
            "a single kernel for grey images goes in as kernel[None, None]"
        )
    K, C, Fh, Fw = weight.shape
    if not K:
        raise ValueError(f"weight of shape {weight.shape} has no kernel: K must be at least 1")
    if x.shape[1] != C:
        raise ValueError(
            f"each kernel spans ALL channels, but x of shape {x.shape} has {x.shape[1]} and weight of shape "
            f"{weight.shape} spans {C}: give weight the shape {(K, x.shape[1], Fh, Fw)}"
        )
    if bias is not None:
        check_shape("bias", bias, (K,), f"one number for each kernel of weight {weight.shape}")
    steps, spread = as_pair("stride", stride, 1), as_pair("dilation", dilation, 1)
    frame = _frame(padding, (Fh, Fw), steps, spread)
    return _grid(x, f"weight of shape {weight.shape}", (Fh, Fw), steps, spread, frame)


def pool2d_grid(x: FloatArray, kernel_size: IntOrPair, stride: IntOrPair | None, padding: IntOrPair) -> Grid:
    """Check the arguments of a pooling and say where its windows lie."""
    check_floats(x=x)
    check_images(x)
    kernel = as_pair("kernel_size", kernel_size, 1)
    steps = kernel if stride is None else as_pair("stride", stride, 1)
    Ph, Pw = as_pair("padding", padding, 0)
    if Ph > kernel[0] / 2 or Pw > kernel[1] / 2:
        raise ValueError(
            f"padding {padding} is more than half of kernel_size {kernel_size}: "
            "some windows would see nothing but padding; take less"
        )
    return _grid(x, f"kernel_size {kernel_size}", kernel, steps, (1, 1), ((Ph, Ph), (Pw, Pw)))


def _frame(padding: IntOrPair | str, kernel: Pair, stride: Pair, dilation: Pair) -> tuple[Pair, Pair]:
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(f'padding="same" needs stride 1, got {stride}: give the padding as a number')
        extra_h, extra_w = (d * (f - 1) for f, d in zip(kernel, dilation, strict=True))
        # An even span cannot be centred: as in PyTorch the larger half goes below and to the right.
        return (extra_h // 2, extra_h - extra_h // 2), (extra_w // 2, extra_w - extra_w // 2)
    if isinstance(padding, str):
        raise ValueError(f'padding must be "same", "valid", a number or a pair, got {padding!r}')
    Ph, Pw = as_pair("padding", padding, 0)
    return (Ph, Ph), (Pw, Pw)


def _grid(
    x: FloatArray, what: str, kernel: Pair, stride: Pair, dilation: Pair, frame: tuple[Pair, Pair]
) -> Grid:
    framed = (x.shape[2] + sum(frame[0]), x.shape[3] + sum(frame[1]))
    try:
        output_size = conv2d_output_size(framed, kernel, stride, 0, dilation)
    except ValueError as error:
        raise ValueError(
            f"x of shape {x.shape}, padded to {framed}, is too small for {what}: {error}"
        ) from None
    return Grid(kernel, stride, dilation, frame, output_size)
