"""Probes: a layer's outputs are the network's, a readout is ridge regression, ranks are known ones."""

import numpy as np
import pytest

from cnnlab import data, nets
from cnnlab.probes import activations, effective_rank, ridge_readouts
from cnnlab.train import predict

RNG = np.random.default_rng(0)
IMAGES = data.animals().test_images[:130]  # more than one batch


def test_activations_are_what_the_network_computes():
    model = nets.small_cnn()
    outputs = activations(model, IMAGES, ["conv1", "flatten", "fc2"])
    assert outputs["conv1"].shape == (130, 8 * 28 * 28)
    assert np.allclose(outputs["flatten"], predict(model[:7], IMAGES), atol=1e-6)
    assert np.allclose(outputs["fc2"], predict(model, IMAGES), atol=1e-5)


def test_activations_name_the_layer_that_is_missing():
    with pytest.raises(ValueError, match="no layer 'fc9'; the model has conv1, "):
        activations(nets.small_cnn(), IMAGES, ["fc9"])


@pytest.mark.parametrize("width", [5, 60])  # fewer and more features than images
def test_readout_is_the_ridge_regression_with_the_smallest_leave_one_out_error(width):
    x, new = RNG.normal(size=(30, width)), RNG.normal(size=(4, width))
    y = x[:, :2] + 0.5 * RNG.normal(size=(30, 2))
    penalties = (1e-4, 1e-2, 1.0)
    errors = [
        sum(
            np.square(ridge(np.delete(x, i, 0), np.delete(y, i, 0), x[i : i + 1], penalty, x) - y[i]).sum()
            for i in range(30)
        )
        for penalty in penalties
    ]
    best = penalties[int(np.argmin(errors))]
    found = ridge_readouts(x, {"y": y, "first": y[:, 0]}, new, penalties=penalties)
    assert np.allclose(found["y"], ridge(x, y, new, best, x))
    assert found["first"].shape == (4,)


def ridge(x, y, new, penalty, all_images):
    """Solve it as one system with a column of ones, whose weight bears no penalty."""
    scale = penalty * np.square(all_images - all_images.mean(axis=0)).sum()
    ones = np.c_[x, np.ones(len(x))]
    system = ones.T @ ones + scale * np.diag([1.0] * x.shape[1] + [0.0])
    return np.c_[new, np.ones(len(new))] @ np.linalg.solve(system, ones.T @ y)


def test_readouts_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"30 images of 5 features do not fit targets \{'y': 29\}"):
        ridge_readouts(np.zeros((30, 5)), {"y": np.zeros(29)}, np.zeros((4, 5)))


@pytest.mark.parametrize("copies", [1, 100])  # fewer and more images than features
def test_effective_rank_of_known_variances(copies):
    directions = np.linalg.qr(RNG.normal(size=(100, 3)))[0].T  # (3, 100)
    alike = np.tile(np.concatenate([directions, -directions]), (copies, 1))
    assert effective_rank(alike[::3]) == pytest.approx(1)
    assert effective_rank(alike) == pytest.approx(3)
    assert effective_rank(7 * alike + 3) == pytest.approx(3)  # neither scale nor place matters
