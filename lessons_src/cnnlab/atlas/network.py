"""Trains one network of the atlas, stops it in three ways, and measures it at each."""

from __future__ import annotations

import base64
import itertools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cnnlab import train
from cnnlab.atlas.grid import Protocol, Run, Setting
from cnnlab.atlas.images import split
from cnnlab.atlas.shipped import SEEDS
from cnnlab.augment import shifts_and_flips
from cnnlab.count import layer_table
from cnnlab.nets import small_cnn

EQUAL, LOWEST, FITTED = "equal steps", "lowest validation loss", "training set fitted"
ON_THE_WAY = "on the way"

# torch's generator is the process's, and dropout draws from it: threads of a Dask worker take turns.
_turn = threading.Lock()


def model_for(setting: Setting, classes: int, seed: int) -> nn.Sequential:
    """Make a setting's network, with the weights that the initialisation seed gives."""
    name, amount = setting.regularisation
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEEDS["init_seed"] + seed)
        model = small_cnn(
            setting.kernels,
            setting.neurons,
            classes,
            dropout=amount if name == "dropout" else 0.0,
            head=setting.head,
            batch_norm=name == "batch norm",
        )
    if name == "frozen convolutions":
        for layer in model:
            if isinstance(layer, nn.Conv2d):
                layer.requires_grad_(False)
    # Each pixel's channels side by side: the layout that PyTorch's convolutions and poolings are fastest in.
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def train_network(run: Run, protocol: Protocol) -> dict[str, Any]:
    """Train one network on one thread; the same run gives the same record on the same machine."""
    with _turn, _one_thread(), torch.random.fork_rng(devices=[]):
        return _Training(run, protocol).record()


@contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Clock(NamedTuple):
    """How far a training has come."""

    steps: int
    seconds: float  # of the processor, spent on training steps alone
    unique_images: int


