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


def changed(images: Tensor, *, right: Tensor, down: Tensor, degrees: Tensor, scale: Tensor) -> Tensor:
    """Move, turn and scale images about their middle, each by its own amounts.

    Parameters
    ----------
    images : (N, C, H, H) tensor
        Square ones.
    right, down : (N,) tensors
        Pixels; what leaves the frame is lost, what comes in is black.
    degrees : (N,) tensor
        Clockwise.
    scale : (N,) tensor
        Below 1 the animal becomes smaller.

    Returns
    -------
    (N, C, H, H) tensor
        Values between pixels are interpolated, so that edges become softer.

    Examples
    --------
    >>> import torch
    >>> image = torch.zeros(1, 1, 5, 5)
    >>> image[0, 0, 1, 2] = 1.0  # above the middle
    >>> one, none = torch.ones(1), torch.zeros(1)
    >>> changed(image, right=none, down=none, degrees=90 * one, scale=one)[0, 0].round().nonzero().tolist()
    [[2, 3]]
    """
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    angle = torch.deg2rad(degrees)
    # From a place in the result back to the place that is shown there: unmove, unturn, unscale.
    cos, sin = torch.cos(angle) / scale, torch.sin(angle) / scale
    x, y = 2 * right / images.shape[-1], 2 * down / images.shape[-2]  # half the image is 1
    back = torch.stack([cos, sin, -cos * x - sin * y, -sin, cos, sin * x - cos * y], dim=1).view(-1, 2, 3)
    grid = affine_grid(back.to(images), list(images.shape), align_corners=False)
    return grid_sample(images, grid, align_corners=False)


def moves_turns_and_scales(
    pixels: float = 2.0, degrees: float = 15.0, smallest: float = 0.8, *, flips: bool = True
) -> Callable[[Tensor], Tensor]:
    """Make an `augment` for `cnnlab.train.fit`: images moved, turned and made smaller, all at once.

    Parameters
    ----------
    pixels
        An image moves by up to so many pixels, fractions too, up or down and left or right.
    degrees
        It turns by up to so many, either way.
    smallest
        It shrinks to a scale between this one and 1.
    flips
        Whether left and right are swapped in half of the images.

    Returns
    -------
    callable
        Takes a batch (N, C, H, H) and returns one of the same shape. It draws from torch's generator, which
        `fit` seeds.

    Raises
    ------
    ValueError
        If `smallest` is not in (0, 1].

    Examples
    --------
    >>> import torch
    >>> moves_turns_and_scales()(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """
    import torch

    if not 0 < smallest <= 1:
        raise ValueError(f"smallest must be above 0 and at most 1, got {smallest}")

    def augment(images: Tensor) -> Tensor:
        # Drawn on the processor, so that every device sees the same images.
        right, down, turn, shrink, side = torch.rand(5, len(images)).to(images.device)
        if flips:
            images = torch.where(side.view(-1, 1, 1, 1) < 0.5, images.flip(-1), images)
        return changed(
            images,
            right=pixels * (2 * right - 1),
            down=pixels * (2 * down - 1),
            degrees=degrees * (2 * turn - 1),
            scale=1 - (1 - smallest) * shrink,
        )

    return augment
