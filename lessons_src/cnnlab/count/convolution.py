"""What a convolution costs: output size, parameters and multiply-adds, as formulas in whole numbers.

Letters: C channels in, K kernels (channels out), H×W input, F×F kernel, P padding, S stride, D dilation,
Ho×Wo output. One MAC is one multiply-add; by the usual convention it is two FLOPs.
"""

from __future__ import annotations

from typing import overload

from cnnlab._pairs import IntOrPair, Pair, as_int, as_pair


@overload
def conv2d_output_size(
    size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int: ...
@overload
def conv2d_output_size(
    size: Pair, kernel_size: IntOrPair, stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1
) -> Pair: ...
def conv2d_output_size(
    size: IntOrPair,
    kernel_size: IntOrPair,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> IntOrPair:
    """Height or width that a convolution or a pooling returns: ⌊(H + 2P − D·(F − 1) − 1) / S⌋ + 1.

    Parameters
    ----------
    size : int or (int, int)
        Input height or width H, or both as (H, W). Given as a pair, the result is a pair.
    kernel_size, stride, padding, dilation : int or (int, int)
        F, S, P and D; one number stands for both axes. A pair asks for `size` as a pair.

    Returns
    -------
    int or (int, int)
        Ho, or (Ho, Wo). The division takes the floor: the stride need not divide.

    Raises
    ------
    ValueError
        If the kernel does not fit into the padded input, or a number is too small.

    Notes
    -----
    Relationship 6 of Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning",
    with the dilated kernel's span D·(F − 1) + 1 in place of F, as in ``torch.nn.Conv2d``.

    Examples
    --------
    >>> conv2d_output_size(224, kernel_size=11, stride=4, padding=2)  # AlexNet: 54.25 + 1, the floor
    55
    >>> conv2d_output_size((28, 20), kernel_size=3, padding=1)
    (28, 20)
    """
    height, width = zip(
        as_pair("kernel_size", kernel_size, 1),
        as_pair("stride", stride, 1),
        as_pair("padding", padding, 0),
        as_pair("dilation", dilation, 1),
        strict=True,
    )
    if isinstance(size, tuple | list):
        H, W = as_pair("size", size, 0)
        return _output_length(H, *height), _output_length(W, *width)
    if height != width:
        raise ValueError(f"size is one number, {size}, but the axes differ: give size as (height, width)")
    return _output_length(as_int("size", size, 0), *height)


def _output_length(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    span = dilation * (kernel - 1) + 1
    if span > size + 2 * padding:
        raise ValueError(
            f"a kernel that spans {span} (kernel_size {kernel}, dilation {dilation}) does not fit into "
            f"{size + 2 * padding} (size {size}, padding {padding}): "
            "take a smaller kernel or dilation, or more padding"
        )
    return (size + 2 * padding - span) // stride + 1


def conv2d_params(
    in_channels: int, out_channels: int, kernel_size: IntOrPair, bias: bool = True, *, groups: int = 1
) -> int:
    """Parameters of a convolution: K·(F·F·C + 1), the 1 being one bias per kernel.

    Parameters
    ----------
    in_channels, out_channels : int
        C and K.
    kernel_size : int or (int, int)
        F.
    bias : bool
        Whether each kernel has a bias.
    groups : int
        Into how many separate parts the channels are split; each kernel then spans C / groups channels.

    Returns
    -------
    int
        Parameters. They do not depend on the size of the image.

    Raises
    ------
    ValueError
        If a number is below 1, or `groups` does not divide both channel numbers.

    Notes
    -----
    The weight of ``torch.nn.Conv2d`` has shape (K, C / groups, F, F), its bias (K,).

    Examples
    --------
    >>> conv2d_params(3, 64, kernel_size=11)  # AlexNet's first layer in torchvision
    23296
    """
    weights = _kernel_weights(in_channels, out_channels, kernel_size, groups)
    return int(out_channels) * (weights + bool(bias))  # a NumPy integer could overflow


def conv2d_macs(
    in_channels: int, out_channels: int, kernel_size: IntOrPair, output_size: IntOrPair, *, groups: int = 1
) -> int:
    """Multiply-adds of a convolution for ONE image: K·Ho·Wo·(F·F·C).

    Parameters
    ----------
    in_channels, out_channels : int
        C and K.
    kernel_size : int or (int, int)
        F.
    output_size : int or (int, int)
        Ho and Wo, as `conv2d_output_size` returns them; one number stands for both.
    groups : int
        As in `conv2d_params`.

    Returns
    -------
    int
        MACs for one image (FLOPs = 2 × MACs). Each output pixel of each kernel takes F·F·C of them. Adding
        the bias is not counted: it is one addition per output pixel, without a product.

    Raises
    ------
    ValueError
        If a number is below 1, or `groups` does not divide both channel numbers.

    Notes
    -----
    Products with padding zeros are counted: the usual implementations compute them.

    Examples
    --------
    >>> conv2d_macs(3, 64, kernel_size=11, output_size=55)  # AlexNet's first layer in torchvision
    70276800
    """
    Ho, Wo = as_pair("output_size", output_size, 1)
    weights = _kernel_weights(in_channels, out_channels, kernel_size, groups)
    return int(out_channels) * Ho * Wo * weights  # a NumPy integer could overflow


def _kernel_weights(in_channels: int, out_channels: int, kernel_size: IntOrPair, groups: int) -> int:
    """Weights of one kernel: it spans all channels of its group."""
    in_channels = as_int("in_channels", in_channels, 1)
    out_channels = as_int("out_channels", out_channels, 1)
    groups = as_int("groups", groups, 1)
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups {groups} must divide in_channels {in_channels} and out_channels {out_channels}"
        )
    Fh, Fw = as_pair("kernel_size", kernel_size, 1)
    return in_channels // groups * Fh * Fw
