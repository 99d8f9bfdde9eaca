"""The rules of the task, and what to say to a network that breaks one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.capstone.images import CLASSES

if TYPE_CHECKING:
    from torch import nn

    from cnnlab.count import LayerTable

NUMBERS = 50_000  # that a network stores: parameters, and what batch normalisation keeps beside them
MACS = 2_000_000  # for one image
SECONDS = 60  # of processor time to train, on one thread
IMAGE = (1, 28, 28)


def check(model: object) -> None:
    """Say whether a network keeps the rules, and what to change if it does not.

    Parameters
    ----------
    model : nn.Module
        Takes (N, 1, 28, 28), returns logits (N, 9). It is left as it is.

    Examples
    --------
    >>> from cnnlab import nets
    >>> check(nets.small_cnn((8, 16), fc=56, classes=9))
    Keeps the rules: 45,721 of 50,000 numbers, 326,648 of 2,000,000 MACs.
    >>> check(nets.small_cnn((8, 16), fc=64, classes=9))
    Breaks the rules:
    - It stores 52,073 numbers, 2,073 too many. Most are in fc1: 50,240.
    """
    from torch import nn

    if not isinstance(model, nn.Module) or faults(model):
        print("Breaks the rules:", *faults(model), sep="\n- ")
        return
    macs = _counted(model).macs
    print(f"Keeps the rules: {stored(model):,} of {NUMBERS:,} numbers, {macs:,} of {MACS:,} MACs.")


def faults(model: object) -> list[str]:
    """List which rules a network breaks, a sentence or two for each; an empty list if none.

    What cannot be known before something else is mended is not said yet.

    Examples
    --------
    >>> from torch import nn
    >>> faults(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)))
    ['It returns (8, 10) for 8 images; 9 classes need (8, 9).']
    """
    from torch import nn

    if not isinstance(model, nn.Module):
        got = "a class: call it" if isinstance(model, type) else f"{type(model).__name__}"
        return [f"build() has to return a network, an nn.Module; got {got}."]
    try:
        table = _counted(model)
    except (TypeError, ValueError) as error:
        reason = str(error).removeprefix("layer_table: ").removeprefix("(model), ")
        return [f"It cannot take an image: {reason.partition('. The model was')[0]}."]
    return [*_too_large(model, table), *_answers(model)]


def stored(model: nn.Module) -> int:
    """Count the numbers that a network stores: parameters, buffers, and tensors that it registers as neither.

    Examples
    --------
    >>> from torch import nn
    >>> stored(nn.BatchNorm2d(8))  # 2 · 8 learned, 2 · 8 kept, and how many batches it has seen
    33
    """
    return sum(_stored_by_layer(model).values())


def _stored_by_layer(model: nn.Module) -> dict[str, int]:
    from torch import Tensor

    # One tensor may be known under several names, and counts once: for the first layer that holds it.
    held: dict[int, tuple[str, int]] = {}
    for name, module in model.named_modules():
        own: list[Any] = [*module.parameters(recurse=False), *module.buffers(recurse=False)]
        for value in (*own, *vars(module).values()):
            if isinstance(value, Tensor):
                held.setdefault(id(value), (name or "the network itself", value.numel()))
    sums: dict[str, int] = {}
    for name, count in held.values():
        sums[name] = sums.get(name, 0) + count
    return sums


def _counted(model: nn.Module) -> LayerTable:
    from cnnlab.count import layer_table

    return layer_table(model, IMAGE)


def _too_large(model: nn.Module, table: LayerTable) -> Iterator[str]:
    by_layer = _stored_by_layer(model)
    total = sum(by_layer.values())
    if total > NUMBERS:
        name = max(by_layer, key=lambda name: by_layer[name])
        yield (
            f"It stores {total:,} numbers, {total - NUMBERS:,} too many. "
            f"Most are in {name}: {by_layer[name]:,}."
        )
    if table.macs > MACS:
        row = max(table, key=lambda row: row.macs)
        yield (
            f"It does {table.macs:,} MACs for an image, {table.macs - MACS:,} too many. "
            f"Most are in {row.name}: {row.macs:,}."
        )
    for row in table:
        if "does not register" in row.note:
            yield (
                f"{row.name} {row.note}: they are neither trained nor counted. "
                "Keep layers in nn.Sequential or nn.ModuleList, not in a list."
            )
        elif "not counted" in row.note:
            yield f"{row.name} does something whose MACs cannot be counted ({row.note})."


def _answers(model: nn.Module) -> Iterator[str]:
    """Try the network on a few images, in evaluation."""
    import torch

    from cnnlab.train import predict

    modes = {module: module.training for module in model.modules()}
    before = {name: value.clone() for name, value in model.state_dict().items()}
    images = np.random.default_rng(0).random((8, *IMAGE), dtype=np.float32)
    try:
        once = predict(model, images)
        twice, alone = predict(model, images), predict(model, images[:1])
    except Exception as error:  # whatever it is, its author needs to know
        yield f"It fails on 8 images: {type(error).__name__}: {str(error).partition('.')[0]}."
        return
    finally:
        for module, mode in modes.items():
            module.training = mode
        changed = any(not torch.equal(before[n], v) for n, v in model.state_dict().items() if n in before)
        model.load_state_dict(before, strict=False)
    if once.shape != (8, len(CLASSES)):
        yield f"It returns {tuple(once.shape)} for 8 images; {len(CLASSES)} classes need (8, {len(CLASSES)})."
    elif not torch.isfinite(once).all():
        yield "It returns numbers that are not finite. Is the learning rate too large?"
    elif changed:
        yield "Answering changes what it stores: training is still going on in model.eval()."
    elif not torch.equal(once, twice):
        yield (
            "It answers the same images differently each time, in model.eval() too. "
            "Is there a dropout that is always on? Say F.dropout(x, training=self.training)."
        )
    elif not torch.allclose(once[:1], alone, rtol=1e-3, atol=1e-4):
        yield (
            "Its answer to an image depends on the other images of the batch, in model.eval() too. "
            "Does batch normalisation keep its running averages?"
        )
