"""cnnlab's layer_table against torchinfo, ptflops and PyTorch's own counter, on VGG16."""

import gc
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnlab.count import layer_table
from cnnlab.nets import vgg16

IMAGE = (3, 224, 224)
ROUNDS = 9
GOAL = 10  # times as fast as torchinfo and ptflops, called as their manuals call them


class Contestant(NamedTuple):
    """How a tool is called, and which additions it takes for MACs beside the products of a layer."""

    call: Callable[[], tuple[int, int]]  # parameters, MACs
    extra: int = 0
    why: str = ""
    usual: bool = False


def run() -> None:
    """Measure, and print a row for each tool."""
    warnings.simplefilter("ignore")  # theirs
    entries = contestants()
    found = {name: entry.call() for name, entry in entries.items()}  # the first call loads what a tool needs
    seconds: dict[str, list[float]] = {name: [] for name in entries}
    for _ in range(ROUNDS):  # all take turns: whatever disturbs, disturbs all
        for name, entry in entries.items():
            seconds[name].append(seconds_for(entry))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    print(heading())
    print(f"  {'':34}{'ms':>9}{'ratio':>8}{'parameters':>14}{'MACs':>17}   of them beside products")
    for name, entry in entries.items():
        params, macs = found[name]
        ratio = median[name] / median["layer_table"]
        print(f"  {name:34}{1000 * median[name]:9.2f}{ratio:8.1f}{params:14,}{macs:17,}   {entry.why}")
        assert (params, macs - entry.extra) == found["layer_table"], name  # the same thing is timed
    least = min(median[name] for name, entry in entries.items() if entry.usual) / median["layer_table"]
    verdict = "reached" if least >= GOAL else "MISSED"
    print(
        f"\n  Called as usual they take at least {least:.0f} times as long (goal: {GOAL}): {verdict}.\n"
        f"  Medians of {ROUNDS} interleaved rounds. Parameters are equal; MACs are, after what stands at the\n"
        "  right. On the meta device a model is run without numbers: these tools can, if they are told to."
    )


def seconds_for(entry: Contestant) -> float:
    """Time one call, without clearing away in it what others have left."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    entry.call()
    taken = time.perf_counter() - start
    gc.enable()
    return taken


def contestants() -> dict[str, Contestant]:
    """Count the same network by each tool; `real` has its 528 MiB, `shapes` has none."""
    import ptflops
    import torchinfo

    real = vgg16().eval()
    with torch.device("meta"):
        shapes = vgg16().eval()

    def torchinfos(model: nn.Module, device: str) -> tuple[int, int]:
        found = torchinfo.summary(model, (1, *IMAGE), verbose=0, device=device)
        return found.total_params, found.total_mult_adds

    def ptflopss(backend: str) -> tuple[int, int]:
        macs, params = ptflops.get_model_complexity_info(
            real, IMAGE, backend=backend, as_strings=False, print_per_layer_stat=False, verbose=False
        )
        return params, macs

    def ours() -> tuple[int, int]:
        table = layer_table(real, IMAGE)
        return table.params, table.macs

    def pytorchs() -> tuple[int, int]:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            shapes(torch.empty(1, *IMAGE, device="meta"))
        return sum(p.numel() for p in shapes.parameters()), counter.get_total_flops() // 2

    biases, activations, pooled = additions(real)
    return {
        "layer_table": Contestant(ours),
        "torchinfo": Contestant(lambda: torchinfos(real, "cpu"), biases, "biases", usual=True),
        "torchinfo, meta device": Contestant(lambda: torchinfos(shapes, "meta"), biases, "biases"),
        "ptflops": Contestant(
            lambda: ptflopss("pytorch"),
            biases + 2 * (activations + pooled),
            "biases, and twice each ReLU and pooled number",
            usual=True,
        ),
        "ptflops, backend aten": Contestant(lambda: ptflopss("aten"), biases, "biases", usual=True),
        "PyTorch's counter, meta device": Contestant(pytorchs),
    }


def additions(model: nn.Module) -> tuple[int, int, int]:
    """Biases added for an image, numbers through a ReLU, numbers into a pooling: from shapes alone."""
    totals = {nn.Conv2d: 0, nn.Linear: 0, nn.ReLU: 0, nn.MaxPool2d: 0}
    x = torch.empty(1, *IMAGE, device="meta")
    for row, layer in zip(layer_table(model, IMAGE), model.children(), strict=True):
        assert row.output_shape is not None
        written = torch.Size(row.output_shape).numel()
        totals[type(layer)] = totals.get(type(layer), 0) + (
            x.numel() if isinstance(layer, nn.MaxPool2d) else written
        )
        x = torch.empty(row.output_shape, device="meta")
    return totals[nn.Conv2d] + totals[nn.Linear], totals[nn.ReLU], totals[nn.MaxPool2d]


def heading() -> str:
    tools = ", ".join(f"{tool} {version(tool)}" for tool in ("torchinfo", "ptflops"))
    return (
        f"Counting VGG16, {torch.get_num_threads()} thread, Python {sys.version.split()[0]}, "
        f"PyTorch {torch.__version__}, {tools}\n"
    )
