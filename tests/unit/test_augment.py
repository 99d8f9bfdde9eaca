"""Shifts and flips: what may happen to an image, and how often."""

import numpy as np
import pytest
import torch

from cnnlab import data
from cnnlab.augment import shifts_and_flips

BIRD = torch.from_numpy(data.animals().test_images[9:10])  # (1, 1, 28, 28)


def draws(augment, count=400, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return augment(BIRD.expand(count, 1, 28, 28))


def shifted(image, down, right):
    """The same by slices: black moves in, what leaves is lost."""
    padded = np.pad(image, ((2, 2), (2, 2)))
    return padded[2 - down : 30 - down, 2 - right : 30 - right]


@pytest.mark.parametrize(("flips", "kinds"), [(False, 25), (True, 50)])
def test_every_shift_occurs_and_nothing_else(flips, kinds):
    image = BIRD[0, 0].numpy()
    sources = [image, image[:, ::-1]] if flips else [image]
    moves = range(-2, 3)
    expected = {shifted(s, down, right).tobytes() for s in sources for down in moves for right in moves}
    seen = {
        np.ascontiguousarray(each[0]).tobytes()
        for each in draws(shifts_and_flips(2, flips=flips), 2000).numpy()
    }
    assert len(expected) == kinds
    assert seen == expected


def test_each_shift_is_as_likely():
    seen = np.array([each.tobytes() for each in draws(shifts_and_flips(1, flips=False), 1800).numpy()])
    _, counts = np.unique(seen, return_counts=True)
    assert len(counts) == 9
    assert abs(counts - 200).max() < 5 * np.sqrt(200)


def test_seed_decides():
    augment = shifts_and_flips()
    assert torch.equal(draws(augment, seed=1), draws(augment, seed=1))
    assert not torch.equal(draws(augment, seed=1), draws(augment, seed=2))


def test_colour_channels_move_together():
    colours = BIRD.expand(1, 3, 28, 28).repeat(50, 1, 1, 1)
    moved = shifts_and_flips()(colours)
    assert torch.equal(moved[:, 0], moved[:, 2])
    assert not torch.equal(moved, colours)


def test_a_shift_below_zero_is_refused():
    with pytest.raises(ValueError, match="pixels must be at least 0, got -1"):
        shifts_and_flips(-1)
