"""Networks that train in a lesson: the course's own, and the usual first one for CIFAR-10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from torch import nn

from cnnlab.count import conv2d_output_size
from cnnlab.nets._parts import averages, convolutions, fully_connected, named


def silhouette_net(widths: Sequence[int] = (1024, 512), classes: int = 3) -> nn.Sequential:
    """Make the network of this course: 28×28×1 → 7×7×256 → 12544 → widths → classes.

    Parameters
    ----------
    widths : sequence of int
        Neurons of the hidden fully connected layers; empty for none.
    classes : int
        Outputs, one logit per class.

    Returns
    -------
    nn.Sequential
        Takes (N, 1, 28, 28), returns logits (N, classes). Layers: conv1, conv1_relu, conv1_pool, conv2,
        conv2_relu, conv2_pool, flatten, fc1, fc1_relu, … and last the logits, for example fc3.

    Examples
    --------
    >>> model = silhouette_net()
    >>> [tuple(layer.weight.shape) for layer in (model.fc1, model.fc2, model.fc3)]
    [(1024, 12544), (512, 1024), (3, 512)]
    >>> sum(p.numel() for p in model.parameters())
    13520771
    """
    return named(convolutions(1, (64, 256)), fully_connected(7 * 7 * 256, widths, classes))


def small_cnn(
    kernels: Sequence[int] = (8, 16),
    fc: int = 64,
    classes: int = 3,
    dropout: float = 0.0,
    head: Literal["fc", "gap"] = "fc",
    batch_norm: bool = False,
) -> nn.Sequential:
    """Make a network for 28×28 images that trains in seconds: convolutions, then one of two heads.

    Parameters
    ----------
    kernels : sequence of int
        Kernels (output channels) of each 3×3 convolution; ReLU and 2×2 max pooling follow each.
    fc : int
        Neurons of the hidden fully connected layer; 0 for none. The head "gap" has none.
    classes : int
        Outputs, one logit per class.
    dropout : float
        Share of the hidden layer's outputs (of the last maps' averages, in the head "gap") set to zero while
        training; 0.0 adds no layer.
    head : "fc" or "gap"
        Flatten and fully connected layers, or global average pooling and one linear layer.
    batch_norm : bool
        Whether batch normalization follows each convolution, which then has no bias: the norm's own takes its
        place.

    Returns
    -------
    nn.Sequential
        Takes (N, 1, 28, 28), returns logits (N, classes).

    Raises
    ------
    ValueError
        If `head` is neither, or so many convolutions are asked for that pooling leaves nothing.

    Examples
    --------
    >>> sum(p.numel() for p in small_cnn().parameters())
    51683
    >>> sum(p.numel() for p in small_cnn(head="gap").parameters())
    1299
    """
    side = 28 // 2 ** len(kernels)
    if not kernels or not side:
        raise ValueError(f"small_cnn: kernels holds {len(kernels)} numbers; 28 pixels allow 1 to 4")
    if head not in ("fc", "gap"):
        raise ValueError(f'small_cnn: head is {head!r}; choose "fc" or "gap"')
    layers = convolutions(1, kernels, batch_norm=batch_norm)
    if head == "gap":
        return named(layers, averages(kernels[-1], classes, dropout))
    widths = (fc,) if fc else ()
    return named(layers, fully_connected(kernels[-1] * side * side, widths, classes, dropout))


def cifar_net(
    kernels: Sequence[int] = (32, 64),
    fc: int = 128,
    padding: Literal["same", "valid"] = "same",
    pools: int | None = None,
) -> nn.Sequential:
    """Make the usual first network for 32×32 colour images in ten classes, as tutorials on CIFAR-10 have it.

    Parameters
    ----------
    kernels : sequence of int
        Kernels (output channels) of each 3×3 convolution; ReLU follows each.
    fc : int
        Neurons of the hidden fully connected layer.
    padding : "same" or "valid"
        Padding 1, so that a convolution keeps height and width, or none.
    pools : int, optional
        So many of the first convolutions have a 2×2 max pooling after them; by default all.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, 32, 32), returns logits (N, 10).

    Raises
    ------
    ValueError
        If `padding` is neither, or so many poolings are asked for that they leave nothing.

    Examples
    --------
    >>> def params(**choices):
    ...     return sum(p.numel() for p in cifar_net(**choices).parameters())
    >>> params(), params(padding="valid"), params(kernels=(64, 128), fc=256)
    (545098, 315722, 2175626)
    >>> params(kernels=(32, 64, 128), fc=256)  # a third convolution, and fewer parameters: the third pooling
    620362
    >>> params(kernels=(32, 64, 128), fc=256, pools=2)
    2193226
    """
    if padding not in ("same", "valid"):
        raise ValueError(f'cifar_net: padding is {padding!r}; choose "same" or "valid"')
    pools = len(kernels) if pools is None else pools
    size = 32
    for number in range(len(kernels)):
        size = conv2d_output_size(size, 3, padding=int(padding == "same"))
        size = conv2d_output_size(size, 2, stride=2) if number < pools else size
    layers = convolutions(3, kernels, padding=int(padding == "same"), pools=pools)
    return named(layers, fully_connected(kernels[-1] * size * size, (fc,), classes=10))
