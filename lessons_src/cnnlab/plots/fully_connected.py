"""The figures of the lesson Fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.plots.cells import matrices
from cnnlab.plots.style import BLUE, GREY, INK, READABLE_WIDTH, VERMILION, Figure, figure, in_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

Convention = Literal["row", "column", "PyTorch"]
POINTS = 200  # of a running sum: more cannot be told apart, and every frame carries them


def running_sum(products: Floats, bias: float) -> Figure:
    """Draw how the weighted sum of one node grows as its products (n,) are added to its bias, one by one."""
    sums = bias + np.concatenate([[0.0], np.cumsum(products, dtype=np.float64)])
    places = np.unique(np.linspace(0, len(products), POINTS).astype(int))
    total = float(sums[-1])
    output = in_signs(max(total, 0.0))
    fig, ax = figure(
        height=2.7,
        alt=f"{len(products):,} products add up to {in_signs(total)}; after ReLU the node gives {output}.",
    )
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.plot(places, sums[places], linewidth=1.4)
    ax.plot(places[-1], total, "o", color=VERMILION)
    ax.set_title(f"sum {in_signs(total)}, after ReLU {output}", fontsize=11, fontweight="normal")
    ax.set(xlabel="products added so far", ylabel="sum so far")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    return fig


def conventions(x: Floats, weight: Floats, bias: Floats, convention: Convention) -> Figure:
    """Draw one fully connected layer as a matrix product.

    Parameters
    ----------
    x : (n,) array
    weight : (m, n) array
        As PyTorch stores it.
    bias : (m,) array
    convention : "row", "column" or "PyTorch"

    Returns
    -------
    Figure
        Of one size for all three.
    """
    result = weight @ x + bias
    parts, names, symbols = {
        "row": ([x[None], weight.T, bias[None], result[None]], ["x", "W", "b", "z"], ["·", "+", "="]),
        "column": (
            [weight, x[:, None], bias[:, None], result[:, None]],
            ["W", "x", "b", "z"],
            ["·", "+", "="],
        ),
        "PyTorch": (
            [x[None], weight, bias[None], result[None]],
            ["x", "weight", "b", "z"],
            ["·", "ᵀ +", "="],
        ),
    }[convention]
    shapes = ["×".join(map(str, part.shape)) for part in parts]
    fig = matrices(
        parts,
        symbols=symbols,
        titles=[f"{name}  {shape}" for name, shape in zip(names, shapes, strict=True)],
        shades=[None if name in "bz" else "signed" for name in names],
        alt=f"{convention}: {' '.join(f'{n} ({s})' for n, s in zip(names, shapes, strict=True))}; "
        f"the result is {', '.join(map(in_signs, result))}.",
    )
    fig.set_size_inches(READABLE_WIDTH, 1.75)
    return fig


def scores(logits: Sequence[float], names: Sequence[str]) -> Figure:
    """Draw what softmax makes of logits (classes,), with both numbers of each class."""
    values = np.asarray(logits, dtype=float)
    powers = np.exp(values - values.max())
    shares = powers / powers.sum()
    words = [
        f"{name}: logit {value:.1f}, softmax {100 * share:.1f} %".replace("-", "−")
        for name, value, share in zip(names, values, shares, strict=True)
    ]
    fig, ax = figure(height=0.62 * len(words) + 0.5, alt=f"{'; '.join(words)}.")
    for place, (share, word) in enumerate(zip(shares, words, strict=True)):
        ax.barh(place, 1, height=0.36, facecolor="none", edgecolor=GREY, linewidth=1)
        ax.barh(place, share, height=0.36, color=BLUE)
        ax.text(0, place - 0.36, word, fontsize=10.5, va="center")
    ax.set(xlim=(0, 1.005), xticks=[0, 0.5, 1], yticks=[], ylim=(len(words) - 0.6, -0.65))
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    return fig


def confusion(counts: NDArray[np.integer], names: Sequence[str]) -> Figure:
    """Draw how often each class (a row) got each answer (a column); the right answers are framed."""
    rows = "; ".join(
        f"{name}: " + ", ".join(f"{count} {said}" for count, said in zip(row, names, strict=True))
        for name, row in zip(names, counts, strict=True)
    )
    side = len(names)
    fig, ax = figure(width=0.75 * side + 1.0, height=0.5 * side + 0.8, alt=f"Answers. {rows}.")
    shown = counts / counts.sum(axis=1, keepdims=True)
    for place, count in np.ndenumerate(counts):
        right = place[0] == place[1]
        ax.bar(
            place[1],
            0.9,
            width=0.9,
            bottom=place[0] - 0.45,
            color=BLUE if right else VERMILION,
            alpha=float(min(0.1 + (shown[place] if right else 4 * shown[place]), 0.75)),
        )
        ax.text(place[1], place[0], f"{count}", ha="center", va="center", fontsize=12)
    ax.set(xticks=range(side), yticks=range(side), xticklabels=names, yticklabels=names)
    ax.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5), xlabel="the network says", ylabel="it is a")
    ax.xaxis.set_label_position("top")
    ax.tick_params(top=False, labeltop=True, bottom=False, labelbottom=False, left=False)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return fig


def reliability(count: NDArray[np.integer], said: Floats, right: Floats) -> Figure:
    """Draw how often answers were right, by how sure the network was of them.

    Parameters
    ----------
    count : (bins,) array
        Answers in each of equally wide bins of the probability from 0 to 1.
    said, right : (bins,) arrays
        Mean probability, and share of right answers, in each bin; anything where a bin is empty.

    Returns
    -------
    Figure
    """
    full = count > 0
    share = count[full] / count.sum()
    gap = float((share * (said - right)[full]).sum())
    error = float((share * np.abs(said - right)[full]).sum())
    accuracy = float((share * right[full]).sum())
    title = f"right {100 * accuracy:.0f} %, says {100 * (accuracy + gap):.0f} %"
    fig, ax = figure(
        height=3.5,
        alt=f"{title} on average; expected calibration error {100 * error:.1f} points.",
    )
    middles = (np.arange(len(count)) + 0.5) / len(count)
    ax.bar(middles[full], right[full], width=0.92 / len(count), color=BLUE, alpha=0.45)
    ax.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1.2)
    ax.plot(said[full], right[full], "o", color=BLUE)
    for place, number in zip(middles[full], count[full], strict=True):
        ax.text(place, 0.015, f"{number}", ha="center", va="bottom", fontsize=10.5)
    ax.set_title(f"{title}; calibration error {100 * error:.1f} points", fontsize=11, fontweight="normal")
    ax.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="probability of the answer", ylabel="share of right answers")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return fig


def head_costs(costs: Mapping[str, tuple[int, int]], largest: tuple[int, int], note: str) -> Figure:
    """Draw the parameters and the MACs of each layer, side by side.

    Parameters
    ----------
    costs : dict of str to (parameters, MACs)
        By layer.
    largest : (parameters, MACs)
        Where the bars end, so that pictures can be compared.
    note : str
        A line above, such as an accuracy.

    Returns
    -------
    Figure
    """
    totals = [sum(pair[kind] for pair in costs.values()) for kind in (0, 1)]
    words = f"{totals[0]:,} parameters and {totals[1]:,} MACs; {note}"
    fig, axes = figure(1, 2, height=0.5 * len(costs) + 1.1, alt=f"{words}.")
    for kind, (ax, unit) in enumerate(zip(axes, ("parameters", "MACs for one image"), strict=True)):
        for place, (name, pair) in enumerate(costs.items()):
            ax.barh(place, pair[kind], height=0.3, color=BLUE if name.startswith("fc") else GREY)
            ax.text(0, place - 0.34, f"{name}: {pair[kind]:,}", fontsize=10, va="center")
        ax.set(xlim=(0, largest[kind]), xticks=[], yticks=[], ylim=(len(costs) - 0.7, -0.7))
        ax.set_title(f"{totals[kind]:,}\n{unit}", fontsize=10.5)
        ax.spines[:].set_visible(False)
        ax.grid(visible=False)
    fig.suptitle(note, fontsize=10.5)
    return fig
