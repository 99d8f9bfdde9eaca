"""More training images out of those there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnlab._pairs import as_int

if TYPE_CHECKING:
    from torch import Tensor


def shifts_and_flips(pixels: int = 2, *, flips: bool = True) -> Callable[[Tensor], Tensor]:
    """Make an `augment` for `cnnlab.train.fit`: random shifts, and every other image mirrored.

    Parameters
    ----------
    pixels
        An image moves by up to so many pixels, up or down and left or right, each distance as likely. What
        moves in is black; what moves out is lost.
    flips
        Whether left and right are swapped in half of the images.

    Returns
    -------
    callable
        Takes a batch (N, C, H, W) and returns one of the same shape. It draws from torch's generator, which
        `fit` seeds.

    Examples
    --------
    >>> import torch
    >>> shifts_and_flips(pixels=2)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """
    import torch

    as_int("pixels", pixels, 0)

    def augment(images: Tensor) -> Tensor:
        N, C, H, W = images.shape
        padded = torch.nn.functional.pad(images, [pixels] * 4)  # (N, C, H + 2·pixels, W + 2·pixels)
        # Drawn on the processor, so that every device sees the same images.
        rows = torch.randint(2 * pixels + 1, (N, 1)) + torch.arange(H)
        columns = torch.randint(2 * pixels + 1, (N, 1)) + torch.arange(W)
        if flips:
            columns = torch.where(torch.rand(N, 1) < 0.5, columns.flip(1), columns)
        image, channel = torch.arange(N).view(N, 1, 1, 1), torch.arange(C).view(C, 1, 1)
        where = (image, channel, rows.view(N, 1, H, 1), columns.view(N, 1, 1, W))
        return padded[tuple(each.to(images.device) for each in where)]

    return augment
