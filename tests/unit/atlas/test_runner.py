"""Training a whole grid: once each, whatever interrupts it; and what is chosen by tuning."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from cnnlab.atlas import __main__ as command
from cnnlab.atlas import grid, runner
from cnnlab.atlas.store import Store

CALL = [sys.executable, "-m", "cnnlab.atlas", "run"]


def records(folder):
    """All networks of a folder, without what differs from run to run."""
    found = {}
    for path in folder.glob("*.json"):
        record = json.loads(path.read_text())
        for stop in record["stops"]:
            del stop["seconds"]
        found[path.name] = record
    return found


def names(tiny, folder):
    store = Store(folder)
    for subgrid in tiny.subgrids:
        runs = [*grid.tuning_runs(tiny, subgrid)]
        runs += grid.result_runs(tiny, subgrid, runner.chosen_rates(tiny, subgrid, store))
        yield from (f"{grid.key(run, tiny.protocol)}.json" for run in runs)


def test_every_network_is_trained_and_no_other(tiny, finished):
    assert set(records(finished)) == set(names(tiny, finished))


def test_records_say_where_they_come_from(finished):
    for record in records(finished).values():
        assert "PyTorch" in record["versions"]
        assert record["machine"]
        assert record["commit"]


def test_what_is_finished_is_not_trained_again(tiny, finished, monkeypatch):
    monkeypatch.setattr(runner, "train_network", lambda *_: pytest.fail("trained again"))
    runner.run(tiny, finished, jobs=1)


def test_an_interrupted_run_goes_on_where_it_stopped(tiny, finished, tmp_path, monkeypatch):
    done = records(finished)
    some = sorted(done)[::3]
    for name in some:
        shutil.copy(finished / name, tmp_path / name)
    trained = []
    original = runner.train_network

    def interrupted(run, protocol):
        if len(trained) == 4:
            raise KeyboardInterrupt
        trained.append(grid.key(run, protocol))
        return original(run, protocol)

    monkeypatch.setattr(runner, "train_network", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runner.run(tiny, tmp_path, jobs=1)
    assert len(records(tmp_path)) >= len(some) + 3  # one may have been on its way back
    monkeypatch.setattr(runner, "train_network", original)
    runner.run(tiny, tmp_path, jobs=1)
    assert records(tmp_path) == done


def test_a_crash_while_writing_leaves_no_file(tmp_path, monkeypatch):
    store = Store(tmp_path)

    def crash(_):
        raise OSError

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError):  # noqa: PT011 (what fsync says when it fails is the system's)
        store["network"] = {"stops": []}
    assert "network" not in store
    assert not list(tmp_path.glob("*.json"))


def test_the_rate_with_the_lowest_mean_validation_loss_is_chosen(tiny, tmp_path):
    store = Store(tmp_path)
    neurons = tiny.subgrids[0]
    # Mean 2.0 at 0.001; at 0.01 mean 1.5 for one neuron, and a training that broke for sixteen.
    for run in grid.tuning_runs(tiny, neurons):
        loss = 2.0 if run.lr == 0.001 else (1.0 if run.seed == 100 else 2.0)
        if run.lr == 0.01 and run.setting.neurons == 16 and run.seed == 101:
            loss = float("nan")
        store[grid.key(run, tiny.protocol)] = {"stops": [{"val_loss": loss}]}
    rates = runner.chosen_rates(tiny, neurons, store)
    assert {setting.neurons: rate for setting, rate in rates.items()} == {1: 0.01, 16: 0.001}


def test_progress_tells_how_far_it_is(tiny, finished, tmp_path, capsys):
    some = sorted(path for path in finished.glob("*.json") if "_curve_" not in path.name)
    for path in some:
        shutil.copy(path, tmp_path)
    runner.run(tiny, tmp_path, jobs=1)
    assert "curves: 2 of 2 networks" in capsys.readouterr().out.replace("\r", "\n")


def test_ctrl_c_says_how_to_go_on(tiny_file, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", interrupted)
    with pytest.raises(SystemExit, match="the same call goes on from there"):
        command.main(["run", str(tiny_file), "--out", str(tmp_path)])


@pytest.mark.slow
def test_two_workers_give_what_one_gives(tiny_file, finished, tmp_path):
    subprocess.run([*CALL, tiny_file, "--out", tmp_path, "--jobs", "2"], check=True)
    assert records(tmp_path) == records(finished)


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_half(tiny_file, finished, tmp_path):
    """SIGKILL, which nothing can catch, three times; then to the end."""
    before = 0
    for _ in range(3):
        process = subprocess.Popen(
            [*CALL, tiny_file, "--out", tmp_path, "--jobs", "1"], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while len(list(tmp_path.glob("*.json"))) < before + 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = records(tmp_path)  # every file that is there can be read
        assert before + 5 <= len(now) < len(records(finished))
        before = len(now)
    subprocess.run([*CALL, tiny_file, "--out", tmp_path, "--jobs", "1"], check=True)
    assert records(tmp_path) == records(finished)
