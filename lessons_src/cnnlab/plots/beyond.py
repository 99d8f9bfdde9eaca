"""The figure of the last page: where the parameters of later networks are."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.patches import Patch

from cnnlab.plots.style import BLUE, GREEN, GREY, ORANGE, READABLE_WIDTH, VERMILION, Figure, figure

PARTS = {
    "convolutions": (BLUE, ""),
    "attention": (GREEN, ""),
    "hidden FC layers": (VERMILION, "////"),
    "FC layer to the classes": (ORANGE, ""),
    "the rest": (GREY, ""),
}


def shares(networks: Mapping[str, Mapping[str, int]]) -> Figure:
    """Draw for each network which share of its parameters is in which part.

    Parameters
    ----------
    networks : dict of str to dict of str to int
        For each network the parameters of its parts, named as in `PARTS`; a part that is missing has none.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If a part has another name.
    """
    for name, parts in networks.items():
        if unknown := set(parts) - set(PARTS):
            raise ValueError(f"shares: {name} has the parts {sorted(unknown)}; choose from {list(PARTS)}")
    totals = {name: sum(parts.values()) for name, parts in networks.items()}
    told = "; ".join(
        f"{name}, {totals[name]:,}: "
        + ", ".join(f"{part} {count / totals[name]:.1%}" for part, count in parts.items())
        for name, parts in networks.items()
    )
    fig, ax = figure(
        width=READABLE_WIDTH, height=0.56 * len(networks) + 1.5, alt=f"Shares of the parameters. {told}."
    )
    for place, (name, parts) in enumerate(networks.items()):
        left = 0.0
        for part, (colour, hatch) in PARTS.items():
            length = 100 * parts.get(part, 0) / totals[name]
            ax.barh(
                place,
                length,
                left=left,
                height=0.42,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
            )
            left += length
        ax.text(0, place - 0.36, f"{name}: {totals[name]:,} parameters", fontsize=10.5, va="center")
    ax.set(yticks=[], ylim=(len(networks) - 0.6, -0.65), xlim=(0, 100))
    ax.set_xlabel("share of the parameters, in percent", fontsize=10)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    patches = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=part)
        for part, (colour, hatch) in PARTS.items()
    ]
    fig.legend(
        handles=patches,
        loc="outside upper left",
        ncols=3,
        fontsize=10,
        handlelength=1.2,
        columnspacing=1,
        frameon=False,
    )
    return fig
