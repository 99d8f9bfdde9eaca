"""The figures of the lesson on the number of kernels: what they say in words is what they were given."""

import numpy as np
import pytest

from cnnlab import plots
from cnnlab.atlas import Interval


def test_a_kernel_at_work_says_which_maps_are_lit():
    maps = {"bird": np.ones((4, 4)), "cat": np.zeros((4, 4))}
    figure = plots.kernel_at_work(np.ones((3, 3)), maps, "Kernel 3")
    assert figure.alt == "Kernel 3. Maps: bird lit, cat black."


def test_a_silent_kernel_without_weights_is_drawn_black():
    figure = plots.kernel_at_work(np.zeros((3, 3)), {"bird": np.zeros((4, 4))}, "Kernel 1: silent")
    assert figure.axes[1].images[0].get_array().max() == 0


@pytest.mark.parametrize(("kernels", "columns"), [(16, 4), (10, 4), (64, 8)])
def test_maps_of_a_layer_stand_in_rows_and_silent_ones_are_crossed_out(kernels, columns):
    brightest = np.ones(kernels)
    brightest[1] = 0
    maps = np.ones((kernels, 3, 5)) * brightest[:, None, None]
    figure = plots.maps_of_layer(maps, brightest, "untrained, bird")
    assert figure.alt == f"untrained, bird: 1 of {kernels} silent."
    (ax,) = figure.axes
    assert ax.images[0].get_array().shape == (3 * -(-kernels // columns), 5 * columns)
    assert ax.collections[0].get_offsets().tolist() == [[5 + 2, 1]]  # the middle of the second map
    assert (ax.images[0].get_array()[:3, 5:10] == 0).all()


def test_a_layer_in_which_all_are_heard_has_no_cross():
    figure = plots.maps_of_layer(np.ones((4, 2, 2)), np.ones(4), "trained")
    assert figure.alt == "trained: 0 of 4 silent."
    assert len(figure.axes[0].collections) == 2  # the lines between maps


def test_accuracy_for_cost_begins_with_the_cheapest_and_marks_what_it_is_told():
    networks = {
        "8-16": (52_073, Interval(0.84, 0.83, 0.85)),
        "8-16-32": (24_969, Interval(0.85, 0.84, 0.86)),
    }
    figure = plots.accuracy_for_cost(
        networks, cost="parameters", highlight=["8-16-32"], levels={"nearest": 0.8}
    )
    assert "8-16-32, 24,969: 85 %; 8-16, 52,073: 84 %" in figure.alt
    (ax,) = figure.axes
    cheapest, other = ax.get_yticklabels()
    assert (cheapest.get_text(), other.get_text()) == ("8-16-32: 24,969", "8-16: 52,073")
    assert cheapest.get_color() != other.get_color()
    assert [text.get_text() for text in ax.texts] == ["nearest"]
