"""The score: how often a network is right on changed images, and how sure that number is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.capstone.images import changes
from cnnlab.capstone.rules import faults

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from cnnlab.data import Dataset


@dataclass(frozen=True, eq=False)
class Score:
    """What `score` found: `mean` is the score, with the bounds of its 95 % interval; `kinds` has its parts.

    All are fractions of images. The interval is about the draw of the images: other images of the same sort
    would give another score, with the same network. How much another training changes is not in it.
    `of_image` has for each image the share of its views that were right, (N,): the difference of two
    networks is told more exactly by the differences of these.
    """

    mean: float
    low: float
    high: float
    kinds: dict[str, float]
    of_image: NDArray[np.float64]

    def __repr__(self) -> str:
        """Say it in a few lines."""
        parts = ", ".join(f"{kind} {accuracy:.1%}" for kind, accuracy in self.kinds.items())
        return f"{self.mean:.1%} (95 % interval {self.low:.1%} to {self.high:.1%})\n{parts}"


def score(model: nn.Module, dataset: Dataset, *, seed: int) -> Score:
    """Say how often a network is right on the test images of a set, each seen in five ways.

    Parameters
    ----------
    model : nn.Module
        Keeps the rules. It answers in evaluation, whatever mode it is left in.
    dataset : Dataset
        `practice` while you design; `final` once, at the end.
    seed : int
        Decides how much each image is moved, turned and so on; see `changes`.

    Returns
    -------
    Score
        The mean accuracy over the five kinds. Its interval takes the five views of an image as one draw.

    Raises
    ------
    ValueError
        If the model breaks a rule.

    Examples
    --------
    >>> from torch import nn
    >>> from cnnlab.capstone import practice
    >>> blind = nn.Sequential(nn.Flatten(), nn.Linear(784, 9))
    >>> _ = nn.init.zeros_(blind[1].weight)  # one answer for everything
    >>> score(blind, practice(), seed=0).mean.__round__(3)
    0.111
    """
    from cnnlab.train import predict

    if found := faults(model):
        raise ValueError("score: the network breaks the rules. " + " ".join(found))
    modes = {module: module.training for module in model.modules()}
    views = changes(dataset.test_images, seed=seed)
    right = [predict(model, images).argmax(1).numpy() == dataset.test_labels for images in views.values()]
    for module, mode in modes.items():
        module.training = mode
    return summary(dict(zip(views, right, strict=True)))


def summary(right: dict[str, NDArray[np.bool_]]) -> Score:
    """Make a score of what was right: (N,) for each kind, the same images in the same order.

    Examples
    --------
    >>> always = np.ones(100, dtype=bool)
    >>> summary({"as it is": always, "noisy": ~always})
    50.0% (95 % interval 50.0% to 50.0%)
    as it is 100.0%, noisy 0.0%
    """
    of_image = np.mean(list(right.values()), axis=0)  # (N,)
    mean = float(of_image.mean())
    half = 1.96 * float(of_image.std(ddof=1)) / np.sqrt(len(of_image))
    kinds = {kind: float(each.mean()) for kind, each in right.items()}
    return Score(mean, mean - half, mean + half, kinds, of_image)
