"""The table that ships: small, of known origin, and what anyone gets who trains again."""

import subprocess
from dataclasses import fields, replace

import pytest

from cnnlab import atlas
from cnnlab.atlas import grid
from cnnlab.atlas.grid import Run, Setting
from cnnlab.atlas.network import EQUAL, train_network
from cnnlab.atlas.shipped import BASELINES, CORRECT, DATA, ORIGIN, TABLE

CELL = [*(field.name for field in fields(Setting)), "lr"]

pytestmark = pytest.mark.skipif(not (DATA / TABLE).exists(), reason="no table ships yet")


@pytest.fixture(scope="module")
def table():
    return atlas.load()


def test_all_parts_together_are_under_a_megabyte():
    assert sum((DATA / name).stat().st_size for name in (TABLE, BASELINES, CORRECT, ORIGIN)) < 1_000_000


def test_the_table_says_where_it_comes_from(table):
    assert set(table.attrs) >= {"commit", "versions", "machine", "networks", "networks_missing"}
    assert not any("dirty" in commit for commit in table.attrs["commit"])
    assert len(table.drop_duplicates([*CELL, "role", "seed"])) == table.attrs["networks"]


def test_key_cells_have_five_seeds_at_least_and_none_twice(table):
    tuned = table[(table["role"] == "result") & table["tuned"] & (table["stop"] == EQUAL)]
    for noise in (0.0, 0.2):
        cell = tuned[
            (tuned["dataset"] == "animals9")
            & (tuned["neurons"] == 64)
            & (tuned["train_size"] == 1500)
            & (tuned["label_noise"] == noise)
            & (tuned["kernels"] == "8-16")
            & (tuned["regulariser"] == "none")
        ]
        assert sorted(cell["seed"]) == list(range(len(cell)))
        assert len(cell) >= 5


@pytest.mark.slow
def test_networks_drawn_for_this_commit_come_out_alike(table):
    """Other processors round differently, and trainings then part as those of other seeds do."""
    protocol = grid.read(atlas.GRID).protocol
    short = replace(protocol, cap=protocol.equal_steps)
    cheap = table[
        (table["role"] == "result")
        & (table["stop"] == EQUAL)
        & (table["params"] < 110_000)
        & (table["macs"] < 400_000)
        & (table["neurons"] != 1)
        & (table["neurons"] != 2)
    ]
    for _, row in cheap.sample(3, random_state=int(commit()[:8], 16)).iterrows():
        stops = train_network(Run(setting(row), row["lr"], "result", row["seed"]), short)["stops"]
        found = next(stop["test_accuracy"] for stop in stops if stop["stop"] == EQUAL)
        other_seeds = cheap[(cheap[CELL] == row[CELL]).all(axis=1)]["test_accuracy"]
        band = max(0.05, 5 * other_seeds.std())
        assert abs(found - row["test_accuracy"]) < band, (dict(row[CELL]), row["seed"], found)


def setting(row):
    axes = {field.name: row[field.name] for field in fields(Setting)}
    return Setting(**axes | {"kernels": tuple(map(int, row["kernels"].split("-")))})


def commit():
    """What HEAD is called, in hexadecimal digits; zero outside of git."""
    git = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return git.stdout.strip() or "0"
