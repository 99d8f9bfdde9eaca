"""Gathers finished networks into the table that ships."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cnnlab.atlas.grid import Grid, Run, SubGrid, key, result_runs, tuning_runs
from cnnlab.atlas.images import majority_class, nearest_neighbour, split
from cnnlab.atlas.runner import chosen_rates
from cnnlab.atlas.shipped import BASELINES, CORRECT, DATA, ORIGIN, TABLE
from cnnlab.atlas.store import Record, Store

COLUMNS = [
    *("subgrid", "role", "dataset", "train_size", "label_noise", "kernels", "neurons", "head", "regulariser"),
    *("lr", "tuned", "seed", "stop", "fitted", "steps", "epochs", "unique_images", "params", "macs"),
    *("train_accuracy", "train_accuracy_true", "val_accuracy", "test_accuracy"),
    *("train_loss", "val_loss", "test_loss", "predicted_classes", "seconds"),
]


def gather(grid: Grid, folder: str | Path, into: str | Path = DATA) -> pd.DataFrame:
    """Write the table of a grid's finished networks, which images each got right, and the baselines.

    Networks that are not finished are left out, and counted in the file of origin.

    Returns
    -------
    pandas.DataFrame
        The table, with the origin as `attrs`.

    Raises
    ------
    FileNotFoundError
        If no network is finished.
    """
    store, into = Store(Path(folder)), Path(into)
    into.mkdir(parents=True, exist_ok=True)
    rows: list[Record] = []
    origin = defaultdict(set)
    done: set[str] = set()
    missing: set[str] = set()
    for subgrid in grid.subgrids:
        for run, tuned in _wanted(grid, subgrid, store):
            name = key(run, grid.protocol)
            if name not in store:
                missing.add(name)
            elif name not in done:
                done.add(name)
                record = store[name]
                rows += [
                    {**record, **stop, "subgrid": subgrid.name, "tuned": tuned} for stop in record["stops"]
                ]
                for part in ("commit", "versions", "machine"):
                    origin[part].add(record[part])
    if not rows:
        raise FileNotFoundError(f"{folder} holds no finished network of this grid")
    table = _table(rows)
    table.attrs = {part: sorted(values) for part, values in origin.items()}
    table.attrs |= {"networks": len(done), "networks_missing": len(missing)}
    _write(into, table)
    np.savez_compressed(into / CORRECT, allow_pickle=False, **_correct(rows))
    _baselines(grid).to_csv(into / BASELINES, index=False, float_format="%.5g", lineterminator="\n")
    return table


def _wanted(grid: Grid, subgrid: SubGrid, store: Store) -> Iterator[tuple[Run, bool]]:
    """All runs of a sub-grid, and whether each has the rate that tuning chose (where that is known)."""
    tuning = list(tuning_runs(grid, subgrid))
    rates = {}
    if all(key(run, grid.protocol) in store for run in tuning):
        rates = chosen_rates(grid, subgrid, store)
    for run in itertools.chain(tuning, result_runs(grid, subgrid, rates) if rates else ()):
        yield run, run.lr == rates.get(subgrid.tuned_as(run.setting))


def _table(rows: list[Record]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)  # while only tuning is done, none is fitted or not
    table["kernels"] = ["-".join(map(str, kernels)) for kernels in table["kernels"]]
    return table


def _write(into: Path, table: pd.DataFrame) -> None:
    text = table.to_csv(index=False, float_format="%.5g", lineterminator="\n")
    with gzip.GzipFile(into / TABLE, "wb", mtime=0) as file:  # no date: the same table, the same bytes
        file.write(text.encode())
    (into / ORIGIN).write_text(json.dumps(table.attrs, indent=1) + "\n", encoding="utf-8")


def _correct(rows: list[Record]) -> dict[str, Any]:
    """Which test images each result got right, as bits: (images, results / 8) for each dataset.

    An image that is right in nearly all networks is then a row of ones, which compresses well.
    """
    of_dataset = defaultdict(list)
    for row in rows:
        if row["role"] == "result":
            packed = np.frombuffer(base64.b64decode(row["correct"]), np.uint8)
            of_dataset[row["dataset"]].append(np.unpackbits(packed))
    return {dataset: np.packbits(np.stack(bits, axis=1), axis=1) for dataset, bits in of_dataset.items()}


def _baselines(grid: Grid) -> pd.DataFrame:
    """Score what needs no training, for every set of images that some result learned from."""
    seeds: dict[tuple[str, int, float], int] = defaultdict(int)
    for subgrid in grid.subgrids:
        for setting in subgrid.settings:
            images_of = (setting.dataset, setting.train_size, setting.label_noise)
            seeds[images_of] = max(seeds[images_of], subgrid.seeds)
    rows = []
    for (dataset, train_size, label_noise), count in seeds.items():
        for seed in range(count):
            images = split(dataset, train_size, label_noise, grid.protocol.validation_size, seed)
            accuracies = {
                "majority class": majority_class(images),
                "1-nearest-neighbour": nearest_neighbour(images),
            }
            cell = {"dataset": dataset, "train_size": train_size, "label_noise": label_noise, "seed": seed}
            rows += [{**cell, "baseline": name, "test_accuracy": value} for name, value in accuracies.items()]
    return pd.DataFrame(rows)
