"""Every figure of the course, in one style.

`figure` makes a figure and its axes; `images`, `signed`, `matrix` and `matrices` draw what the lessons show
most. Each figure has an `alt` text and shows itself as SVG that follows the page's colours.
"""

from cnnlab.plots.architectures import connections, heads_compared, where_parameters_are
from cnnlab.plots.arithmetic import coverage, ratios, receptive_fields, windows_in_row
from cnnlab.plots.atlas import accuracies, differences
from cnnlab.plots.beyond import shares
from cnnlab.plots.capstone import budget, by_kind, scores_by_cost
from cnnlab.plots.cells import matrices, matrix
from cnnlab.plots.comparing import at_rate, pairs, right_and_wrong, roulette, stopped
from cnnlab.plots.compression import dots, strips, through_rank, two_directions
from cnnlab.plots.convolution import correlation_step, detector, equivariance
from cnnlab.plots.costs import layer_costs
from cnnlab.plots.curves import curves
from cnnlab.plots.flattening import cell_to_place, paired, place_to_cells
from cnnlab.plots.fully_connected import (
    confusion,
    conventions,
    head_costs,
    reliability,
    running_sum,
    scores,
)
from cnnlab.plots.journey import journey
from cnnlab.plots.kernels import accuracy_for_cost, kernel_at_work, maps_of_layer
from cnnlab.plots.learning import agreement, along_gradient, nudges, way_back, weights_moving
from cnnlab.plots.neurons import beside_the_atlas, double_descent, step_times
from cnnlab.plots.pictures import images, signed
from cnnlab.plots.pooling import downstream, pooled, pooling_step, stripes
from cnnlab.plots.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, VERMILION, Figure, figure
from cnnlab.plots.to_scale import architecture
from cnnlab.plots.without import activation_maps, recipes, slid

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "PURPLE",
    "VERMILION",
    "Figure",
    "accuracies",
    "accuracy_for_cost",
    "activation_maps",
    "agreement",
    "along_gradient",
    "architecture",
    "at_rate",
    "beside_the_atlas",
    "budget",
    "by_kind",
    "cell_to_place",
    "confusion",
    "connections",
    "conventions",
    "correlation_step",
    "coverage",
    "curves",
    "detector",
    "differences",
    "dots",
    "double_descent",
    "downstream",
    "equivariance",
    "figure",
    "head_costs",
    "heads_compared",
    "images",
    "journey",
    "kernel_at_work",
    "layer_costs",
    "maps_of_layer",
    "matrices",
    "matrix",
    "nudges",
    "paired",
    "pairs",
    "place_to_cells",
    "pooled",
    "pooling_step",
    "ratios",
    "receptive_fields",
    "recipes",
    "reliability",
    "right_and_wrong",
    "roulette",
    "running_sum",
    "scores",
    "scores_by_cost",
    "shares",
    "signed",
    "slid",
    "step_times",
    "stopped",
    "stripes",
    "strips",
    "through_rank",
    "two_directions",
    "way_back",
    "weights_moving",
    "where_parameters_are",
    "windows_in_row",
]
