"""Reads the table that ships. Needs neither torch nor what trains the networks."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

DATA = Path(__file__).parent / "_data"
TABLE, BASELINES, CORRECT, ORIGIN = (
    "atlas.csv.gz",
    "atlas_baselines.csv",
    "atlas_correct.npz",
    "atlas.json",
)

# A replicate's number gives four seeds, drawn separately. None depends on the network, so that networks
# which are compared share their training images and wrong labels.
SEEDS = {"subset_seed": 0, "noise_seed": 1000, "init_seed": 2000, "order_seed": 3000}


def load(folder: str | Path = DATA) -> pd.DataFrame:
    """Read the atlas: a row for each trained network and each moment at which it was stopped.

    Parameters
    ----------
    folder
        Where ``python -m cnnlab.atlas table`` has written; by default the table that ships.

    Returns
    -------
    pandas.DataFrame
        What was asked for: `subgrid` (of the grid file), `role`, `dataset, train_size, label_noise`,
        `kernels` (such as "8-16"), `neurons` (0: no hidden layer), `head, regulariser, lr`, `tuned` (whether
        `lr` is the one that tuning chose) and `seed`. The role is "tuning", "result" (on other seeds) or
        "curve" (measured all along the way). `seed` gives `subset_seed, noise_seed, init_seed, order_seed`:
        networks of equal `seed` share their training images and wrong labels.

        Where it was stopped: `stop`, `steps, epochs`, `unique_images` (different ones seen, augmentation
        counted) and `seconds` (processor time of the training steps, one thread). The stop is "equal
        steps", "lowest validation loss", "training set fitted" (only true where `fitted` is, else the cap),
        or "on the way".

        What it is: `params` and `macs` (for one image). How it did: `train_accuracy` on the given labels and
        `train_accuracy_true`, `val_accuracy, test_accuracy, train_loss, val_loss, test_loss` (nats) and
        `predicted_classes`, of which a collapsed network has 1.

        `attrs` says which commit, versions and machine it comes from.

    Raises
    ------
    FileNotFoundError
        While no table is there.
    """
    import pandas as pd

    table = pd.read_csv(_existing(folder, TABLE))
    for column, offset in SEEDS.items():
        table[column] = table["seed"] + offset
    table.attrs = json.loads((Path(folder) / ORIGIN).read_text(encoding="utf-8")) | {"folder": str(folder)}
    return table


def baselines(folder: str | Path = DATA) -> pd.DataFrame:
    """Read what needs no training: `test_accuracy` of the majority class and of the nearest neighbour.

    Returns
    -------
    pandas.DataFrame
        `dataset, train_size, label_noise, seed`, `baseline` ("majority class" or "1-nearest-neighbour", on
        pixels, among the training images with the labels they are given) and `test_accuracy`.

    Raises
    ------
    FileNotFoundError
        While no table is there.
    """
    import pandas as pd

    return pd.read_csv(_existing(folder, BASELINES))


def correct(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which test images networks got right: (rows, images), for rows of `load` with the role "result"."""
    if (rows["role"] != "result").any() or rows["dataset"].nunique() != 1:
        raise ValueError('expected rows with the role "result", all of one dataset')
    bits, places = _correct(rows.attrs["folder"], rows["dataset"].iloc[0])
    return bits[:, [places[index] for index in rows.index]].T  # (rows, images)


@lru_cache(maxsize=4)
def _correct(folder: str, dataset: str) -> tuple[NDArray[np.bool_], dict[int, int]]:
    """All of a dataset's results (images, results), and the column of each row of the table."""
    table = load(folder)
    indices = table.index[(table["role"] == "result") & (table["dataset"] == dataset)]
    with np.load(Path(folder) / CORRECT) as stored:
        bits = np.unpackbits(stored[dataset], axis=1, count=len(indices)).astype(bool)
    return bits, {int(index): place for place, index in enumerate(indices)}


def _existing(folder: str | Path, name: str) -> Path:
    path = Path(folder) / name
    if not path.exists():
        raise FileNotFoundError(
            f"there is no {name} in {folder}. Train the networks with `python -m cnnlab.atlas run --out DIR` "
            "(hours), then gather them with `python -m cnnlab.atlas table --out DIR`."
        )
    return path
