"""One training loop, and what it records."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

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
    move; the others are measured at the epoch's end. `train_accuracy` asks for the labels that were given,
    wrong ones included, `train_accuracy_true` for the right ones. `val_loss` and `val_accuracy` stay empty
    without validation images.
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    train_accuracy_true: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.seconds)

    @property
    def best_epoch(self) -> int:
        """After how many epochs the validation loss was lowest."""
        if not self.val_loss:
            raise ValueError("best_epoch: no validation images; fit(..., validation=0.2) keeps some")
        return 1 + self.val_loss.index(min(self.val_loss))


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
    validation: float = 0.0,
    patience: int | None = None,
) -> History:
    """Train a classifier with Adam on the cross-entropy of its logits; the model is changed in place.

    Training runs where the model is: move it first, ``model.to(fastest_device())``, to use a graphics
    processor.

    Parameters
    ----------
    model
        Takes images (N, C, H, W) and returns logits (N, classes).
    data
        Its training images are shown in a new order each epoch; its test images are only looked at.
    epochs, batch_size, lr, weight_decay
        Passes over the training images, images a step, Adam's step size and decoupled weight decay.
    augment
        Changes a batch of training images before each step, as `cnnlab.augment.shifts_and_flips` does; draws
        from torch's generator, seeded here.
    seed
        Of the order, the augmentation and dropout. The weights are the model's own:
        seed them when you make it.
    progress
        Whether to show a progress bar.
    validation
        Share of the training images, their last ones, that are kept to validate instead. Their labels are
        as noisy as the others.
    patience
        Stop early: when the validation loss has not fallen for so many epochs, the model gets back the
        weights that it had at the lowest one.

    Returns
    -------
    History
        Losses, accuracies and seconds, one entry per epoch. After an interruption (Ctrl-C, or the notebook's
        stop button) it holds what was completed, and `interrupted` is true.

    Raises
    ------
    ValueError
        A number is out of range, a set of images is empty, does not fit its labels or lacks a class, a batch
        is larger than the training set, the model has fewer logits than there are classes, or a loss is no
        longer a finite number.
    TypeError
        `epochs`, `batch_size` or `patience` is not a whole number, or the images are not float32.

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
    training, held_out = _divide(data, validation, patience)
    _check_fit(model, data, training, batch_size)
    history = History()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    # A bar of text, on stdout: tqdm's notebook widget would stand on the site, dead. And `disable` is only
    # said when asked, so that otherwise tqdm's own setting TQDM_DISABLE decides, as it does for the site.
    bar_options: dict[str, Any] = {"unit": "epoch", "file": sys.stdout} | (
        {} if progress else {"disable": True}
    )
    best: dict[str, Tensor] = {}
    # Dropout and augmentation draw from torch's global generator: lend them a seeded one.
    with _lent_generator(model), tqdm(total=epochs, **bar_options) as bar:
        torch.manual_seed(seed)
        try:
            for _ in range(epochs):
                start = time.perf_counter()
                loss = _epoch(model, training, optimizer, batch_size, augment)
                _record(history, model, data, loss, training, held_out)
                history.seconds.append(time.perf_counter() - start)
                bar.set_postfix(loss=f"{loss:.3f}", test_accuracy=f"{history.test_accuracy[-1]:.3f}")
                bar.update()
                if patience is None:
                    continue
                if history.best_epoch == history.epochs:
                    best = {name: value.clone() for name, value in model.state_dict().items()}
                elif history.epochs - history.best_epoch >= patience:
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    if history.interrupted:
        _forget_half_an_epoch(history)
        print(f"Interrupted: {history.epochs} of {epochs} epochs were completed and are in the history.")
    if best:
        model.load_state_dict(best)
    return history


class _Part(NamedTuple):
    """Images (N, C, H, W), the labels that they are given and the true ones, (N,) each."""

    images: np.ndarray
    labels: np.ndarray
    true: np.ndarray


