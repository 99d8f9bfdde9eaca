"""AtlasExplorer's curves, sentence and numbers for pages without JavaScript.

They are the same as what `atlas_drawing.js` and `atlas_words.js` make: a browser test holds both against each
other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnnlab.widgets.atlas_cells import Cell, Measured, at, find, nearest
from cnnlab.widgets.chart import Box, axes, names
from cnnlab.widgets.drawing import dots, line, path, svg_text

IMAGES = {"animals9": "animal", "fashion_mnist": "Fashion-MNIST"}
FITTED = "training set fitted"
WIDE, HIGH = 400, 390
BOX = Box(44, 272, 44, 344)
INSET = 8  # from the box's sides to the first and the last width
FIRST_NAME = 34  # the chosen width's name keeps so far from the box's sides
CURVES = {"training": "train", "test": "test"}


# Words. Accuracies are in hundredths of a percent.


def tenths(hundredths: float) -> str:
    """Write percent with one decimal, a half rounded up as in the browser.

    >>> tenths(8435), tenths(-50)
    ('84.4', '−0.5')
    """
    return f"{math.floor(hundredths / 10 + 0.5) / 10:.1f}".replace("-", "−")


def images(setting: Mapping[str, Any]) -> str:
    """Say on what networks were trained.

    >>> images({"dataset": "animals9", "train_size": 1500, "label_noise": 0.2})
    '1,500 animal images with 20 % wrong labels'
    """
    noise = f" with {_share(setting)} wrong labels" if setting["label_noise"] else ""
    return f"{setting['train_size']:,} {IMAGES.get(setting['dataset'], setting['dataset'])} images{noise}"


def sentence(setting: Mapping[str, Any], measured: Measured) -> str:
    """Say how the networks of the chosen width do."""
    get = "gets" if measured.neurons == 1 else "get"
    its = "its" if measured.neurons == 1 else "their"
    wrong = f", of which {_share(setting)} are wrong" if setting["label_noise"] else ""
    return (
        f"{_neurons(measured.neurons)} {get} {tenths(_mean(measured.test))} % of the test images right, and "
        f"{tenths(_mean(measured.train))} % of {its} training labels{wrong}."
    )


def not_trained(setting: Mapping[str, Any]) -> str:
    """Say that a setting has no networks."""
    return (
        f"No network was trained on {images(setting)} and stopped at “{setting['stop']}”. "
        "Choose another setting."
    )


def tiles(setting: Mapping[str, Any], measured: Measured) -> list[tuple[str, str, str]]:
    """Give the chosen width's numbers: what it is, the number, and what belongs to it."""
    test, train, count = measured.test, measured.train, len(measured.test)
    fitted = f"{measured.fitted} of {count} fitted" if setting["stop"] == FITTED else "on average"
    return [
        ("Test accuracy", f"{tenths(_mean(test))} %", _range(test)),
        ("Training accuracy", f"{tenths(_mean(train))} %", _range(train)),
        ("Gap", f"{tenths(_mean(train) - _mean(test))} points", "training minus test"),
        ("On true labels", f"{tenths(measured.train_true)} %", "of the training images"),
        ("Networks", f"{count}", f"{measured.collapsed or 'none'} collapsed"),
        ("Steps", f"{measured.steps:,}", fitted),
        ("Parameters", f"{measured.params:,}", "weights and biases"),
        ("MACs", f"{measured.macs:,}", "for one image"),
        ("Processor time", f"{measured.seconds:,.1f} s", "for these steps"),
    ]


def description(setting: Mapping[str, Any], cell: Cell | None) -> str:
    """Say what the curves show."""
    if cell is None:
        return not_trained(setting)
    told = [
        f"{name} "
        + ", ".join(
            f"{tenths(_mean(values))} % with {neurons:,}"
            for neurons, values in zip(cell["neurons"], cell[column], strict=True)
        )
        for name, column in reversed(CURVES.items())
    ]
    levels = ", ".join(f"{name} {tenths(level)} %" for name, level in cell["levels"].items())
    return (
        f"Accuracy against neurons, {images(setting)}, stop: {setting['stop']}. Means: {'; '.join(told)}. "
        f"Test accuracy to compare with: {levels or 'none'}."
    )


