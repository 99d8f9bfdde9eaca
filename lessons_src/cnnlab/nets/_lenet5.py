"""The parts of LeNet-5 that nobody uses any more, as LeCun and others described them in 1998.

"Gradient-based learning applied to document recognition", section II.B and appendix A.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Which maps of S2 each map of C3 sees (the paper's table I): three neighbours, counted in a circle, then four
# neighbours, then two pairs that face each other, then all.
C3_SEES = (
    *((first, (first + 1) % 6, (first + 2) % 6) for first in range(6)),
    *((first, (first + 1) % 6, (first + 2) % 6, (first + 3) % 6) for first in range(6)),
    *((first, (first + 1) % 6, (first + 3) % 6, (first + 4) % 6) for first in range(3)),
    tuple(range(6)),
)

# The digits 0 to 9 by their strokes: top, upper right, lower right, bottom, lower left, upper left, middle.
STROKES = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")


class ScaledTanh(nn.Module):
    """The squashing function 1.7159·tanh(2x/3): it maps 1 to 1 and −1 to −1."""

    def forward(self, x: Tensor) -> Tensor:
        """Squash each number."""
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    """Sums of 2×2 pixels, times a coefficient, plus a bias; each map learns its own two numbers."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, 1, 1), 0.25))  # begins as the average
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """From (N, C, H, W) to (N, C, H/2, W/2)."""
        return nn.functional.avg_pool2d(x, 2, divisor_override=1) * self.weight + self.bias


class PartialConv2d(nn.Module):
    """LeNet-5's C3: 16 maps by 5×5 kernels, each map seeing only some of the 6 before.

    There is a kernel for each of the 60 links: 60·5·5 weights and 16 biases, 1,516 parameters.
    """

    seen: Tensor
    made: Tensor

    def __init__(self) -> None:
        super().__init__()
        links = [(seen, made) for made, sees in enumerate(C3_SEES) for seen in sees]
        seen, made = torch.tensor(links).T
        self.register_buffer("seen", seen)
        self.register_buffer("made", made)
        spread = torch.tensor([25.0 * len(sees) for sees in C3_SEES])[made].rsqrt()  # (60)
        self.weight = nn.Parameter(torch.randn(60, 1, 5, 5) * spread.reshape(60, 1, 1, 1))
        self.bias = nn.Parameter(torch.zeros(16, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """From (N, 6, 14, 14) to (N, 16, 10, 10)."""
        links = nn.functional.conv2d(x[:, self.seen], self.weight, groups=60)  # (N, 60, 10, 10)
        maps = links.new_zeros(len(x), 16, *links.shape[2:]).index_add(1, self.made, links)
        return maps + self.bias


class FixedRBF(nn.Module):
    """LeNet-5's outputs: the squared distance of 84 features to each of ten drawings of 7×12 pixels, ±1.

    The drawings are not learned, so that they are no parameters. The paper's were drawn by hand; ours are
    digits of seven strokes.
    """

    drawings: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("drawings", torch.stack([_drawing(strokes) for strokes in STROKES]))

    def forward(self, x: Tensor) -> Tensor:
        """From (N, 84) to (N, 10): distances, of which the smallest names the digit."""
        return (x[:, None] - self.drawings).square().sum(dim=2)


def _drawing(strokes: str) -> Tensor:
    """Draw a digit on 12 rows of 7 pixels: +1 on its strokes, −1 elsewhere."""
    across, upper, lower = slice(1, 6), slice(1, 6), slice(6, 11)
    places: dict[str, tuple[int | slice, int | slice]] = {
        **{"a": (1, across), "g": (6, across), "d": (10, across)},
        **{"f": (upper, 1), "b": (upper, 5), "e": (lower, 1), "c": (lower, 5)},
    }
    pixels = torch.full((12, 7), -1.0)
    for stroke in strokes:
        pixels[places[stroke]] = 1.0
    return pixels.flatten()
