"""Things to move: they work in Jupyter, in Colab, and on the built site with no kernel."""

from cnnlab.widgets.explore import Explore, explore, fallback_html

__all__ = ["Explore", "explore", "fallback_html"]
