"""cnnlab's conv2d against PyTorch, SciPy, its own loops, and the matrix product that it comes down to."""

import ctypes
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.signal
import torch

from cnnlab.count import conv2d_macs, conv2d_output_size
from cnnlab.layers import conv2d, conv2d_loops

ROUNDS = 15
TURN = 0.02  # seconds; a short call is repeated as often as fits in
SCIPY_KERNELS = 4  # on one image; its time grows with images × kernels and is scaled up
LOOPS_MACS = 40_000  # likewise


class Layer(NamedTuple):
    name: str
    N: int
    C: int
    H: int
    K: int
    F: int
    S: int = 1
    P: int = 0

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.N}×{self.C}×{self.H}×{self.H}, {self.K} of {self.F}×{self.F}"
            + f", stride {self.S}" * (self.S > 1)
            + f", padding {self.P}" * (self.P > 0)
        )


LAYERS = (
    Layer("28×28, 8 kernels", N=64, C=1, H=28, K=8, F=3, P=1),
    Layer("28×28, 32 kernels", N=64, C=1, H=28, K=32, F=3, P=1),
    Layer("VGG conv3_1", N=4, C=128, H=56, K=256, F=3, P=1),
    Layer("1×1 (ResNet)", N=4, C=256, H=56, K=64, F=1),
    Layer("strided (AlexNet)", N=4, C=3, H=224, K=64, F=11, S=4, P=2),
)


class Contestant(NamedTuple):
    call: Callable[[], object]
    scale: float = 1.0  # the whole layer's work over the part that is timed


def run() -> None:
    print(heading())
    for titles in (
        ("conv2d ÷", "product ÷", "conv2d ÷", "scipy ÷", "loops ÷", "PyTorch"),
        ("PyTorch", "PyTorch", "product", "conv2d", "conv2d", "ms"),
    ):
        print(" " * 18 + "".join(f"{title:>11}" for title in titles))
    for layer in LAYERS:
        print(row(layer, measure(contestants(layer))), flush=True)
    print("\n" + "\n".join(f"  {layer}" for layer in LAYERS))
    print(
        f"  float32; medians of {ROUNDS} interleaved rounds. product: kernels @ windows, ready made.\n"
        "  scipy.signal: the faster of correlate2d and fftconvolve. It and the loops are timed on a part of\n"
        "  the layer and scaled up by the work."
    )


def contestants(layer: Layer) -> dict[str, Contestant]:
    N, C, H, K, F, S, P = layer[1:]
    rng = np.random.default_rng(0)
    x, weight, bias = (rng.standard_normal(s, np.float32) for s in [(N, C, H, H), (K, C, F, F), (K,)])
    tensors = [torch.from_numpy(a) for a in (x, weight, bias)]
    Ho = conv2d_output_size(H, F, S, P)
    kernels = weight.reshape(K, -1)  # (K, C·F·F)
    windows = rng.standard_normal((C * F * F, N * Ho * Ho), np.float32)
    expected = torch.nn.functional.conv2d(*tensors, stride=S, padding=P).numpy()
    np.testing.assert_allclose(conv2d(x, weight, bias, S, P), expected, atol=1e-2)  # the same thing is timed
    return {
        "conv2d": Contestant(lambda: conv2d(x, weight, bias, S, P)),
        "pytorch": Contestant(lambda: torch.nn.functional.conv2d(*tensors, stride=S, padding=P)),
        "product": Contestant(lambda: kernels @ windows),
        **slow_contestants(layer, x, weight),
    }


def slow_contestants(layer: Layer, x: np.ndarray, weight: np.ndarray) -> dict[str, Contestant]:
    """Contestants that get a part of the layer; without the bias, which is nothing beside the rest."""
    N, C, H, K, F, S, P = layer[1:]
    image = np.pad(x[0], ((0, 0), (P, P), (P, P)))
    few = weight[:SCIPY_KERNELS]
    flipped = few[..., ::-1, ::-1]  # a convolution in the strict sense flips once more

    def correlate2d() -> np.ndarray:
        correlate = scipy.signal.correlate2d
        maps = [sum(correlate(image[c], k[c], mode="valid") for c in range(C)) for k in few]
        return np.array(maps)[:, ::S, ::S]

    def fftconvolve() -> np.ndarray:
        maps = scipy.signal.fftconvolve(image[None], flipped, mode="valid", axes=(2, 3)).sum(axis=1)
        return maps[:, ::S, ::S]

    expected = conv2d(image[None], few, stride=S)[0]
    for scipys in (correlate2d, fftconvolve):
        np.testing.assert_allclose(scipys(), expected, atol=1e-2)

    side = min(conv2d_output_size(H, F, S, P), max(1, math.isqrt(LOOPS_MACS // (C * F * F))))
    corner = image[None, :, : (side - 1) * S + F, : (side - 1) * S + F]
    whole = N * conv2d_macs(C, K, F, conv2d_output_size(H, F, S, P))
    return {
        "correlate2d": Contestant(correlate2d, N * K / len(few)),
        "fftconvolve": Contestant(fftconvolve, N * K / len(few)),
        "loops": Contestant(
            lambda: conv2d_loops(corner, few[:1], stride=S), whole / conv2d_macs(C, 1, F, side)
        ),
    }


def measure(entries: dict[str, Contestant]) -> dict[str, float]:
    """Median seconds for the whole layer. All take turns: whatever disturbs, disturbs all."""
    seconds: dict[str, list[float]] = {name: [] for name in entries}
    repeats = {name: max(1, int(TURN / seconds_per_call(entry, 1))) for name, entry in entries.items()}
    for _ in range(ROUNDS):
        for name, entry in entries.items():
            seconds[name].append(seconds_per_call(entry, repeats[name]) * entry.scale)
    return {name: statistics.median(times) for name, times in seconds.items()}


def seconds_per_call(entry: Contestant, repeats: int) -> float:
    entry.call()  # finds its way back into the processor's cache
    start = time.perf_counter()
    for _ in range(repeats):
        entry.call()
    return (time.perf_counter() - start) / repeats


def row(layer: Layer, median: dict[str, float]) -> str:
    ours, theirs, product = median["conv2d"], median["pytorch"], median["product"]
    scipys = min(median["correlate2d"], median["fftconvolve"])
    cells = [f"{ratio:.2f}" for ratio in (ours / theirs, product / theirs, ours / product)]
    cells += [f"{scipys / ours:,.0f}", f"{median['loops'] / ours:,.0f}", f"{1000 * theirs:.2f}"]
    return f"{layer.name:18}" + "".join(f"{cell:>11}" for cell in cells)


def heading() -> str:
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"Convolution, {torch.get_num_threads()} thread each, on {cpu('model name')}\n"
        f"  Python {sys.version.split()[0]}, NumPy {np.__version__} (OpenBLAS kernels: {blas_kernel()}), "
        f"PyTorch {torch.__version__} ({capability}), SciPy {scipy.__version__}\n"
    )


def cpu(field: str) -> str:
    """One line of Linux's description of the processor; elsewhere nothing."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith(field)), "")


def blas_kernel() -> str:
    """For which processor NumPy's own OpenBLAS has chosen its kernels."""
    for library in Path(np.__file__).parents[1].glob("numpy.libs/libscipy_openblas64*"):
        corename = ctypes.CDLL(str(library)).scipy_openblas_get_corename64_
        corename.restype = ctypes.c_char_p
        return corename().decode()
    return "unknown"
