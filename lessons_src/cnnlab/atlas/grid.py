"""Reads a grid file: which networks to train, under which protocol, and for which claims."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from cnnlab.atlas.images import DATASETS

# Those that take a number have it after their name.
REGULARISERS = {
    "none": False,
    "dropout": True,  # share of the hidden layer's outputs
    "weight decay": True,  # decoupled
    "shifts": True,  # pixels
    "shifts and flips": True,
    "batch norm": False,
    "frozen convolutions": False,  # left as they were drawn: random features
}

# Part of every network's name on disk: raise it when a change of this package changes results.
ENGINE = 1


@dataclass(frozen=True)
class Setting:
    """What a network is and what it learns from: a cell of the grid, before learning rate and seed."""

    dataset: str = "animals9"
    train_size: int = 1500
    label_noise: float = 0.0
    kernels: tuple[int, ...] = (8, 16)
    neurons: int = 64
    head: Literal["fc", "gap"] = "fc"
    regulariser: str = "none"

    @property
    def regularisation(self) -> tuple[str, float]:
        """The regulariser's name and its number: "dropout 0.5" is dropout and 0.5 ("none": 0.0)."""
        words = self.regulariser.split()
        has_number = words[-1].replace(".", "").isdigit()
        return " ".join(words[:-1] if has_number else words), float(words[-1]) if has_number else 0.0


@dataclass(frozen=True)
class Protocol:
    """How every network of a grid is trained and stopped; steps unless said otherwise."""

    batch_size: int
    validation_size: int  # images, taken from the training pool
    learning_rates: tuple[float, ...]
    untuned_rate: float
    tuning_seeds: tuple[int, ...]
    check_every: int  # validation loss and fit are looked at this often
    equal_steps: int
    fitted: float  # accuracy on the given training labels
    cap: int
    patience: int  # the lowest validation loss counts as found when it has not fallen for so long
    curve_every: int


# Tuning seeks the lowest validation loss alone, a result stops in three ways, a curve is measured all along.
Role = Literal["tuning", "result", "curve"]


class Run(NamedTuple):
    """One network to train."""

    setting: Setting
    lr: float
    role: Role
    seed: int


class SubGrid(NamedTuple):
    """A product of settings, with as many result seeds as its lessons need."""

    name: str
    why: str
    settings: tuple[Setting, ...]
    role: Role
    seeds: int
    untuned_seeds: int
    rate_from: dict[str, Any]

    def tuned_as(self, setting: Setting) -> Setting:
        """Whose learning rate a setting takes: its own, or a neighbour's that it is to be compared with."""
        return replace(setting, **self.rate_from)


class Grid(NamedTuple):
    """A grid file."""

    protocol: Protocol
    claims: tuple[dict[str, str], ...]
    subgrids: tuple[SubGrid, ...]


def read(path: str | Path) -> Grid:
    """Read a grid file.

    Raises
    ------
    ValueError
        If a part is missing, a name is not known or a claim lacks the plot that would refute it.
    """
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"protocol", "claims", "subgrids"}:
        raise ValueError(f"{path}: expected the parts protocol, claims and subgrids")
    _same_names(f"{path}, protocol", content["protocol"], {field.name for field in fields(Protocol)})
    protocol = Protocol(**{name: _frozen(value) for name, value in content["protocol"].items()})
    if any(
        steps % protocol.check_every for steps in (protocol.equal_steps, protocol.cap, protocol.curve_every)
    ):
        raise ValueError(f"{path}: equal_steps, cap and curve_every must be multiples of check_every")
    for claim in content["claims"]:
        _same_names(f"{path}, a claim", claim, {"id", "lesson", "claim", "refuted_by"})
    subgrids = tuple(
        _subgrid(f"{path}, sub-grid {name}", name, part) for name, part in content["subgrids"].items()
    )
    return Grid(protocol, tuple(content["claims"]), subgrids)


def _subgrid(where: str, name: str, part: dict[str, Any]) -> SubGrid:
    axes = {field.name for field in fields(Setting)}
    known = axes | {"why", "role", "seeds", "untuned_seeds", "rate_from", "instead"}
    unknown = set(part) - known
    if unknown or not {"why", "seeds"} <= set(part):
        raise ValueError(f"{where}: needs why and seeds; does not know {sorted(unknown)}")
    # `instead` lists settings that are no product, each as what it has in the place of the common values.
    variants = part.get("instead", [{}])
    settings = []
    for variant in variants:
        chosen = {axis: value for axis, value in {**part, **variant}.items() if axis in axes}
        values = [
            [_frozen(one) for one in value] if _is_axis(axis, value) else [_frozen(value)]
            for axis, value in chosen.items()
        ]
        settings += [Setting(**dict(zip(chosen, each, strict=True))) for each in itertools.product(*values)]
    for setting in settings:
        _check_names(where, setting)
    return SubGrid(
        name,
        part["why"],
        tuple(settings),
        part.get("role", "result"),
        part["seeds"],
        part.get("untuned_seeds", 0),
        part.get("rate_from", {}),
    )


def _check_names(where: str, setting: Setting) -> None:
    name, number = setting.regularisation
    if REGULARISERS.get(name) != (number > 0):
        known = ", ".join(f"{each} NUMBER" if takes else each for each, takes in REGULARISERS.items())
        raise ValueError(f"{where}: regulariser is {setting.regulariser!r}; there are {known}")
    if setting.dataset not in DATASETS:
        raise ValueError(f"{where}: dataset is {setting.dataset!r}; there are {', '.join(DATASETS)}")


def _is_axis(axis: str, value: Any) -> bool:
    """Whether a value lists several; `kernels` is a list itself, so that several are lists of lists."""
    return isinstance(value, list) and (axis != "kernels" or isinstance(value[0], list))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _same_names(where: str, found: dict[str, Any], expected: set[str]) -> None:
    if set(found) != expected:
        raise ValueError(f"{where}: expected {sorted(expected)}, got {sorted(found)}")


def tuning_runs(grid: Grid, subgrid: SubGrid) -> Iterator[Run]:
    """Each learning rate on each tuning seed, for every setting that chooses a rate of its own."""
    for setting in dict.fromkeys(map(subgrid.tuned_as, subgrid.settings)):
        for lr, seed in itertools.product(grid.protocol.learning_rates, grid.protocol.tuning_seeds):
            yield Run(setting, lr, "tuning", seed)


def result_runs(grid: Grid, subgrid: SubGrid, rates: dict[Setting, float]) -> Iterator[Run]:
    """Each setting on new seeds, at the chosen rate and, where asked for, at the rate that nobody tuned."""
    for setting in subgrid.settings:
        for seed in range(subgrid.seeds):
            yield Run(setting, rates[subgrid.tuned_as(setting)], subgrid.role, seed)
        for seed in range(subgrid.untuned_seeds):
            yield Run(setting, grid.protocol.untuned_rate, subgrid.role, seed)


def key(run: Run, protocol: Protocol) -> str:
    """Name a network on disk: readable, and another one whenever anything that changes the result changes."""
    text = json.dumps([ENGINE, asdict(run.setting), run[1:], asdict(protocol)], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    s = run.setting
    kernels = "-".join(map(str, s.kernels))
    words = [
        s.dataset,
        s.train_size,
        f"noise{s.label_noise}",
        f"k{kernels}",
        f"n{s.neurons}",
        s.head,
        s.regulariser,
    ]
    name = "_".join(map(str, [*words, f"lr{run.lr}", run.role, run.seed, digest]))
    return name.replace(" ", "-")
