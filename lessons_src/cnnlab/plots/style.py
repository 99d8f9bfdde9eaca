"""Colours, sizes and the one figure class of the course.

A picture is shown in light and dark pages, 390 px and 1280 px wide, by readers who see colours differently.
So ink is the page's own text colour, and every other colour has a light and a dark variant, each with a
contrast of at least 3:1 to its page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import matplotlib.axes
import matplotlib.figure
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

from cnnlab.plots import svg

P = ParamSpec("P")
R = TypeVar("R")

INK = "#000000"
"""Drawn in this colour, a line or a word takes the colour of the page's text."""

PALETTE: dict[str, tuple[str, str]] = {
    # name: (on a light page, on a dark page), after Okabe and Ito (2008)
    "blue": ("#0072b2", "#56b4e9"),
    "vermilion": ("#d55e00", "#ff8c4a"),
    "green": ("#008f68", "#2fc99b"),
    "purple": ("#b4578d", "#df94bf"),
    "orange": ("#b97a00", "#f0b429"),
    "grey": ("#767676", "#a3a3a3"),
}
BLUE, VERMILION, GREEN, PURPLE, ORANGE, GREY = (light for light, _ in PALETTE.values())

_NAMES = {light: name for name, (light, _) in PALETTE.items()}

DARK_PAGES = "[data-theme=dark],[data-jp-theme-light=false],[theme=dark],.vscode-dark"
"""How Sphinx's themes, JupyterLab, Colab and VS Code mark a dark page."""

_DARK_VARIANTS = ";".join(f"--cnn-{name}:{dark}" for name, (_, dark) in PALETTE.items())
THEME_CSS = (
    # On paper the light variants stay, whatever the screen shows.
    f"@media screen{{{DARK_PAGES}{{{_DARK_VARIANTS}}}}}"
    # Sphinx's theme lays a light sheet under each HTML output of a dark page: not for these.
    ".text_html:has(.cnnlab-figure){background:none!important;color:inherit!important;padding:0!important}"
)
"""What a page has to know to show these figures; each figure brings it along."""

SIGNED = LinearSegmentedColormap.from_list(
    "cnnlab-signed", ["#08519c", "#4292c6", "#f5f5f5", "#e08214", "#8c3f04"]
)
"""Blue below zero, orange above, a neutral light grey at zero."""

READABLE_WIDTH = 5.6  # inches: so wide, and words are easy to read on a telephone
MAX_WIDTH = 7.0  # inches: wider, and they cannot be read

RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelsize": 11,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=[BLUE, VERMILION, GREEN, PURPLE, ORANGE, GREY]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that the layout is the same everywhere
    "font.size": 11,
    "grid.alpha": 0.15,
    "grid.color": INK,
    "grid.linewidth": 0.8,
    "image.composite_image": False,
    "image.interpolation": "none",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
}


class Axes(matplotlib.axes.Axes):
    """Axes that keep the course's style, whatever the notebook around them sets."""


def _in_style(method: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(method)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(RC):
            return method(*args, **kwargs)

    return styled


# matplotlib reads its style when a thing is drawn, not when the axes are made.
for _name in (
    *("annotate", "axhline", "axvline", "bar", "barh", "errorbar", "fill_between", "grid", "hist", "hlines"),
    *("imshow", "legend", "plot", "scatter", "set_title", "step", "text", "vlines"),
):
    setattr(Axes, _name, _in_style(getattr(matplotlib.axes.Axes, _name)))


class Figure(matplotlib.figure.Figure):
    """A matplotlib figure that knows what it shows and draws itself as SVG inside the page.

    It is made without pyplot: nothing is shown by itself and nothing has to be closed.

    Parameters
    ----------
    alt : str
        What the figure shows, in one or two sentences, for a reader who does not see it.
    *args, **kwargs
        As `matplotlib.figure.Figure`.

    Raises
    ------
    ValueError
        If `alt` says nothing.

    Examples
    --------
    >>> fig = Figure(alt="An empty square.", figsize=(2, 2))
    >>> fig.svg()[:69]
    '<svg role="img" aria-label="An empty square." viewBox="0 0 144 144" w'
    """

    def __init__(self, *args: Any, alt: str, **kwargs: Any) -> None:
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt: a figure says in words what it shows; expected a sentence, got {alt!r}")
        self.alt = " ".join(alt.split())
        with mpl.rc_context(RC):
            super().__init__(*args, **kwargs)
        self._drawn: str | None = None

    def svg(self) -> str:
        """Draw the figure as a compact SVG element, the same text every time until the figure changes."""
        # A layout starts from the last one and moves it by a hair: an unchanged figure is not laid out again.
        if self._drawn is None or self.stale:
            with mpl.rc_context(RC):
                self._drawn = svg.render(self, alt=self.alt, colours=_NAMES)
            self.stale = False
        return self._drawn

    def _repr_html_(self) -> str:
        drawing = self.svg().replace(">", f"><style>{THEME_CSS}</style>", 1)
        return f'<figure class="cnnlab-figure" style="margin:0">{drawing}</figure>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.alt}

    def _ipython_display_(self) -> None:
        # With matplotlib's inline backend IPython would draw a PNG as well; this method comes before all.
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]


def figure(
    rows: int = 1,
    columns: int = 1,
    *,
    alt: str,
    width: float = READABLE_WIDTH,
    height: float = 3.2,
    **kwargs: Any,
) -> tuple[Figure, Any]:
    """Make a figure and its axes in the course's style.

    Parameters
    ----------
    rows, columns : int
        The grid of axes.
    alt : str
        What the figure shows, for a reader who does not see it.
    width, height : float
        In inches. Words stay readable on a telephone up to 5.6 inches; 7 is the limit.
    **kwargs
        As `matplotlib.figure.Figure.subplots`, for example ``sharey=True``.

    Returns
    -------
    (Figure, Axes or array of Axes)

    Raises
    ------
    ValueError
        If `alt` is empty or the figure is too wide.

    Examples
    --------
    >>> fig, ax = figure(alt="A line that rises from 1 to 3.")
    >>> _ = ax.plot([1, 2, 3])
    >>> fig
    <Figure size 560x320 with 1 Axes>
    """
    if width > MAX_WIDTH:
        raise ValueError(f"width: at most {MAX_WIDTH:g} inches can be read on a telephone, got {width:g}")
    fig = Figure(alt=alt, figsize=(width, height), layout="constrained")
    with mpl.rc_context(RC):
        return fig, fig.subplots(rows, columns, subplot_kw={"axes_class": Axes}, **kwargs)


def one_each(name: str, given: Sequence[Any] | None, count: int, default: Any) -> list[Any]:
    """Give a list of `count` things: those given, or `default` for each."""
    if given is None:
        return [default] * count
    if len(given) != count:
        raise ValueError(f"{name}: expected {count}, one for each, got {len(given)}")
    return list(given)


def in_signs(value: float) -> str:
    """Write a number in a few signs, with a true minus.

    >>> in_signs(-0.5), in_signs(3.0), in_signs(0.333333), in_signs(1e-9)
    ('−0.5', '3', '0.33', '0')
    """
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
