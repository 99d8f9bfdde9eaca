"""Trains what a grid asks for and is not on disk yet: on this machine's cores, or on a Dask cluster."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib
from tqdm import tqdm

from cnnlab.atlas.grid import Grid, Protocol, Run, Setting, SubGrid, key, result_runs, tuning_runs
from cnnlab.atlas.network import train_network
from cnnlab.atlas.store import Record, Store, origin
from cnnlab.count import conv2d_macs


def run(grid: Grid, out: str | Path, *, jobs: int | None = None, scheduler: str | None = None) -> None:
    """Train every network of a grid that `out` does not hold yet.

    Parameters
    ----------
    grid
        What `cnnlab.atlas.grid.read` returns.
    out
        A folder; each finished network is one file in it, which appears complete or not at all. After an
        interruption the same call goes on with what is missing.
    jobs
        Processes on this machine, one thread each; None for one on every core.
    scheduler
        Address of a Dask scheduler. Its workers train instead, and need this package installed; the files
        are written here.
    """
    store = Store(Path(out))
    with workers(jobs, scheduler):
        for subgrid in grid.subgrids:
            train_missing(f"{subgrid.name}, tuning", tuning_runs(grid, subgrid), grid.protocol, store)
            rates = chosen_rates(grid, subgrid, store)
            train_missing(subgrid.name, result_runs(grid, subgrid, rates), grid.protocol, store)


def workers(jobs: int | None = None, scheduler: str | None = None) -> AbstractContextManager[Any]:
    """Choose where networks are trained, until the context ends."""
    backend: AbstractContextManager[Any] = (
        joblib.parallel_config("dask", scheduler_host=scheduler)
        if scheduler
        else joblib.parallel_config("loky", n_jobs=jobs or os.cpu_count(), inner_max_num_threads=1)
    )
    return backend


def chosen_rates(grid: Grid, subgrid: SubGrid, store: Store) -> dict[Setting, float]:
    """Give the learning rate with the lowest validation loss, on average over the tuning seeds."""
    losses: dict[Setting, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in tuning_runs(grid, subgrid):
        (stop,) = store[key(each, grid.protocol)]["stops"]
        losses[each.setting][each.lr].append(stop["val_loss"])
    return {setting: min(by_rate, key=lambda lr: _mean(by_rate[lr])) for setting, by_rate in losses.items()}


def _mean(losses: list[float]) -> float:
    mean = sum(losses) / len(losses)
    return float("inf") if math.isnan(mean) else mean  # a training that broke is no choice


def train_missing(title: str, runs: Iterable[Run], protocol: Protocol, store: Store) -> None:
    """Train the runs that are not in the store, by the workers that were chosen."""
    named = {key(each, protocol): each for each in runs}
    missing = {name: each for name, each in named.items() if name not in store}
    # Long ones first, so that at the end no core waits for one of them.
    queue = sorted(missing.items(), key=lambda item: -work(item[1], protocol))
    with _Progress(title, queue, len(named) - len(queue), protocol) as progress:
        parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="all")
        for name, record in parallel(joblib.delayed(_train)(name, each, protocol) for name, each in queue):
            store[name] = record
            progress.done(missing[name])


def _train(name: str, run: Run, protocol: Protocol) -> tuple[str, Record]:
    """Do one job, in a worker."""
    keep_memory()
    return name, train_network(run, protocol) | origin()


@lru_cache
def keep_memory() -> None:
    """Tell glibc to keep freed memory: asking for it again would take a quarter of the time."""
    if platform.libc_ver()[0] == "glibc":
        trim_threshold, mmap_threshold = -1, -3
        libc = ctypes.CDLL(None)
        libc.mallopt(mmap_threshold, 2**30)
        libc.mallopt(trim_threshold, 2**31 - 1)


def work(run: Run, protocol: Protocol) -> float:
    """Guess how long a network trains, in seconds: for the order of work and the time left, nothing else."""
    s = run.setting
    sides = [28 // 2**level for level in range(len(s.kernels) + 1)]
    channels = (1, *s.kernels)
    convs = sum(
        conv2d_macs(before, after, 3, side)
        for before, after, side in zip(channels, s.kernels, sides, strict=False)
    )
    connections = s.kernels[-1] * sides[-1] ** 2 * s.neurons if s.head == "fc" else 0
    seconds_per_step = 3e-3 + 5e-9 * convs + 8e-9 * connections
    steps = 0.2 + 0.1 * (s.train_size > 300) + 0.25 * (s.train_size > 1500)  # of the cap
    if run.role == "result":
        steps += 0.25 * (s.label_noise > 0)
    if run.role == "curve" or (run.role == "result" and s.neurons < 32):
        steps = 1.0
    return seconds_per_step * steps * protocol.cap + 0.3


class _Progress(AbstractContextManager["_Progress"]):
    """A bar that counts guessed work, so that the time left allows for large and small networks."""

    def __init__(self, title: str, queue: list[tuple[str, Run]], before: int, protocol: Protocol) -> None:
        self.protocol, self.title, self.count, self.total = protocol, title, before, before + len(queue)
        total = sum(work(each, protocol) for _, each in queue)
        form = "{desc} |{bar:20}| {elapsed}, {remaining} left"
        self.bar = tqdm(total=total, desc=self._text(), bar_format=form, file=sys.stdout, disable=not queue)

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def done(self, run: Run) -> None:
        self.count += 1
        self.bar.set_description_str(self._text(), refresh=False)
        self.bar.update(work(run, self.protocol))

    def _text(self) -> str:
        return f"{self.title}: {self.count} of {self.total} networks"
