"""Images and feature maps, drawn pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.plots.style import READABLE_WIDTH, SIGNED, Figure, figure, in_signs, one_each

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def images(
    images: ArrayLike | Sequence[ArrayLike],
    *,
    alt: str,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Show images side by side, each pixel as a square.

    Parameters
    ----------
    images : (N, H, W), (N, 1, H, W) or (N, 3, H, W) array in [0, 1], or a list of single images
        The sizes in a list may differ. One image alone, (H, W), is taken too.
    alt : str
        What the images show, for a reader who does not see them.
    titles : list of str, optional
        One above each image.
    columns : int, optional
        Images per row; by default at most 6.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If an image is not one of these shapes, has values outside [0, 1], or the titles are too few or many.

    Examples
    --------
    >>> images(np.zeros((2, 1, 28, 28)), titles=["one", "two"], alt="Two black squares.")
    <Figure size 340x201 with 2 Axes>
    """
    pictures = [_as_picture(image) for image in _each(images)]
    for picture in pictures:
        if picture.min() < 0 or picture.max() > 1:
            raise ValueError(
                f"images: expected values in [0, 1], got {picture.min():g} to {picture.max():g}; "
                "plots.signed shows values of both signs"
            )
    fig, axes = _grid(pictures, titles, columns, alt)
    for ax, picture in zip(axes, pictures, strict=True):
        ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
    return fig


def signed(
    maps: ArrayLike | Sequence[ArrayLike],
    *,
    alt: str,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    limit: float | None = None,
) -> Figure:
    """Show maps of positive and negative values, such as kernels and feature maps, on one scale.

    Blue is below zero, orange above, light grey zero; the bar at the right gives the values.

    Parameters
    ----------
    maps : (N, H, W) or (N, 1, H, W) array, or a list of single maps
        One map alone, (H, W), is taken too.
    alt : str
        What the maps show, for a reader who does not see them.
    titles : list of str, optional
        One above each map.
    columns : int, optional
        Maps per row; by default at most 6.
    limit : float, optional
        The value at the ends of the scale; by default the largest absolute value of all maps.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a map has another shape, or titles and maps differ in number.

    Examples
    --------
    >>> signed([[[-1, 0, 1]] * 3], alt="A kernel that looks for vertical edges.")
    <Figure size 308x240 with 2 Axes>
    """
    pictures = [_as_picture(values) for values in _each(maps)]
    if limit is None:
        limit = max(float(np.abs(picture).max()) for picture in pictures) or 1.0
    fig, axes = _grid(pictures, titles, columns, alt, extra_width=0.68)
    for ax, picture in zip(axes, pictures, strict=True):
        if picture.ndim > 2:
            raise ValueError(f"signed: expected maps of shape (H, W) or (1, H, W), got {picture.shape}")
        ax.imshow(picture, cmap=SIGNED, vmin=-limit, vmax=limit)
    _scale_bar(fig, axes, limit)
    return fig


def picture(ax: Any, values: ArrayLike, title: str = "", *, limit: float | None = None) -> None:
    """Draw one picture on axes that a figure has already: for the lessons' own figures.

    Parameters
    ----------
    ax : Axes
    values : (H, W), (1, H, W) or (3, H, W) array
        In [0, 1], or of both signs where `limit` is given.
    title : str
        Written above.
    limit : float, optional
        Shows signed values, blue below zero and orange above; this value is at the ends of the scale.
    """
    pixels = _as_picture(np.asarray(values))
    if limit is None:
        ax.imshow(pixels, cmap="gray", vmin=0, vmax=1)
    else:
        ax.imshow(pixels, cmap=SIGNED, vmin=-limit, vmax=limit)
    _mount(ax, title)


def _each(images: ArrayLike | Sequence[ArrayLike]) -> list[NDArray[Any]]:
    """Take a batch, a list or one image alone, and give a list of images."""
    if isinstance(images, list | tuple):
        each = [np.asarray(image) for image in images]
        if each and each[0].ndim >= 2:
            return each
    batch = np.asarray(images)
    return [batch] if batch.ndim == 2 else list(batch)


def _as_picture(image: NDArray[Any]) -> NDArray[Any]:
    """Give `imshow` what it takes: (1, H, W) to (H, W), (3, H, W) to (H, W, 3)."""
    if image.ndim == 3 and image.shape[0] == 1:
        return np.asarray(image[0])
    if image.ndim == 3 and image.shape[0] == 3:
        return np.moveaxis(image, 0, -1)
    if image.ndim != 2 or not image.size:
        raise ValueError(f"expected images of shape (H, W), (1, H, W) or (3, H, W), got {image.shape}")
    return image


def _grid(
    pictures: list[NDArray[Any]],
    titles: Sequence[str] | None,
    columns: int | None,
    alt: str,
    extra_width: float = 0.0,
) -> tuple[Figure, list[Any]]:
    count = len(pictures)
    titles = one_each("titles", titles, count, "")
    columns = min(count, columns or 6)
    rows = -(-count // columns)
    tallest = max(picture.shape[0] / picture.shape[1] for picture in pictures)
    largest = 2.4 / tallest**0.5 if count == 1 else 1.7  # inches; a single wide picture gets more width
    side = min(largest, (READABLE_WIDTH - extra_width) / columns)
    height = rows * (side * tallest + (0.31 if any(titles) else 0))
    fig, axes = figure(
        rows, columns, alt=alt, width=columns * side + extra_width, height=height, squeeze=False
    )
    shown = list(axes.flat[:count])
    for ax in axes.flat[count:]:
        ax.remove()
    for ax, title in zip(shown, titles, strict=True):
        _mount(ax, title)
    return fig, shown


def _mount(ax: Any, title: str) -> None:
    ax.set_title(title, fontsize=10.5, fontweight="normal", loc="center", pad=4)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    # A thin frame, so that a black or a white image can be told from a page of its colour.
    ax.spines[:].set(visible=True, linewidth=0.6, alpha=0.6)


def _scale_bar(fig: Figure, axes: list[Any], limit: float) -> None:
    bar = fig.colorbar(axes[0].images[0], ax=axes, fraction=0.08, pad=0.03, shrink=0.9)
    bar.set_ticks([-limit, 0, limit], labels=[in_signs(value) for value in (-limit, 0, limit)])
    bar.outline.set(linewidth=0.6, alpha=0.6)
    # matplotlib draws a path for each of 256 colours; a strip of pixels does it in 200 bytes.
    bar.ax.collections[0].remove()
    strip = np.linspace(limit, -limit, 101)[:, None]
    bar.ax.imshow(strip, cmap=SIGNED, aspect="auto", extent=(0, 1, -limit, limit), vmin=-limit, vmax=limit)
