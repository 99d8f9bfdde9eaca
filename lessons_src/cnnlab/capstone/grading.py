"""What a teacher runs on what was handed in, and the scores of the designs to beat."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cnnlab.capstone import images
from cnnlab.capstone.rules import SECONDS, faults
from cnnlab.capstone.scoring import Score, score

if TYPE_CHECKING:
    import pandas as pd
    from torch import nn

    from cnnlab.data import Dataset

MEASURED = Path(__file__).with_name("measured.csv")


class Graded(NamedTuple):
    """The final score, the processor time (seconds) of `build` and `train`, and the trained network."""

    score: Score
    seconds: float
    model: nn.Module


def grade(
    build: Callable[[], nn.Module], train: Callable[[nn.Module, Dataset], object], *, seed: int
) -> Graded:
    """Build a network, train it, and score it once on the final images.

    Parameters
    ----------
    build : function
        Takes nothing, returns a network with fresh weights.
    train : function
        Takes the network and the images of `practice`, and changes the network in place.
    seed : int
        Of the first weights and of the changes to the images. A teacher keeps it secret.

    Returns
    -------
    Graded

    Raises
    ------
    ValueError
        If the network breaks a rule, before or after training, or training took too long.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            start = time.process_time()  # before `build`, which might train as well
            model = build()
            if found := faults(model):
                raise ValueError("grade: the network breaks the rules. " + " ".join(found))
            train(model, images.practice())
            seconds = time.process_time() - start
    finally:
        torch.set_num_threads(threads)
    if seconds > SECONDS:
        raise ValueError(
            f"grade: training took {seconds:.0f} s of processor time, {SECONDS} are allowed. "
            "Take fewer epochs or a network with fewer MACs."
        )
    return Graded(score(model, images.final(), seed=seed), seconds, model)


def measured() -> pd.DataFrame:
    """Read how the designs to beat did: a row for each training, made by ``python -m cnnlab.capstone``.

    Returns
    -------
    pandas.DataFrame
        `design`, `recipe`, `seed`, `numbers` (stored), `macs`, `seconds` (processor time of the training,
        one thread), `score` and its interval's bounds `low` and `high`, then the accuracy for each kind of
        change. All on the images of `final`. The design "nearest neighbour" trains nothing: it compares
        pixels with all 4,500 training images, which it stores.
    """
    import pandas as pd

    return pd.read_csv(MEASURED)
