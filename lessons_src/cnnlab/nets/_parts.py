"""What the networks are made of: named layers, in lists that follow each other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

Layers = list[tuple[str, nn.Module]]


def named(*parts: Layers) -> nn.Sequential:
    """Make one network of all the layers, under their names."""
    return nn.Sequential(OrderedDict([layer for part in parts for layer in part]))


def convolutions(
    in_channels: int,
    kernels: Sequence[int],
    kernel_size: int = 3,
    padding: int = 1,
    pools: int | None = None,
    batch_norm: bool = False,
) -> Layers:
    """Convolutions, each with ReLU, and 2×2 max pooling after all of them or the first `pools`.

    Batch norm, if asked for, stands before the ReLU.
    """
    layers: Layers = []
    for number, out_channels in enumerate(kernels, start=1):
        conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding, bias=not batch_norm)
        layers += [(f"conv{number}", conv)]
        if batch_norm:
            layers += [(f"conv{number}_norm", nn.BatchNorm2d(out_channels))]
        layers += [(f"conv{number}_relu", nn.ReLU())]
        if pools is None or number <= pools:
            layers += [(f"conv{number}_pool", nn.MaxPool2d(2))]
        in_channels = out_channels
    return layers


def fully_connected(in_features: int, widths: Sequence[int], classes: int, dropout: float = 0.0) -> Layers:
    """Flatten, hidden layers with ReLU (and dropout), and the logits without."""
    layers: Layers = [("flatten", nn.Flatten())]
    for number, width in enumerate(widths, start=1):
        layers += [(f"fc{number}", nn.Linear(in_features, width)), (f"fc{number}_relu", nn.ReLU())]
        if dropout:
            layers += [(f"fc{number}_dropout", nn.Dropout(dropout))]
        in_features = width
    return [*layers, (f"fc{len(widths) + 1}", nn.Linear(in_features, classes))]


def averages(channels: int, classes: int, dropout: float = 0.0) -> Layers:
    """Global average pooling and the logits."""
    layers: Layers = [("gap", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten())]
    if dropout:
        layers += [("dropout", nn.Dropout(dropout))]
    return [*layers, ("fc1", nn.Linear(channels, classes))]
