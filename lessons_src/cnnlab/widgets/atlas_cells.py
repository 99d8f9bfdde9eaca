"""What `AtlasExplorer` shows of the atlas: its networks by setting, as few numbers as a page can hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

SETTING = ["dataset", "train_size", "label_noise", "stop"]
BASELINES = {  # by their names in the tables
    "1-nearest-neighbour": "nearest neighbour",
    "random kernels": "random kernels",
    "majority class": "majority class",
}
Cell = dict[str, Any]


class Measured(NamedTuple):
    """Networks of one width and one setting, one for each seed.

    Attributes
    ----------
    neurons : int
    test, train : list of int
        Accuracy on the test images and on the given training labels, in hundredths of a percent; the same
        place in both is the same network.
    train_true : int
        Mean accuracy on the true training labels, in hundredths of a percent.
    steps : int
        Of training, on average.
    seconds : float
        Of processor time that the steps took, on average.
    collapsed, fitted : int
        How many networks name one class for everything; how many fit their given labels (at that stop only).
    params, macs : int
        Parameters, and MACs for one image.
    """

    neurons: int
    test: list[int]
    train: list[int]
    train_true: int
    steps: int
    seconds: float
    collapsed: int
    fitted: int
    params: int
    macs: int


def cells(table: pd.DataFrame, baselines: pd.DataFrame) -> list[Cell]:
    """Gather networks by setting and width.

    Parameters
    ----------
    table : DataFrame
        Of `cnnlab.atlas.load`. Taken are results with a tuned rate, kernels 8-16, a fully connected head and
        no regulariser.
    baselines : DataFrame
        Of `cnnlab.atlas.baselines`.

    Returns
    -------
    list of dict
        For each setting that has networks: `dataset, train_size, label_noise, stop`; each field of
        `Measured` as a list, in the order of the widths; and `levels`, the mean test accuracy of each
        baseline by its name, in hundredths of a percent.
    """
    usual = table.query("role == 'result' and tuned and kernels == '8-16' and head == 'fc'")
    plain = usual.query("regulariser == 'none' and neurons > 0")
    random = usual.query("regulariser == 'frozen convolutions' and neurons == 0")
    found = []
    key: Any
    for key, rows in plain.groupby(SETTING):
        dataset, train_size, label_noise, stop = key
        images = {"dataset": dataset, "train_size": int(train_size), "label_noise": float(label_noise)}
        by_name = dict(list(_matching(baselines, images).groupby("baseline")))
        by_name["random kernels"] = _matching(random, images | {"stop": stop})
        widths = [_measured(of_width) for _, of_width in rows.groupby("neurons")]
        found.append(
            images
            | {"stop": stop}
            | {name: [getattr(width, name) for width in widths] for name in Measured._fields}
            | {"levels": _levels(by_name)}
        )
    return found


def find(cells: Iterable[Cell], setting: Mapping[str, Any]) -> Cell | None:
    """Give the networks of a setting; None where none was trained."""
    return next((cell for cell in cells if all(cell[name] == setting[name] for name in SETTING)), None)


def closest(cells: Iterable[Cell], setting: Mapping[str, Any]) -> dict[str, Any]:
    """Give the trained setting that is most like another one: the same images if there are any, and so on."""

    def far(cell: Cell) -> tuple[float, ...]:
        sizes = cell["train_size"] / setting["train_size"]
        noises = cell["label_noise"] - setting["label_noise"]
        return (
            cell["dataset"] != setting["dataset"],
            abs(noises),
            abs(math.log(sizes)),
            cell["stop"] != setting["stop"],
        )

    best = min(cells, key=far)
    return {name: best[name] for name in SETTING}


def nearest(widths: Sequence[int], neurons: int) -> int:
    """Give the place of the width that is nearest to `neurons` as a ratio; of equals the first.

    >>> nearest([1, 8, 64], 60), nearest([1, 4], 2)
    (2, 0)
    """
    return min(range(len(widths)), key=lambda place: max(widths[place] / neurons, neurons / widths[place]))


def at(cell: Cell, place: int) -> Measured:
    """Give the networks of a setting's width, counted from 0."""
    return Measured(*(cell[name][place] for name in Measured._fields))


def _matching(rows: pd.DataFrame, setting: Mapping[str, Any]) -> pd.DataFrame:
    for name, value in setting.items():
        rows = rows[rows[name] == value]
    return rows


def _levels(rows: Mapping[Any, pd.DataFrame]) -> dict[str, int]:
    return {
        shown: _hundredths(rows[name]["test_accuracy"])
        for name, shown in BASELINES.items()
        if name in rows and len(rows[name])
    }


def _measured(rows: pd.DataFrame) -> Measured:
    rows = rows.sort_values("seed")
    test, train = (
        [round(10_000 * accuracy) for accuracy in rows[f"{part}_accuracy"]] for part in ("test", "train")
    )
    neurons, params, macs = (int(rows[name].iloc[0]) for name in ("neurons", "params", "macs"))
    return Measured(
        neurons=neurons,
        test=test,
        train=train,
        train_true=_hundredths(rows["train_accuracy_true"]),
        steps=round(rows["steps"].mean()),
        seconds=round(float(rows["seconds"].mean()), 1),
        collapsed=int((rows["predicted_classes"] == 1).sum()),
        fitted=int(rows["fitted"].eq(True).sum()),
        params=params,
        macs=macs,
    )


def _hundredths(accuracies: pd.Series[float]) -> int:
    return round(10_000 * float(accuracies.mean()))
