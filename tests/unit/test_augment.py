"""Shifts and flips: what may happen to an image, and how often."""

import numpy as np
import pytest
import torch

from cnnlab import data
from cnnlab.augment import changed, moves_turns_and_scales, shifts_and_flips

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


def all_at_once(right=0.0, down=0.0, degrees=0.0, scale=1.0):
    one = torch.ones(1)
    return changed(BIRD, right=right * one, down=down * one, degrees=degrees * one, scale=scale * one)


def test_whole_pixels_move_exactly():
    moved = all_at_once(right=1, down=-2)[0, 0].numpy()
    np.testing.assert_allclose(moved, shifted(BIRD[0, 0].numpy(), -2, 1), atol=1e-5)


def test_a_quarter_turn_is_clockwise():
    torch.testing.assert_close(all_at_once(degrees=90), BIRD.rot90(-1, dims=(2, 3)), atol=1e-4, rtol=0)


def test_half_the_size_shows_every_second_pixel_between_two():
    halved = all_at_once(scale=0.5)[0, 0]
    means = torch.nn.functional.avg_pool2d(BIRD, 2)[0, 0]  # (14, 14)
    torch.testing.assert_close(halved[7:21, 7:21], means, atol=1e-4, rtol=0)
    assert halved[:7].abs().max() < 1e-5


def test_turned_first_then_moved():
    # A bird that is moved by four to the right is there, whatever its angle.
    turned, both = all_at_once(degrees=30), all_at_once(degrees=30, right=4)
    torch.testing.assert_close(both[..., 8:], turned[..., 4:-4], atol=1e-4, rtol=0)


def test_moves_turns_and_scales_follow_the_seed_and_keep_the_shape():
    augment = moves_turns_and_scales()
    one = draws(augment, count=20, seed=1)
    assert one.shape == (20, 1, 28, 28)
    assert torch.equal(one, draws(augment, count=20, seed=1))
    assert not torch.equal(one, draws(augment, count=20, seed=2))
    assert len({each.numpy().tobytes() for each in one}) == 20


def test_without_any_change_the_image_stays():
    same = draws(moves_turns_and_scales(0, 0, 1, flips=False), count=5)
    torch.testing.assert_close(same, BIRD.expand(5, 1, 28, 28), atol=1e-4, rtol=0)


def test_a_scale_of_zero_is_refused():
    with pytest.raises(ValueError, match="smallest must be above 0 and at most 1, got 0"):
        moves_turns_and_scales(smallest=0)
