"""Things to move: they work in Jupyter, in Colab, and on the built site with no kernel."""

from cnnlab.widgets.atlas_explorer import AtlasExplorer
from cnnlab.widgets.base import fallback_html
from cnnlab.widgets.conv_arithmetic import ConvArithmetic
from cnnlab.widgets.explore import Explore, explore
from cnnlab.widgets.guess_curve import GuessCurve
from cnnlab.widgets.head_calculator import HeadCalculator
from cnnlab.widgets.live import LivePanel, live_panel, sweep

__all__ = [
    "AtlasExplorer",
    "ConvArithmetic",
    "Explore",
    "GuessCurve",
    "HeadCalculator",
    "LivePanel",
    "explore",
    "fallback_html",
    "live_panel",
    "sweep",
]