class _Training:
    """One network on its way through the three stops."""

    def __init__(self, run: Run, protocol: Protocol) -> None:
        setting = run.setting
        self.run, self.protocol = run, protocol
        self.split = split(
            setting.dataset, setting.train_size, setting.label_noise, protocol.validation_size, run.seed
        )
        self.model = model_for(setting, self.split.classes, run.seed)
        name, amount = setting.regularisation
        self.augment = shifts_and_flips(int(amount), flips="flips" in name) if "shifts" in name else None
        learned = [p for p in self.model.parameters() if p.requires_grad]
        decay = amount if name == "weight decay" else 0.0
        self.optimizer = torch.optim.AdamW(learned, lr=run.lr, weight_decay=decay, fused=True)
        self.clock = _Clock(0, 0.0, 0)
        self.shown: set[int] = set()  # a fingerprint of every augmented image
        # The lowest validation loss, when it was reached, with which weights; and whether it may still fall.
        self.lowest_loss, self.lowest = math.inf, (self.clock, self.model.state_dict())
        self.hoping = True

    def record(self) -> dict[str, Any]:
        """Train to the end; return what the network is and how it did at each stop."""
        ways = {"tuning": self._tuning_stops, "result": self._result_stops, "curve": self._curve_stops}
        stops = ways[self.run.role]()
        table = layer_table(self.model, self.split.test.images.shape[1:])
        network = {"lr": self.run.lr, "role": self.run.role, "seed": self.run.seed}
        return (
            asdict(self.run.setting) | network | {"params": table.params, "macs": table.macs, "stops": stops}
        )

    def _tuning_stops(self) -> list[dict[str, Any]]:
        """Stop where the validation loss is lowest: nothing else is asked."""
        for _ in self._checks():
            if not self.hoping:
                break
        return [self._stop_at_lowest()]

    def _result_stops(self) -> list[dict[str, Any]]:
        """Stop in all three ways, which do not depend on one another."""
        stops: dict[str, dict[str, Any]] = {}
        for _ in self._checks():
            if self.clock.steps == self.protocol.equal_steps:
                stops[EQUAL] = self._stop(EQUAL)
            if FITTED not in stops and self._fits():
                stops[FITTED] = self._stop(FITTED) | {"fitted": True}
            if len(stops) == 2 and not self.hoping:
                break
        if FITTED not in stops:
            stops[FITTED] = self._stop(FITTED) | {"fitted": False}
        return [*stops.values(), self._stop_at_lowest()]

    def _curve_stops(self) -> list[dict[str, Any]]:
        """Measure again and again, to the cap."""
        every = self.protocol.curve_every
        return [self._stop(ON_THE_WAY) for _ in self._checks() if self.clock.steps % every == 0]

    def _checks(self) -> Iterator[None]:
        """Train to the cap; pause regularly to look at the validation loss, and for the caller."""
        batches = self._batches()
        for steps in range(self.protocol.check_every, self.protocol.cap + 1, self.protocol.check_every):
            start = time.process_time()
            self.model.train()
            for images, labels in itertools.islice(batches, self.protocol.check_every):
                loss = cross_entropy(self.model(images), labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            self.clock = _Clock(steps, self.clock.seconds + time.process_time() - start, self._unique(steps))
            if self.hoping:
                self._look_at_validation()
            yield

    def _look_at_validation(self) -> None:
        """Remember the weights with the lowest loss; once it has not fallen for long, it counts as found."""
        loss, _ = train.evaluate(self.model, self.split.validation.images, self.split.validation.given)
        if loss < self.lowest_loss:  # never true of a loss that is no number
            weights = {name: value.clone() for name, value in self.model.state_dict().items()}
            self.lowest_loss, self.lowest = loss, (self.clock, weights)
        self.hoping = self.clock.steps - self.lowest[0].steps < self.protocol.patience

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Pass over the training images again and again, each time in a new order."""
        images, labels = (torch.from_numpy(array) for array in self.split.training[:2])
        order = torch.Generator().manual_seed(SEEDS["order_seed"] + self.run.seed)
        torch.manual_seed(SEEDS["order_seed"] + self.run.seed)  # of dropout and augmentation
        while True:
            for batch in torch.randperm(len(images), generator=order).split(self.protocol.batch_size):
                x = images[batch]  # (N, C, H, W)
                if self.augment:
                    x = self.augment(x)
                    self.shown.update(hash(image.tobytes()) for image in x.numpy())
                yield x, labels[batch]

    def _unique(self, steps: int) -> int:
        shown = min(steps * self.protocol.batch_size, self.run.setting.train_size)
        return len(self.shown) if self.augment else shown

    def _fits(self) -> bool:
        """Whether the given training labels are reproduced; most often a few images are enough to say no."""
        images, given, _ = self.split.training
        wrong_allowed = (1 - self.protocol.fitted) * len(given)
        wrong = 0
        for start in range(0, len(given), train.EVALUATION_BATCH):
            rows = slice(start, start + train.EVALUATION_BATCH)
            guess = train.predict(self.model, images[rows]).argmax(1).numpy()
            wrong += int((guess != given[rows]).sum())
            if wrong > wrong_allowed + 1e-9:  # 0.01 · 1500 is a little under 15
                return False
        return True

    def _stop_at_lowest(self) -> dict[str, Any]:
        """Go back to the weights that had the lowest validation loss."""
        self.clock, weights = self.lowest
        self.model.load_state_dict(weights)
        return self._stop(LOWEST)

    def _stop(self, name: str) -> dict[str, Any]:
        """Measure the network as it is now."""
        training, validation, test = parts = self.split[:3]
        logits = [train.predict(self.model, part.images) for part in parts]  # (N, classes) each
        guesses = [each.argmax(1).numpy() for each in logits]
        train_loss, val_loss, test_loss = (
            cross_entropy(each, torch.from_numpy(part.given)).item()
            for each, part in zip(logits, parts, strict=True)
        )
        correct = guesses[2] == test.given
        return {
            "stop": name,
            **self.clock._asdict(),
            "epochs": self.clock.steps / math.ceil(len(training.given) / self.protocol.batch_size),
            "train_loss": train_loss,
            "val_loss": val_loss,
            "test_loss": test_loss,
            "train_accuracy": float((guesses[0] == training.given).mean()),
            "train_accuracy_true": float((guesses[0] == training.true).mean()),
            "val_accuracy": float((guesses[1] == validation.given).mean()),
            "test_accuracy": float(correct.mean()),
            "predicted_classes": len(np.unique(guesses[2])),
            "correct": base64.b64encode(np.packbits(correct).tobytes()).decode(),
        }
