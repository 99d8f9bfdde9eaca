"""A made-up atlas, written as the real one ships: small, with gaps, and with rows that nobody should show."""

import json
import math

import numpy as np
import pandas as pd

from cnnlab import atlas
from cnnlab.atlas.shipped import BASELINES, ORIGIN, TABLE

STOPS = {"equal steps": 600, "lowest validation loss": 420, "training set fitted": 2400}
SIZES = {"animals9": (300, 1500, 4500), "fashion_mnist": (300, 1500, 4000)}
USUAL = {"kernels": "8-16", "head": "fc", "regulariser": "none", "role": "result", "tuned": True}
# Shown nowhere: another role, an untuned rate, other kernels, another head, a regulariser, no hidden layer.
OTHERS = [
    {"role": "tuning"},
    {"role": "curve"},
    {"tuned": False},
    {"kernels": "16-32"},
    {"head": "gap", "neurons": 0},
    {"regulariser": "dropout 0.5"},
    {"neurons": 0},
]


def load(folder):
    """Write a made-up atlas into a folder and load it."""
    rng = np.random.default_rng(0)
    rows = []
    for dataset, sizes in SIZES.items():
        for size in sizes:
            for noise in (0.0, 0.2):
                setting = {"dataset": dataset, "train_size": size, "label_noise": noise}
                for neurons in _widths(**setting):
                    rows += _networks(rng, **setting, neurons=neurons)
                rows += _networks(rng, **setting, neurons=0, regulariser="frozen convolutions")
    rows += [row | other for other in OTHERS for row in _networks(rng, neurons=64)]
    pd.DataFrame(rows).to_csv(folder / TABLE, index=False, float_format="%.5g")
    cells = [
        {"dataset": dataset, "train_size": size, "label_noise": noise, "seed": seed}
        for dataset, sizes in SIZES.items()
        for size in sizes
        for noise in (0.0, 0.2)
        for seed in range(3)
    ]
    scores = {"majority class": 0.1111, "1-nearest-neighbour": 0.8}
    baselines = [
        cell | {"baseline": name, "test_accuracy": score + 0.001 * cell["seed"]}
        for cell in cells
        for name, score in scores.items()
    ]
    pd.DataFrame(baselines).to_csv(folder / BASELINES, index=False)
    (folder / ORIGIN).write_text(json.dumps({"commit": [], "versions": [], "machine": []}))
    return atlas.load(folder)


def _widths(dataset, train_size, label_noise):
    """Not all widths are there for each setting."""
    if dataset == "fashion_mnist":
        return ([4, 64, 1024] if train_size == 1500 else []) if label_noise else [1, 16, 64, 1024]
    widths = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    return [*widths, 1000, 1025] if train_size == 1500 else widths


def _networks(rng, neurons, dataset="animals9", train_size=1500, label_noise=0.0, regulariser="none"):
    """Make networks of one setting, a row for each seed and stop; some of one neuron collapse."""
    rows = []
    for seed in reversed(range(6 if train_size == 1500 else 5)):
        best = 0.9 - 0.4 / math.sqrt(neurons + 1) - 15 / train_size - label_noise / 5
        collapsed = neurons == 1 and seed % 2 == 0
        for stop, steps in STOPS.items():
            test = 0.11111 if collapsed else best - label_noise * (stop != "lowest validation loss") / 2
            train = 0.12 if collapsed else 0.6 + 0.4 * (1 - 1 / (neurons + 1)) * min(1, steps / 2000 + 0.5)
            row = {"dataset": dataset, "train_size": train_size, "label_noise": label_noise}
            row |= USUAL | {"neurons": neurons, "regulariser": regulariser, "seed": seed, "stop": stop}
            row |= {"lr": 0.003, "fitted": neurons > 8 if stop == "training set fitted" else None}
            row |= {"steps": steps - 30 * (seed % 3), "seconds": 0.004 * steps}
            row |= {"params": 1_320 + neurons * 410, "macs": 200_000 + neurons * 400}
            row |= {"test_accuracy": test + rng.normal(0, 0.01) * (not collapsed), "train_accuracy": train}
            row |= {"train_accuracy_true": (1 - label_noise) * train}
            rows.append(row | {"predicted_classes": 1 if collapsed else 9})
    return rows
