"""The atlas's engine against the straightforward way: networks per minute, and what makes the difference."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from cnnlab import nets, train
from cnnlab.atlas import runner
from cnnlab.atlas.grid import Protocol, Run, Setting
from cnnlab.atlas.images import split
from cnnlab.atlas.network import train_network
from cnnlab.atlas.store import Store
from tests.bench.convolution import cpu

ROUNDS = 2
PROTOCOL = Protocol(
    batch_size=64,
    validation_size=900,
    learning_rates=(0.001,),
    untuned_rate=0.001,
    tuning_seeds=(),
    check_every=30,
    equal_steps=450,
    fitted=1.01,  # never: all train to the cap
    cap=450,
    patience=450,
    curve_every=450,
)
SETTINGS = (Setting(neurons=64), Setting(neurons=1024), Setting(neurons=64, kernels=(2, 4)))

# What each way does beyond the one before it.
WAYS = {
    "plain": "PyTorch's defaults; all training, validation and test images are scored at every check",
    "rarely": "test images only at the end, and validation images in batches that fit into the cache",
    "layout": "each pixel's channels side by side in memory (channels last)",
    "memory": "freed memory is kept, not given back to the system at every step",
    "engine": "cnnlab.atlas: with three stops, at which all images are scored, and the look for the fit",
}


def run() -> None:
    print(
        f"Training: {PROTOCOL.cap} steps, a check every {PROTOCOL.check_every}, on {cpu('model name')}\n"
        f"  Python {sys.version.split()[0]}, PyTorch {torch.__version__}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before this began\n"
    )
    seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for seed in range(ROUNDS):
        losses: dict[str, dict[str, float]] = defaultdict(dict)
        for way in WAYS:
            for network, (taken, loss) in child("one", way, str(seed)).items():
                seconds[network][way].append(taken)
                losses[network][way] = loss
        for network, found in losses.items():
            assert max(found.values()) < 1.05 * min(found.values()), (
                network,
                found,
            )  # the same thing is timed
    print("Processor seconds for one network on one thread, the fastest; others as shares of plain")
    print(f"{'kernels, neurons':>18}" + "".join(f"{way:>9}" for way in WAYS))
    for network, ways in seconds.items():
        least = {way: min(times) for way, times in ways.items()}  # what disturbs only ever adds
        shares = "".join(f"{least[way] / least['plain']:>9.2f}" for way in list(WAYS)[1:])
        print(f"{network:>18}{least['plain']:>8.2f}s{shares}")
    print("\n".join(f"  {way}: {meaning}" for way, meaning in WAYS.items()))
    by_the_clock()


def by_the_clock() -> None:
    """All cores at once, the best of three. Says something only on a machine that does nothing else."""
    one_by_one, engine = (
        max(child("minute", way)["networks"] for _ in range(3)) for way in ("plain", "engine")
    )
    print(
        f"\nNetworks per minute by the clock (8-16, 64), load now {os.getloadavg()[0]:.1f}:\n"
        f"  plain, one after another, with as many threads as PyTorch takes: {one_by_one:.1f}\n"
        f"  engine, a process for each core: {engine:.1f}, which is {engine / one_by_one:.1f} times as many"
    )


def child(*words: str) -> dict[str, Any]:
    """Ask a process of its own, with the defaults that this benchmark is about, not those of the others."""
    from tests.bench.__main__ import ENVIRONMENT

    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    command = [sys.executable, "-m", "tests.bench.atlas", *words]
    answer: dict[str, Any] = json.loads(
        subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    )
    return answer


def one(way: str, seed: int) -> dict[str, tuple[float, float]]:
    """Processor seconds and test loss of each network."""
    torch.set_num_threads(1)
    if way in ("memory", "engine"):
        runner.keep_memory()
    found = {}
    for setting in SETTINGS:
        split(setting.dataset, setting.train_size, 0.0, PROTOCOL.validation_size, seed)  # not timed
        start = time.process_time()
        loss = train_one(way, Run(setting, 0.001, "result", seed))
        name = f"{'-'.join(map(str, setting.kernels))}, {setting.neurons}"
        found[name] = (time.process_time() - start, loss)
    return found


def minute(way: str) -> dict[str, float]:
    """How many networks are trained in a minute, seen by the clock."""
    runs = [Run(SETTINGS[0], 0.001, "result", seed) for seed in range(2 * (os.cpu_count() or 1))]
    for seed in range(len(runs)):
        split("animals9", 1500, 0.0, PROTOCOL.validation_size, seed)
    with tempfile.TemporaryDirectory() as folder, runner.workers(), redirect_stdout(sys.stderr):
        store = Store(Path(folder))
        if way == "engine":  # start the workers
            runner.train_missing("", [run._replace(role="tuning") for run in runs], PROTOCOL, store)
        start = time.perf_counter()
        if way == "engine":
            runner.train_missing("", runs, PROTOCOL, store)
        else:
            for each in runs:
                train_one(way, each)
        return {"networks": 60 * len(runs) / (time.perf_counter() - start)}


def train_one(way: str, run: Run) -> float:
    """Train one network and return its test loss."""
    if way == "engine":
        stops = train_network(run, PROTOCOL)["stops"]
        return next(float(stop["test_loss"]) for stop in stops if stop["stop"] == "equal steps")
    return plain(run, everything=way == "plain", channels_last=way in ("layout", "memory"))


def plain(run: Run, *, everything: bool, channels_last: bool) -> float:
    """Write a training down naively, for what the atlas wants to know."""
    setting, lr, _, seed = run
    training, validation, test, classes = split(
        setting.dataset, setting.train_size, setting.label_noise, PROTOCOL.validation_size, seed
    )
    with torch.random.fork_rng():
        torch.manual_seed(2000 + seed)
        model = nets.small_cnn(setting.kernels, setting.neurons, classes=classes)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    order = torch.Generator().manual_seed(3000 + seed)
    images, labels = torch.from_numpy(training.images), torch.from_numpy(training.given)
    done = 0
    while done < PROTOCOL.cap:
        for batch in torch.randperm(len(images), generator=order).split(PROTOCOL.batch_size):
            loss = cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            if done % PROTOCOL.check_every == 0:
                if everything:
                    with torch.no_grad():
                        for part in (training, validation, test):
                            cross_entropy(model(torch.from_numpy(part.images)), torch.from_numpy(part.given))
                else:
                    train.evaluate(model, validation.images, validation.given)
                    model.train()
            if done == PROTOCOL.cap:
                break
    return train.evaluate(model, test.images, test.true)[0]


if __name__ == "__main__":
    name, way, *seed = sys.argv[1:]
    print(json.dumps(one(way, int(seed[0])) if name == "one" else minute(way)))
