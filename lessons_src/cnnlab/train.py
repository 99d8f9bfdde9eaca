"""One training loop, and what it records."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from cnnlab._pairs import as_int

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from cnnlab.data import Dataset

EVALUATION_BATCH = 100  # images: with more, an evaluation spends much of its time on getting fresh memory


@dataclass
class History:
    """What a training recorded, one entry per epoch.

    Losses are mean cross-entropies in nats, accuracies fractions of images, seconds the time of the
    epoch with its evaluation. `train_loss` is the mean over the epoch's batches while the weights
    move; the other three are measured at the epoch's end.
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.seconds)


def fit(
    model: nn.Module,
    data: Dataset,
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    weight_decay: float = 0.0,
    augment: Callable[[Tensor], Tensor] | None = None,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train a classifier with Adam on the cross-entropy of its logits; the model is changed in place.

    Parameters
    ----------
    model
        Takes images (N, C, H, W) and returns logits (N, classes).
    data
        Its training images are shown in a new order each epoch; its test images are only looked at.
    epochs, batch_size, lr, weight_decay
        Passes over the training images, images a step, Adam's step size and decoupled weight decay.
    augment
        Changes a batch of training images before each step; draws from torch's generator, seeded here.
    seed
        Of the order, the augmentation and dropout. The weights are the model's own:
        seed them when you make it.
    progress
        Whether to show a progress bar.

    Returns
    -------
    History
        Losses, accuracies and seconds, one entry per epoch.

    Raises
    ------
    ValueError
        `epochs` or `batch_size` is below one, a set of images is empty or does not fit its labels, or a loss
        is no longer a finite number.
    TypeError
        `epochs` or `batch_size` is not a whole number, or the images are not float32.

    Examples
    --------
    >>> import torch
    >>> from cnnlab import data
    >>> model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 3))
    >>> history = fit(model, data.animals(train_size=300), epochs=2, progress=False)
    >>> history.epochs
    2
    """
    import torch

    as_int("epochs", epochs, 1), as_int("batch_size", batch_size, 1)
    _check_data(data)
    history = History()
    images, labels = torch.from_numpy(data.train_images), torch.from_numpy(data.train_labels)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    # A bar of text, on stdout: tqdm's notebook widget would stand on the site, dead. And `disable` is only
    # said when asked, so that otherwise tqdm's own setting TQDM_DISABLE decides, as it does for the site.
    bar_options: dict[str, Any] = {"unit": "epoch", "file": sys.stdout} | (
        {} if progress else {"disable": True}
    )
    # Dropout and augmentation draw from torch's global generator: lend them a seeded one.
    with torch.random.fork_rng(devices=[]), tqdm(total=epochs, **bar_options) as bar:
        torch.manual_seed(seed)
        for _ in range(epochs):
            start = time.perf_counter()
            history.train_loss.append(_epoch(model, images, labels, optimizer, batch_size, augment))
            _, accuracy = evaluate(model, data.train_images, data.train_labels)
            history.train_accuracy.append(accuracy)
            test_loss, test_accuracy = evaluate(model, data.test_images, data.test_labels)
            history.test_loss.append(_finite(test_loss))
            history.test_accuracy.append(test_accuracy)
            history.seconds.append(time.perf_counter() - start)
            bar.set_postfix(loss=f"{history.train_loss[-1]:.3f}", test_accuracy=f"{test_accuracy:.3f}")
            bar.update()
    return history


def _check_data(data: Dataset) -> None:
    """Complain about images and labels that would fail later, with a message that says less."""
    for part in ("train", "test"):
        images, labels = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
        if not len(images) or len(images) != len(labels):
            raise ValueError(f"fit: {part} set has {len(images)} images and {len(labels)} labels")
        if images.dtype != np.float32:
            raise TypeError(f"fit: {part}_images are {images.dtype}; write {part}_images.astype(np.float32)")


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise ValueError(f"fit: the loss became {loss}; try a smaller lr, and look for NaN in the images")
    return loss


def _epoch(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimizer: torch.optim.Optimizer,
    batch_size: int,
    augment: Callable[[Tensor], Tensor] | None,
) -> float:
    """Make one pass over the training images and return its mean loss."""
    import torch
    from torch.nn.functional import cross_entropy

    model.train()
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]  # (N, C, H, W)
        loss = cross_entropy(model(augment(x) if augment else x), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += _finite(loss.item()) * len(batch)
    return total / len(images)


def evaluate(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy (nats) and the accuracy of a model on images (N, C, H, W)."""
    import torch
    from torch.nn.functional import cross_entropy

    logits = predict(model, images)
    truth = torch.from_numpy(labels)
    return cross_entropy(logits, truth).item(), (logits.argmax(1) == truth).double().mean().item()


def predict(model: nn.Module, images: np.ndarray) -> Tensor:
    """Return a model's logits (N, classes) for images (N, C, H, W), with dropout off and no gradients."""
    import torch

    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch) for batch in torch.from_numpy(images).split(EVALUATION_BATCH)])
