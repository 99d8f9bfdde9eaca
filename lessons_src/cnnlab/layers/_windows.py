"""What convolution and pooling share: a view of every window of every image, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from cnnlab._pairs import Pair

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]

# How much memory a convolution works in at a time. Measured on VGG's layers: smaller blocks leave the matrix
# product too few columns, larger ones fall out of the processor's cache; 2 to 8 MiB are about equal.
BLOCK_BYTES = 4 * 2**20


class Grid(NamedTuple):
    """Where the windows lie on an image; each pair is (height, width)."""

    kernel_size: Pair
    stride: Pair
    dilation: Pair
    padding: tuple[Pair, Pair]  # ((top, bottom), (left, right))
    output_size: Pair


def pad(x: FloatArray, grid: Grid, value: float = 0.0) -> FloatArray:
    """Put a frame of `value` around every image; without padding this is `x` itself."""
    (top, bottom), (left, right) = grid.padding
    if not any((top, bottom, left, right)):
        return x
    N, C, H, W = x.shape
    framed = np.full((N, C, top + H + bottom, left + W + right), value, dtype=x.dtype)
    framed[:, :, top : top + H, left : left + W] = x
    return framed


def crop(framed: FloatArray, grid: Grid) -> FloatArray:
    """Take the frame of `pad` away again."""
    (top, bottom), (left, right) = grid.padding
    _, _, H, W = framed.shape
    return framed[:, :, top : H - bottom, left : W - right]


def windows(framed: FloatArray, grid: Grid, *, writeable: bool = False) -> FloatArray:
    """View every window of every image: `[n, c, :, :, i, j]` is what output pixel (i, j) looks at.

    A pixel shows up in up to F·F windows, but a view only steps through memory in another order: nothing is
    copied until it is reshaped. Writing into a writeable view writes into `framed`.
    """
    (Fh, Fw), (Sh, Sw), (Dh, Dw), _, _ = grid
    spans = (Dh * (Fh - 1) + 1, Dw * (Fw - 1) + 1)
    view = sliding_window_view(framed, spans, axis=(2, 3), writeable=writeable)
    view = view[:, :, ::Sh, ::Sw, ::Dh, ::Dw]  # (N, C, Ho, Wo, F, F)
    return view.transpose(0, 1, 4, 5, 2, 3)  # (N, C, F, F, Ho, Wo)


def columns(view: FloatArray, *, ones: bool = False) -> FloatArray:
    """Lay each window out as one column, for a matrix product ("im2col"); here the pixels are copied.

    With `ones` each column gets a last entry 1, whose weight is the bias.
    """
    n, C, Fh, Fw, r, Wo = view.shape
    if not ones:
        return view.reshape(n, C * Fh * Fw, r * Wo)
    out = np.empty((n, C * Fh * Fw + 1, r * Wo), dtype=view.dtype)
    out[:, :-1].reshape(view.shape)[...] = view  # splitting an axis makes a view: this writes into out
    out[:, -1] = 1
    return out


def add_windows(view: FloatArray, values: FloatArray) -> None:
    """Add each window's values onto the pixels that it looks at: the way back, "col2im".

    Windows overlap, so a pixel receives a sum. One place of the window at a time: its pixels are distinct,
    while adding a whole window at once would count a shared pixel only once.
    """
    for f, g in np.ndindex(view.shape[2:4]):
        view[:, :, f, g] += values[:, :, f, g]


def blocks(view: FloatArray) -> Iterator[tuple[slice, slice]]:
    """Cut the windows into (images, output rows) of at most `BLOCK_BYTES`, or one output row if it is larger.

    Small images go many at a time; of a large one a few rows.
    """
    N, C, Fh, Fw, Ho, Wo = view.shape
    image_bytes = max(1, C * Fh * Fw * Ho * Wo * view.itemsize)  # once copied
    n = max(1, BLOCK_BYTES // image_bytes)
    r = min(Ho, max(1, BLOCK_BYTES * Ho // image_bytes))
    r = ceil(Ho / ceil(Ho / r))  # equal parts: a small rest would be a slow matrix product
    for image in range(0, N, n):
        for row in range(0, Ho, r):
            yield slice(image, image + n), slice(row, row + r)
