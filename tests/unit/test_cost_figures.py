"""The figures of the lesson Counting say what the table says."""

import pytest
import torch

from cnnlab import count, nets, plots


def test_each_layer_has_its_share_and_the_shares_are_everything():
    with torch.device("meta"):
        table = count.layer_table(nets.alexnet(), (3, 224, 224))
    figure = plots.layer_costs(table.rows, "AlexNet")
    assert "parameters: fc1 61.8 % and fc2 27.5 %" in figure.alt
    for ax in figure.axes:
        shares = [bar.get_width() for bar in ax.patches]
        assert len(shares) == 8
        assert sum(shares) == pytest.approx(100)


def test_a_large_and_a_small_network_have_frames_of_one_size():
    with torch.device("meta"):
        tables = [
            count.layer_table(nets.silhouette_net(), (1, 28, 28)),
            count.layer_table(nets.vgg16(), (3, 224, 224)),
        ]
    small, large = (plots.layer_costs(table.rows, "a network") for table in tables)
    assert (small.get_size_inches() == large.get_size_inches()).all()
