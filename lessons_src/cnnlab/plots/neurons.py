"""The figures of the lesson How many neurons?."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.plots.atlas import accuracies
from cnnlab.plots.style import BLUE, GREY, INK, READABLE_WIDTH, VERMILION, Figure, figure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


def double_descent(neurons: Sequence[int], measured: ArrayLike, *, images: int, title: str) -> Figure:
    """Draw how readouts of more and more random neurons do, and how long their weights are.

    Parameters
    ----------
    neurons : list of P numbers
        Of the hidden layer.
    measured : (S, P, 3) array
        For each of S seeds and each number of neurons the accuracy on training images, that on test images,
        and the length of the weights. Lines are means; bands reach from the lowest seed to the highest.
    images : int
        How many training images there were: a vertical line.
    title : str

    Returns
    -------
    Figure
        Of one size and with the same axes, for lengths up to 100,000.
    """
    array = np.asarray(measured, dtype=float)
    fig, (top, bottom) = figure(
        2, height=4.6, sharex=True, height_ratios=[2, 1], alt=f"{title}. {_in_words(neurons, array, images)}"
    )
    parts = [(top, GREY, "s", "training"), (top, BLUE, "o", "test"), (bottom, VERMILION, "D", "")]
    for values, (ax, colour, marker, name) in zip(np.moveaxis(array, 2, 0), parts, strict=True):
        mean = values.mean(0)
        ax.plot(neurons, mean, marker=marker, markersize=5, color=colour)
        ax.fill_between(neurons, values.min(0), values.max(0), color=colour, alpha=0.15, linewidth=0)
        end = (neurons[-1], mean[-1])
        ax.annotate(name, end, xytext=(8, 0), textcoords="offset points", color=colour, va="center")
    for ax in (top, bottom):
        ax.axvline(images, color=INK, linestyle=":", linewidth=1.2)
    top.set_title(title, fontsize=11, fontweight="normal")
    top.set(ylim=(0, 1.05), ylabel="accuracy")
    top.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    bottom.set(xscale="log", yscale="log", ylim=(1, 1e5), ylabel="length", yticks=[1, 100, 10_000])
    bottom.set(xlabel="neurons, never trained", xticks=sorted({neurons[0], 100, images, 1000, neurons[-1]}))
    bottom.minorticks_off()
    for axis in (bottom.xaxis, bottom.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,g}")
    return fig


def _in_words(neurons: Sequence[int], measured: NDArray[np.floating], images: int) -> str:
    """Say where the mean test accuracy goes: its best before the line, its value there, and its end."""
    test = measured[:, :, 1].mean(0)
    before = test[[count < images for count in neurons]]
    at = int(np.abs(np.asarray(neurons) - images).argmin())
    return (
        f"Test accuracy reaches {before.max():.0%} with fewer neurons than the {images} images, is "
        f"{test[at]:.0%} at {neurons[at]} and {test[-1]:.0%} at {neurons[-1]:,}."
    )


def step_times(seconds: Mapping[int, Sequence[float]]) -> Figure:
    """Draw how long a step of each width takes: the median as a dot, the middle half as a whisker.

    Parameters
    ----------
    seconds : dict of int to list
        For each width the measured times of its steps.

    Returns
    -------
    Figure
    """
    quartiles = {width: 1000 * np.quantile(times, [0.25, 0.5, 0.75]) for width, times in seconds.items()}
    words = ", ".join(f"{width:,} neurons {middle:.1f} ms" for width, (_, middle, _) in quartiles.items())
    fig, ax = figure(width=READABLE_WIDTH, height=0.33 * len(seconds) + 1.0, alt=f"Median times: {words}.")
    for row, (low, middle, high) in enumerate(quartiles.values()):
        ax.plot([low, high], [row, row], color=BLUE)
        ax.plot(middle, row, "o", color=BLUE)
    ax.set_yticks(range(len(quartiles)), [f"{width:,}" for width in quartiles])
    ax.set(xlabel="time of a step (ms)", ylabel="neurons", ylim=(len(quartiles) - 0.5, -0.5))
    ax.set_xlim(left=0)
    return fig


def beside_the_atlas(
    series: Mapping[str, pd.DataFrame], neurons: int, accuracy: float, *, title: str
) -> Figure:
    """Draw curves of the atlas over neurons, and one more network as a star among them.

    Parameters
    ----------
    series : dict of str to DataFrame
        As in `accuracies`.
    neurons : int
        Width of the network, which need not be one of the atlas.
    accuracy : float
        Its test accuracy.
    title : str

    Returns
    -------
    Figure
    """
    fig = accuracies(
        series,
        x="neurons",
        xlabel="neurons",
        alt=f"{title}. The network is a star beside the curves of the atlas.",
    )
    (ax,) = fig.axes
    widths = sorted({width for rows in series.values() for width in rows["neurons"]})
    place = np.interp(np.log2(neurons), np.log2(widths), range(len(widths)))
    ax.plot(place, accuracy, "*", color=INK, markersize=15)
    ax.set_title(title, fontsize=11, fontweight="normal")
    return fig
