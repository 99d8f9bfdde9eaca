"""`AtlasExplorer`: the atlas of trained networks under a slider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from cnnlab import atlas
from cnnlab._pairs import as_int
from cnnlab.widgets.atlas_cells import SETTING, Cell, Measured, at, cells, closest, find, nearest
from cnnlab.widgets.atlas_still import drawing, results
from cnnlab.widgets.base import KitWidget, script, style

if TYPE_CHECKING:
    import pandas as pd

START = {
    "dataset": "animals9",
    "train_size": 1500,
    "label_noise": 0.0,
    "stop": "lowest validation loss",
}
LABELS = {
    "neurons": "Neurons",
    "train_size": "Training images",
    "label_noise": "Wrong labels",
    "stop": "Stop",
    "dataset": "Images",
}
STOPS = ("equal steps", "lowest validation loss", "training set fitted")
CAPTION = (
    "Each dot is a network with a seed of its own; lines join their means. Dashed, for comparison, test "
    "accuracy of what trains less: the nearest training image, convolutions left at random with a linear "
    "layer behind them, and the most frequent class."
)


class AtlasExplorer(KitWidget):
    """The atlas under a slider: accuracy against neurons, and what the chosen width costs.

    Every setting can be observed and set under its name, and `neurons` be linked to a slider.

    Parameters
    ----------
    table : DataFrame, optional
        Of `cnnlab.atlas.load`; by default the table that ships. Shown are its results with a tuned rate,
        kernels 8-16, a fully connected head and no regulariser.
    neurons : int
        Of the hidden layer; where a setting has no such networks, the nearest width is shown.
    dataset, train_size, label_noise, stop : optional
        As in the table; by default nine animals, 1,500 images, no wrong labels and the lowest validation
        loss, or what the table has that is most like it.
    key : str
        The widget's name in the address of a built page (see `KitWidget`).

    Attributes
    ----------
    measured : Measured or None
        What is shown of the chosen width; None where the setting has no networks.

    Raises
    ------
    FileNotFoundError
        While no table is there.
    ValueError
        If the table has no networks to show, or none at all of a setting's value.
    TypeError
        If `neurons` is no whole number.
    """

    _esm = script("atlas_explorer.js")
    _css = style("atlas_explorer.css")

    controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    cells: traitlets.List[Cell] = traitlets.List().tag(sync=True)
    caption = traitlets.Unicode(CAPTION).tag(sync=True)
    dataset = traitlets.Unicode().tag(sync=True)
    train_size = traitlets.Int().tag(sync=True)
    label_noise = traitlets.Float().tag(sync=True)
    stop = traitlets.Unicode().tag(sync=True)
    neurons = traitlets.Int(1, min=1).tag(sync=True)

    def __init__(
        self,
        table: pd.DataFrame | None = None,
        *,
        neurons: int = 64,
        dataset: str | None = None,
        train_size: int | None = None,
        label_noise: float | None = None,
        stop: str | None = None,
        key: str = "",
    ) -> None:
        table = atlas.load() if table is None else table
        found = cells(table, atlas.baselines(table.attrs["folder"]))
        if not found:
            raise ValueError("AtlasExplorer: the table has no result with a tuned rate and kernels 8-16")
        asked = dict(zip(SETTING, (dataset, train_size, label_noise, stop), strict=True))
        given = {name: value for name, value in asked.items() if value is not None}
        controls = _controls(found)
        for name, value in given.items():
            _check(controls, name, value)
        setting = START | given
        setting |= {name: value for name, value in closest(found, setting).items() if name not in given}
        super().__init__(
            controls=controls, cells=found, neurons=as_int("neurons", neurons, 1), key=key, **setting
        )

    @traitlets.validate(*SETTING)
    def _known(self, proposal: Any) -> Any:
        try:
            _check(self.controls, proposal["trait"].name, proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    @property
    def measured(self) -> Measured | None:
        """What is shown of the chosen width."""
        cell = find(self.cells, {name: getattr(self, name) for name in SETTING})
        return None if cell is None else at(cell, nearest(cell["neurons"], self.neurons))

    @classmethod
    def still(cls, state: Mapping[str, Any]) -> str:
        """Give the curves and the chosen width's numbers as HTML."""
        setting = {name: state[name] for name in SETTING}
        shown = "".join(
            f'<div class="cnn-control"><span class="cnn-label">{control["label"]}</span>'
            f'<span class="cnn-value">{_text(control["name"], state[control["name"]])}</span></div>'
            for control in state["controls"]
            if len(control["values"]) > 1
        )
        return (
            f'<div class="cnn-atlas"><div class="cnn-controls">{shown}</div><div class="cnn-sides">'
            f'<div class="cnn-drawing">{drawing(state["cells"], setting, state["neurons"])}</div>'
            f"<div>{results(state['cells'], setting, state['neurons'])}</div></div>"
            f'<p class="cnn-caption">{state["caption"]}</p></div>'
        )


def _controls(found: list[Cell]) -> list[dict[str, Any]]:
    """Describe a control for each setting: its values in the table, and how each is written."""
    values: dict[str, list[Any]] = {name: sorted({cell[name] for cell in found}) for name in SETTING}
    values["neurons"] = sorted({width for cell in found for width in cell["neurons"]})
    values["stop"].sort(key=STOPS.index)
    return [
        {
            "name": name,
            "label": label,
            "kind": "range" if name == "neurons" else "radio",
            "values": values[name],
            "texts": [_text(name, value) for value in values[name]],
        }
        for name, label in LABELS.items()
    ]


def _text(name: str, value: Any) -> str:
    if name == "dataset":
        return {"animals9": "nine animals", "fashion_mnist": "Fashion-MNIST"}.get(value, str(value))
    if name == "label_noise":
        return f"{round(100 * value)} %" if value else "none"
    if name == "neurons":
        return f"{value:,} neuron{'' if value == 1 else 's'}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _check(controls: list[dict[str, Any]], name: str, value: Any) -> None:
    (values,) = (control["values"] for control in controls if control["name"] == name)
    if value not in values:
        raise ValueError(f"{name} cannot be {value!r}; the table has {', '.join(map(repr, values))}")