def _share(setting: Mapping[str, Any]) -> str:
    return f"{round(100 * setting['label_noise'])} %"


def _neurons(count: int) -> str:
    return f"{count:,} neuron{'' if count == 1 else 's'}"


def _range(values: Sequence[int]) -> str:
    return f"{tenths(min(values))} to {tenths(max(values))} %"


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


# The drawing.


def inside(cells: Sequence[Cell], setting: Mapping[str, Any], neurons: int) -> str:
    """Draw what is within the SVG element."""
    widths = sorted({width for cell in cells for width in cell["neurons"]})
    x = _across(widths[0], widths[-1])
    frame = axes(
        BOX,
        [(x(width), f"{width:,}") for width in _powers_of_four(widths[0], widths[-1])],
        [(_height(100 * percent), f"{percent} %") for percent in range(0, 101, 20)],
        "neurons",
        "accuracy",
    )
    cell = find(cells, setting)
    if cell is None:
        return frame
    place = nearest(cell["neurons"], neurons)
    width = cell["neurons"][place]
    middle = min(max(x(width), BOX.left + FIRST_NAME), BOX.right - FIRST_NAME)
    ends = {name: _height(_mean(cell[column][-1])) for name, column in CURVES.items()}
    ends |= {name: _height(level) for name, level in cell["levels"].items()}
    return "".join(
        [
            frame,
            path("chosen", line((x(width), BOX.top), (x(width), BOX.bottom))),
            svg_text("name cnn-is-chosen cnn-middle", middle, BOX.top - 8, _neurons(width)),
            *(
                path("level", line((BOX.left, _height(level)), (BOX.right, _height(level))))
                for level in cell["levels"].values()
            ),
            *(_curve(name, cell, column, place, x) for name, column in CURVES.items()),
            names(BOX.right + 6, ends),
        ]
    )


def _curve(name: str, cell: Cell, column: str, place: int, x: Callable[[int], float]) -> str:
    """Draw a dot for each network, the means as a line, and a ring at the chosen width."""
    means = [
        (x(neurons), _height(_mean(values)))
        for neurons, values in zip(cell["neurons"], cell[column], strict=True)
    ]
    seeds = [
        (across, _height(value))
        for (across, _), values in zip(means, cell[column], strict=True)
        for value in values
    ]
    return (
        path(f"seeds cnn-is-{name}", dots(*seeds))
        + path(f"curve cnn-is-{name}", line(*means))
        + path(f"ring cnn-is-{name}", dots(means[place]))
        + path("ring-hole", dots(means[place]))
    )


def _across(low: int, high: int) -> Callable[[int], float]:
    """Give where a width stands: each doubling takes the same room."""
    room = BOX.right - BOX.left - 2 * INSET
    return lambda neurons: BOX.left + INSET + math.log2(neurons / low) / (math.log2(high / low) or 1) * room


def _height(hundredths: float) -> float:
    return BOX.bottom - hundredths / 10_000 * (BOX.bottom - BOX.top)


def _powers_of_four(low: int, high: int) -> list[int]:
    return [4**power for power in range(high.bit_length()) if low <= 4**power <= high]


def drawing(cells: Sequence[Cell], setting: Mapping[str, Any], neurons: int) -> str:
    """Draw the curves."""
    label = description(setting, find(cells, setting))
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDE} {HIGH}">'
        f"{inside(cells, setting, neurons)}</svg>"
    )


def results(cells: Sequence[Cell], setting: Mapping[str, Any], neurons: int) -> str:
    """Give the sentence and the numbers as HTML."""
    cell = find(cells, setting)
    if cell is None:
        return f'<p class="cnn-message">{not_trained(setting)}</p>'
    measured = at(cell, nearest(cell["neurons"], neurons))
    rows = "".join(
        f'<div><dt>{what}</dt><dd class="cnn-number-of">{number}</dd><dd>{detail}</dd></div>'
        for what, number, detail in tiles(setting, measured)
    )
    return f'<p class="cnn-message">{sentence(setting, measured)}</p><dl class="cnn-tiles">{rows}</dl>'
