"""What is inside a network: outputs of its layers, what can be read off them, how many directions they use.

A probe is a linear readout that is fitted to a layer's outputs on training images and judged on images
that neither the network nor the readout has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

BATCH = 100  # images: more do not fit a processor's cache and are slower
PENALTIES = tuple(10.0**power for power in range(-6, -2))


def activations(
    model: nn.Sequential, images: NDArray[np.float32], names: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Give what some layers of a network make of images, each image's values in one row.

    Parameters
    ----------
    model : nn.Sequential
        Its layers have names, as those of `cnnlab.nets` have.
    images : (N, C, H, W) float32 array
    names : list of str
        The layers whose outputs are wanted.

    Returns
    -------
    dict of str to (N, n) float32 array

    Raises
    ------
    ValueError
        If the model has no layer of one of the names.

    Examples
    --------
    >>> from cnnlab import data, nets
    >>> outputs = activations(nets.small_cnn(), data.animals().test_images[:5], ["flatten", "fc1_relu"])
    >>> {name: values.shape for name, values in outputs.items()}
    {'flatten': (5, 784), 'fc1_relu': (5, 64)}
    """
    import torch

    layers = dict(model.named_children())
    if missing := [name for name in names if name not in layers]:
        raise ValueError(f"activations: no layer {missing[0]!r}; the model has {', '.join(layers)}")
    kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    model.eval()
    with torch.no_grad():
        for batch in torch.from_numpy(images).split(BATCH):
            x = batch
            for name, layer in layers.items():
                x = layer(x)
                if name in kept:
                    kept[name].append(x.flatten(1).numpy())
    return {name: np.concatenate(parts) for name, parts in kept.items()}


def ridge_readouts(
    features: NDArray[np.floating],
    targets: Mapping[str, NDArray[Any]],
    new_features: NDArray[np.floating],
    *,
    penalties: Sequence[float] = PENALTIES,
) -> dict[str, NDArray[np.float64]]:
    """Fit a linear readout with bias for each target and apply it to new images.

    Each readout minimises its mean squared error on the training images plus a penalty times the squared
    length of its weights. Of the penalties it takes the one with the smallest leave-one-out error: each
    training image in turn is predicted from all others (Allen 1974 gives the formula that saves refitting).

    Parameters
    ----------
    features : (N, n) array
        Of the training images.
    targets : dict of str to (N,) or (N, T) array
        What to read off; labels as the rows of a unit matrix, ``np.eye(classes)[labels]``.
    new_features : (M, n) array
    penalties : list of float
        To choose from, as multiples of the features' variance, summed over features.

    Returns
    -------
    dict of str to (M,) or (M, T) array
        The predictions for the new images.

    Raises
    ------
    ValueError
        If features, targets and new features do not fit together.

    Examples
    --------
    >>> x = np.linspace(0, 1, 20)[:, None]
    >>> ridge_readouts(x, {"line": 3 * x[:, 0] + 1}, np.array([[2.0]]))["line"].round(4)
    array([7.])
    """
    count, width = features.shape
    if new_features.shape[1] != width or any(len(values) != count for values in targets.values()):
        sizes = {name: len(values) for name, values in targets.items()}
        raise ValueError(
            f"ridge_readouts: {count} images of {width} features do not fit targets {sizes} "
            f"and {new_features.shape[1]} new features"
        )
    mean = features.mean(axis=0)
    x, new = features - mean, new_features - mean
    # The smaller of the two Gram matrices has all that is needed; its eigenvectors serve every penalty.
    dual = count < width
    values, vectors = np.linalg.eigh((x @ x.T if dual else x.T @ x).astype(np.float64))
    values = values.clip(0)
    if dual:
        fitted, back, rows = vectors * values, vectors.T, vectors**2 * values
        ahead = new @ x.T @ vectors
    else:
        vectors = vectors.astype(x.dtype)  # halves the time where single precision is enough
        fitted = x @ vectors
        back, rows = fitted.T, fitted**2
        ahead = new @ vectors
    found = {}
    for name, target in targets.items():
        centre = target.mean(axis=0)
        weights = back @ (target - centre).astype(fitted.dtype)
        errors = {}
        for penalty in penalties:
            shrunk = (1 / (values + penalty * values.sum())).astype(fitted.dtype)
            own = 1 / count + rows @ shrunk  # (N,): how much an image's own target moves its prediction
            residual = target - centre - fitted @ (weights.T * shrunk).T
            errors[penalty] = float(np.square(residual.T / (1 - own)).sum())
        best = min(errors, key=lambda penalty: errors[penalty])
        found[name] = (ahead / (values + best * values.sum())) @ weights + centre
    return found


def effective_rank(features: NDArray[np.floating]) -> float:
    """Say along how many directions features vary: the participation ratio of their variances.

    Parameters
    ----------
    features : (N, n) array

    Returns
    -------
    float
        With the eigenvalues v of their covariance, (sum of v)² / sum of v²: n where all directions vary
        alike, 1 where all variation is along one.

    Examples
    --------
    >>> corners = np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]])
    >>> effective_rank(corners)
    2.0
    """
    x = (features - features.mean(axis=0)).astype(np.float64)
    gram = x @ x.T if len(x) < x.shape[1] else x.T @ x
    return float(np.trace(gram) ** 2 / np.square(gram).sum())
