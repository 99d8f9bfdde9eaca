"""The PyTorch networks that the lessons train and count.

Each is an `nn.Sequential` whose layers have names, so that `model.fc1.weight` is the weight of the first
fully connected layer and `model[:7]` is the network up to its seventh layer. All return logits: softmax
belongs to the loss.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from torch import nn

Layers = list[tuple[str, nn.Module]]


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
    return nn.Sequential(
        OrderedDict(_convolutions(1, (64, 256)) + _fully_connected(7 * 7 * 256, widths, classes))
    )


def small_cnn(
    kernels: Sequence[int] = (8, 16),
    fc: int = 64,
    classes: int = 3,
    dropout: float = 0.0,
    head: Literal["fc", "gap"] = "fc",
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
    layers = _convolutions(1, kernels)
    if head == "fc":
        widths = (fc,) if fc else ()
        return nn.Sequential(
            OrderedDict(layers + _fully_connected(kernels[-1] * side * side, widths, classes, dropout))
        )
    layers += [("gap", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten())]
    if dropout:
        layers += [("dropout", nn.Dropout(dropout))]
    return nn.Sequential(OrderedDict([*layers, ("fc1", nn.Linear(kernels[-1], classes))]))


def _convolutions(in_channels: int, kernels: Sequence[int], padding: str = "same") -> Layers:
    """3×3 convolutions, each with ReLU and 2×2 max pooling."""
    layers: Layers = []
    for number, out_channels in enumerate(kernels, start=1):
        layers += [
            (f"conv{number}", nn.Conv2d(in_channels, out_channels, 3, padding=int(padding == "same"))),
            (f"conv{number}_relu", nn.ReLU()),
            (f"conv{number}_pool", nn.MaxPool2d(2)),
        ]
        in_channels = out_channels
    return layers


def _fully_connected(in_features: int, widths: Sequence[int], classes: int, dropout: float = 0.0) -> Layers:
    """Flatten, hidden layers with ReLU (and dropout), and the logits without."""
    layers: Layers = [("flatten", nn.Flatten())]
    for number, width in enumerate(widths, start=1):
        layers += [(f"fc{number}", nn.Linear(in_features, width)), (f"fc{number}_relu", nn.ReLU())]
        if dropout:
            layers += [(f"fc{number}_dropout", nn.Dropout(dropout))]
        in_features = width
    return [*layers, (f"fc{len(widths) + 1}", nn.Linear(in_features, classes))]
