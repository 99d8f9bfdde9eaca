"""From finished networks to the table, and back."""

import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from cnnlab import atlas
from cnnlab.atlas import __main__ as command
from cnnlab.atlas import grid, table
from cnnlab.atlas.shipped import correct

COLUMNS = {
    *(
        "dataset",
        "train_size",
        "label_noise",
        "kernels",
        "neurons",
        "head",
        "regulariser",
        "steps",
        "lr",
        "seed",
    ),
    *("params", "macs", "train_accuracy", "test_accuracy", "train_loss", "test_loss", "seconds", "stop"),
    *("val_accuracy", "train_accuracy_true"),
}


@pytest.fixture
def rows(gathered):
    return atlas.load(gathered)


def test_a_row_for_each_network_and_stop(rows, finished):
    stops = [len(json.loads(path.read_text())["stops"]) for path in finished.glob("*.json")]
    assert len(rows) == sum(stops)
    assert rows.attrs["networks"] == len(stops)
    assert rows.attrs["networks_missing"] == 0
    results = rows[rows["role"] == "result"]
    assert (
        results.groupby(["subgrid", "lr", "seed", "neurons", "label_noise", "regulariser", "head"]).size()
        == 3
    ).all()


def test_columns_are_those_that_lessons_rely_on(rows):
    assert set(rows) >= COLUMNS
    seeds = rows[["subset_seed", "noise_seed", "init_seed", "order_seed"]]
    assert (seeds.sub(rows["seed"], axis=0) == [0, 1000, 2000, 3000]).all(axis=None)
    assert set(rows["kernels"]) == {"2-4"}
    assert rows["fitted"].notna().equals(rows["stop"] == "training set fitted")


def test_tuned_marks_one_rate_for_each_setting(rows):
    results = rows[(rows["role"] == "result") & rows["subgrid"].isin(["neurons", "untuned"])]
    rates = results[results["tuned"]].groupby(["neurons", "label_noise"])["lr"].nunique()
    assert (rates == 1).all()
    assert (results.loc[~results["tuned"], "lr"] == 0.001).all()


def test_values_are_those_of_the_networks(rows, finished):
    for path in list(finished.glob("*.json"))[::5]:
        record = json.loads(path.read_text())
        same = rows[
            (rows["role"] == record["role"])
            & (rows["lr"] == record["lr"])
            & (rows["seed"] == record["seed"])
            & (rows["neurons"] == record["neurons"])
            & (rows["label_noise"] == record["label_noise"])
            & (rows["regulariser"] == record["regulariser"])
            & (rows["head"] == record["head"])
        ]
        assert same["test_loss"].tolist() == pytest.approx(
            [stop["test_loss"] for stop in record["stops"]], rel=1e-4
        )


def test_which_images_were_right(rows):
    for dataset in ("animals9", "fashion_mnist"):
        results = rows[(rows["role"] == "result") & (rows["dataset"] == dataset)].sample(
            frac=0.5, random_state=0
        )
        right = correct(results)
        assert right.shape[0] == len(results)
        assert right.mean(1) == pytest.approx(results["test_accuracy"].to_numpy(), abs=1e-5)


def test_which_images_were_right_is_not_kept_for_tuning(rows):
    with pytest.raises(ValueError, match='expected rows with the role "result"'):
        correct(rows[rows["role"] == "tuning"])


def test_baselines_for_every_set_of_images(gathered, rows):
    found = atlas.baselines(gathered)
    results = rows[rows["role"] != "tuning"]
    cells = ["dataset", "train_size", "label_noise", "seed"]
    assert set(map(tuple, found[cells].to_numpy())) == set(map(tuple, results[cells].to_numpy()))
    by_name = found.groupby("baseline")["test_accuracy"].mean()
    assert by_name["majority class"] == pytest.approx(1 / 9, abs=0.01)
    assert 0.3 < by_name["1-nearest-neighbour"] < 0.9


def test_same_networks_same_bytes(tiny, finished, gathered, tmp_path):
    table.gather(tiny, finished, tmp_path)
    for path in sorted(gathered.iterdir()):
        if path.suffix != ".npz":  # a zip file keeps the time of day
            assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_an_unfinished_grid_gives_what_there_is(tiny, finished, tmp_path):
    some, into = tmp_path / "some", tmp_path / "into"
    some.mkdir()
    kept = [path for path in finished.glob("*.json") if "_result_2_" not in path.name]
    for path in kept:
        (some / path.name).write_bytes(path.read_bytes())
    found = table.gather(tiny, some, into)
    assert found.attrs["networks"] == len(kept)
    assert found.attrs["networks_missing"] == len(list(finished.glob("*.json"))) - len(kept)
    pd.testing.assert_series_equal(atlas.load(into)["steps"], found["steps"])


def test_without_finished_networks_there_is_no_table(tiny, tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no finished network of this grid"):
        table.gather(tiny, tmp_path, tmp_path)


def test_without_a_table_the_error_says_how_to_make_one(tmp_path):
    for read in (atlas.load, atlas.baselines):
        with pytest.raises(FileNotFoundError, match=re.escape("python -m cnnlab.atlas run --out DIR")):
            read(tmp_path)


def test_from_the_command_line(tiny_file, finished, tmp_path, capsys):
    command.main(["table", str(tiny_file), "--out", str(finished), "--into", str(tmp_path)])
    assert re.search(r"\d+ networks, 0 still missing", capsys.readouterr().out)
    assert not atlas.load(tmp_path).empty


def test_reading_needs_neither_torch_nor_what_trains():
    code = "import sys, cnnlab.atlas; print({'torch', 'yaml', 'joblib', 'pandas'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "set()\n"


def test_the_courses_grid_is_what_the_command_takes_by_default():
    assert grid.read(atlas.GRID).subgrids[0].name == "neurons"
