"""Designs to beat: four networks within the budget, and three recipes to train them.

They are first tries, not tuned ones. Each is a function that makes a network; seed torch before you call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn

from cnnlab import augment, nets
from cnnlab.capstone.images import CLASSES
from cnnlab.train import History, fit

if TYPE_CHECKING:
    from torch import Tensor

    from cnnlab.data import Dataset

EPOCHS = 10
RATE = 3e-3


def no_convolution() -> nn.Module:
    """Flatten, one hidden layer, the logits."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 60), nn.ReLU(), nn.Linear(60, len(CLASSES)))


def flattened() -> nn.Module:
    """Two convolutions, flattened, one hidden layer: the course's plain head, in small."""
    return nets.small_cnn((8, 16), fc=56, classes=len(CLASSES))


def averaged() -> nn.Module:
    """Three convolutions with batch normalisation, global average pooling, no hidden layer."""
    return nets.small_cnn((16, 32, 64), classes=len(CLASSES), head="gap", batch_norm=True)


def separable() -> nn.Module:
    """One convolution, three depthwise separable ones, global average pooling."""
    first = [nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(
        *first,
        *_split(16, 64),
        nn.MaxPool2d(2),
        *_split(64, 128),
        *_split(128, 128),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(128, len(CLASSES)),
    )


def _split(in_channels: int, out_channels: int) -> list[nn.Module]:
    """One 3×3 kernel for each channel, then 1×1 kernels that mix the channels."""
    return [
        nn.Conv2d(in_channels, in_channels, 3, padding=1, groups=in_channels, bias=False),
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    ]


DESIGNS: dict[str, Callable[[], nn.Module]] = {
    "no convolution": no_convolution,
    "flattened": flattened,
    "averaged": averaged,
    "separable": separable,
}


def as_they_are(images: Tensor) -> Tensor:
    """Leave a batch alone."""
    return images


def changed_and_noisy(images: Tensor) -> Tensor:
    """Move, turn and shrink a batch, then add noise, to each image another amount."""
    amounts = 0.3 * torch.rand(len(images), 1, 1, 1)
    return (changed(images) + amounts * torch.randn(images.shape)).clip(0, 1)


changed = augment.moves_turns_and_scales()

RECIPES: dict[str, Callable[[Tensor], Tensor]] = {
    "as they are": as_they_are,
    "changed": changed,
    "changed and noisy": changed_and_noisy,
}


def train(model: nn.Module, images: Dataset, recipe: str, *, seed: int = 0) -> History:
    """Train a design for 10 epochs on images that a recipe changes anew each time."""
    # Each pixel's channels side by side, which convolutions on a processor are faster with.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return fit(model, images, epochs=EPOCHS, lr=RATE, augment=RECIPES[recipe], seed=seed, progress=False)
