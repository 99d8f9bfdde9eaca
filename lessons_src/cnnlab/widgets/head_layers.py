"""The head of a network layer by layer: what the calculator shows, as cnnlab counts it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal, NamedTuple

from cnnlab._pairs import as_int
from cnnlab.count import linear_macs, linear_params, memory_bytes

Vector = Literal["flatten", "gap"]


class HeadLayer(NamedTuple):
    """One layer of a head.

    Attributes
    ----------
    name : str
        "Flatten" or "GAP", then "FC1", "FC2", …
    input_shape : (C, H, W) or (n,)
    out_features : int
    params, macs, param_bytes : int
        Parameters, MACs for one image, and what the parameters take in float32.
    share : float
        Of the head's parameters, 0 to 1.
    """

    name: str
    input_shape: tuple[int, ...]
    out_features: int
    params: int
    macs: int
    param_bytes: int
    share: float


def head_layers(
    height: int,
    width: int,
    channels: int,
    hidden: Sequence[int] = (),
    classes: int = 3,
    *,
    vector: Vector = "flatten",
    bias: bool = True,
) -> list[HeadLayer]:
    """Count what a head costs: a feature map to a vector, and fully connected layers down to the classes.

    Parameters
    ----------
    height, width, channels : int
        The map that the convolutions leave.
    hidden : sequence of int
        The width of each hidden fully connected layer.
    classes : int
        Outputs of the last layer.
    vector : "flatten" or "gap"
        How the map becomes a vector: all C·H·W values in a row, or the average of each of the C maps.
    bias : bool
        Whether the fully connected layers have one.

    Returns
    -------
    list of HeadLayer
        First flattening or global average pooling, which has no parameters and no products, then the fully
        connected layers.

    Raises
    ------
    ValueError
        If a number is below 1, or `vector` is neither.
    TypeError
        If a number is not whole.

    Examples
    --------
    >>> rows = head_layers(7, 7, 256, hidden=(1024, 512), classes=3)
    >>> [(row.name, row.params) for row in rows]
    [('Flatten', 0), ('FC1', 12846080), ('FC2', 524800), ('FC3', 1539)]
    >>> f"{rows[1].share:.2%}"
    '96.06%'
    >>> sum(row.params for row in head_layers(7, 7, 256, vector="gap"))
    771
    """
    if vector not in ("flatten", "gap"):
        raise ValueError(f'vector is {vector!r}; choose "flatten" or "gap"')
    sizes = {"channels": channels, "height": height, "width": width}
    shape = C, H, W = tuple(as_int(name, size, 1) for name, size in sizes.items())
    first = ("Flatten", C * H * W) if vector == "flatten" else ("GAP", C)
    features = [first[1], *hidden, classes]
    connected = [(linear_params(n, m, bias), linear_macs(n, m)) for n, m in itertools.pairwise(features)]
    whole = sum(params for params, _ in connected)
    return [
        HeadLayer(first[0], shape, first[1], params=0, macs=0, param_bytes=0, share=0.0),
        *(
            HeadLayer(
                f"FC{n}",
                (int(features[n - 1]),),
                int(features[n]),
                params,
                macs,
                memory_bytes(params),
                params / whole,
            )
            for n, (params, macs) in enumerate(connected, start=1)
        ),
    ]