def _divide(data: Dataset, validation: float, patience: int | None) -> tuple[_Part, _Part]:
    """Part training images from those that validate (none for a share of 0)."""
    if not 0 <= validation < 1:
        raise ValueError(
            f"fit: validation takes a share from 0 up to, but not including, 1; got {validation!r}"
        )
    if patience is not None:
        as_int("patience", patience, 1)
        if not validation:
            raise ValueError(
                "fit: patience needs validation images: say, for example, validation=0.2 as well"
            )
    N = len(data.train_images)
    cut = N - round(validation * N)
    whole = (data.train_images, data.train_labels, data.train_labels_true)
    return _Part(*(each[:cut] for each in whole)), _Part(*(each[cut:] for each in whole))


def _check_data(data: Dataset) -> None:
    """Complain about images and labels that would fail later, with a message that says less."""
    for part in ("train", "test"):
        images, labels = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
        if not len(images) or len(images) != len(labels):
            raise ValueError(f"fit: {part} set has {len(images)} images and {len(labels)} labels")
        if images.dtype != np.float32:
            raise TypeError(f"fit: {part}_images are {images.dtype}; write {part}_images.astype(np.float32)")


def _check_fit(model: nn.Module, data: Dataset, training: _Part, batch_size: int) -> None:
    """Complain about a model, a batch and images that do not go together."""
    N = len(training.images)
    if batch_size > N:
        raise ValueError(
            f"fit: batch_size {batch_size} is more than there is to train on; say batch_size={N}"
        )
    missing = [name for label, name in enumerate(data.class_names) if label not in training.labels]
    if missing:
        raise ValueError(
            f"fit: no training image is labelled {', '.join(missing)}; "
            "take more images, or leave the class out"
        )
    logits = predict(model, training.images[:2])
    if logits.ndim != 2 or logits.shape[1] < len(data.class_names):
        raise ValueError(
            f"fit: the model returns {tuple(logits.shape)} for 2 images; {len(data.class_names)} classes "
            f"need (2, {len(data.class_names)})"
        )


def _lent_generator(model: nn.Module) -> AbstractContextManager[None]:
    """Put torch's random state back afterwards, on the processor and where the model is."""
    import torch

    device = _device(model)
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


def _record(
    history: History, model: nn.Module, data: Dataset, train_loss: float, training: _Part, held_out: _Part
) -> None:
    """Measure the model at an epoch's end."""
    guess = predict(model, training.images).argmax(1).numpy()
    history.train_loss.append(train_loss)
    history.train_accuracy.append(float(np.mean(guess == training.labels)))
    history.train_accuracy_true.append(float(np.mean(guess == training.true)))
    if len(held_out.images):
        loss, accuracy = evaluate(model, held_out.images, held_out.labels)
        history.val_loss.append(_finite(loss))
        history.val_accuracy.append(accuracy)
    loss, accuracy = evaluate(model, data.test_images, data.test_labels)
    history.test_loss.append(_finite(loss))
    history.test_accuracy.append(accuracy)


def _forget_half_an_epoch(history: History) -> None:
    """Cut all lists to the epochs that were completed."""
    for values in vars(history).values():
        if isinstance(values, list):
            del values[history.epochs :]


def _finite(loss: float) -> float:
    if not math.isfinite(loss):
        raise ValueError(f"fit: the loss became {loss}; try a smaller lr, and look for NaN in the images")
    return loss


def _epoch(
    model: nn.Module,
    training: _Part,
    optimizer: torch.optim.Optimizer,
    batch_size: int,
    augment: Callable[[Tensor], Tensor] | None,
) -> float:
    """Make one pass over the training images and return its mean loss."""
    import torch
    from torch.nn.functional import cross_entropy

    model.train()
    device = _device(model)
    images, labels = torch.from_numpy(training.images), torch.from_numpy(training.labels)
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x, y = images[batch].to(device), labels[batch].to(device)  # (N, C, H, W), (N,)
        loss = cross_entropy(model(augment(x) if augment else x), y)
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
    device = _device(model)
    with torch.no_grad():
        batches = torch.from_numpy(images).split(EVALUATION_BATCH)
        return torch.cat([model(batch.to(device)).cpu() for batch in batches])


def fastest_device() -> torch.device:
    """Name the graphics processor that PyTorch can use here (CUDA's or Apple's), else the processor itself.

    Nothing is moved there unless you say so: ``model.to(fastest_device())``.
    """
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _device(model: nn.Module) -> torch.device:
    """Where a model's parameters are; a model without any computes on the processor."""
    import torch

    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
