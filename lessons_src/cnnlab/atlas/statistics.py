"""How sure an accuracy is, or a difference of two, when seeds and test images are a draw."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnlab.atlas.shipped import correct

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 2000


class Interval(NamedTuple):
    """A mean, and between which bounds it lies with the confidence that was asked for."""

    mean: float
    low: float
    high: float


def interval(rows: pd.DataFrame, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """Bootstrap the mean test accuracy of networks that differ in nothing but their seed.

    Parameters
    ----------
    rows
        Rows of `load` with the role "result", one for each seed.
    confidence
        Of the interval: 0.95 leaves out one draw in twenty.
    seed
        Of the resampling.

    Returns
    -------
    Interval
        Mean and bounds, as fractions. Seeds and test images are resampled together, as in a fresh experiment
        with other seeds AND other test images.

    Raises
    ------
    ValueError
        If a seed occurs twice, or there are fewer than two.

    Notes
    -----
    Percentiles of the bootstrap, which with few seeds are too narrow by √(S / (S − 1)): deviations of seeds
    are widened by that factor first. Hesterberg (2015), "What teachers should know about the bootstrap".
    """
    _one_row_per_seed(rows)
    return _bootstrap(correct(rows).astype(np.float32), confidence, seed)


def paired(rows: pd.DataFrame, others: pd.DataFrame, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """Bootstrap the difference in mean test accuracy, `others` minus `rows`, paired by seed and test image.

    Networks of equal seed share training images and wrong labels, so that what these do to both cancels.
    Seeds that only one side has are left out.

    Parameters
    ----------
    rows, others
        Rows of `load` with the role "result", one for each seed.
    confidence, seed
        As in `interval`.

    Returns
    -------
    Interval
        Mean difference and bounds, as fractions: above zero where `others` are better.

    Raises
    ------
    ValueError
        If a seed occurs twice on one side, or fewer than two are common.
    """
    shared = sorted(set(rows["seed"]) & set(others["seed"]))
    sides = []
    for side in (rows, others):
        _one_row_per_seed(side)
        sides.append(correct(side[side["seed"].isin(shared)].sort_values("seed")).astype(np.float32))
    if len(shared) < 2:
        raise ValueError(f"a paired comparison needs two common seeds or more; common are {shared}")
    return _bootstrap(sides[1] - sides[0], confidence, seed)


def verdict(
    rows: pd.DataFrame, others: pd.DataFrame, *, margin: float = 0.005, seed: int = 0
) -> Literal["equivalent", "different", "cannot resolve"]:
    """Say whether two sets of networks test alike within a margin, by two one-sided tests at 5 %.

    Returns
    -------
    str
        "equivalent" when the 90 % interval of their paired difference lies within ± `margin`; "different"
        when the 95 % interval lies outside of it; else "cannot resolve", which more seeds might.

    Notes
    -----
    Schuirmann (1987), "A comparison of the two one-sided tests procedure and the power approach".
    """
    _, low, high = paired(rows, others, confidence=0.90, seed=seed)
    if -margin < low and high < margin:
        return "equivalent"
    _, low, high = paired(rows, others, confidence=0.95, seed=seed)
    return "different" if low > margin or high < -margin else "cannot resolve"


def _one_row_per_seed(rows: pd.DataFrame) -> None:
    if len(rows) < 2 or rows["seed"].duplicated().any():
        raise ValueError(
            f"expected one row for each of two seeds or more, got the seeds {sorted(rows['seed'])}: "
            "choose one setting, one learning rate and one stop"
        )


def _bootstrap(scores: NDArray[np.float32], confidence: float, seed: int) -> Interval:
    """Resample rows and columns of (seeds, images) together."""
    S, images = scores.shape
    mean = scores.mean(0)  # (images,)
    scores = mean + (scores - mean) * np.float32(np.sqrt(S / (S - 1)))
    # Both random: (resamples, S) @ (S, images), weighted by (resamples, images).
    means = (_weights(S, 2 * seed) @ scores * _weights(images, 2 * seed + 1)).sum(1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(mean.mean()), float(low), float(high))


@lru_cache(maxsize=8)
def _weights(count: int, seed: int) -> NDArray[np.float32]:
    """How often each of `count` is drawn in `count` draws, as shares: (resamples, count)."""
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return (draws / count).astype(np.float32)
