"""A whole model counted: one row for each layer, and totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cnnlab._pairs import as_int
from cnnlab.count import _show

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cnnlab.count._trace import Record


class LayerRow(NamedTuple):
    """One layer of a model, counted for ONE image.

    Attributes
    ----------
    name : str
        As in the model: ``features.0``.
    kind : str
        Its class: ``Conv2d``. For what a module does in its own ``forward``, beside calling layers: the names
        of these operations.
    output_shape : tuple of int or None
        Without the number of images: (K, Ho, Wo). None where there is no one output.
    params : int
        Parameters, trainable or frozen. Those shared with an earlier layer are counted there.
    macs : int
        Multiply-adds of convolutions and matrix products, over all calls of the layer.
    activation_bytes : int
        Bytes of what it writes, over all calls; 0 if the output is a view of the input or overwrites it.
    note : str
        What else there is to know: "called 2 times", "shares with fc1", "not counted: …"; often empty.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...] | None
    params: int
    macs: int
    activation_bytes: int
    note: str = ""


@dataclass(frozen=True, repr=False)
class LayerTable:
    """The rows of a model and their totals; shows itself as a table in a notebook and as text elsewhere.

    Iterating gives the rows, ``table["conv1"]`` the row of that name, ``pandas.DataFrame(table.rows)`` a data
    frame.
    """

    rows: tuple[LayerRow, ...]
    input_shape: tuple[int, ...]
    dtype: str
    param_bytes: int

    @property
    def params(self) -> int:
        """Parameters of the model, each counted once."""
        return sum(row.params for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-adds for one image."""
        return sum(row.macs for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all outputs for one image. Training keeps most of them, not all."""
        return sum(row.activation_bytes for row in self.rows)

    def __iter__(self) -> Iterator[LayerRow]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def __getitem__(self, name: str) -> LayerRow:
        """Find the row of a layer."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no row {name!r}; there are: {', '.join(row.name for row in self.rows)}")

    def __repr__(self) -> str:
        """Draw the table in letters."""
        return _show.text(self)

    def _repr_html_(self) -> str:
        return _show.html(self)


def layer_table(
    model: nn.Module, input_shape: Sequence[int], *, dtype: torch.dtype | None = None
) -> LayerTable:
    """Count parameters, multiply-adds and activation memory of any PyTorch model, layer by layer.

    Parameters
    ----------
    model : nn.Module
        Nothing in it changes, and nothing is computed with its weights: it is run, as in evaluation, on an
        image that has a shape but no content.
    input_shape : sequence of int
        Shape of ONE image, without the number of images: (C, H, W).
    dtype : torch.dtype, optional
        Of the image; by default that of the model's parameters. For an embedding: ``torch.long``.

    Returns
    -------
    LayerTable
        A row for each layer that holds no others, in the order of the run, and one for each module whose own
        ``forward`` costs anything (adding a shortcut, ``torch.einsum``, …).

    Raises
    ------
    TypeError
        If there is no such model or shape, or the model is compiled by ``torch.jit``.
    ValueError
        If the model fails on such an image (the message names the layer and what arrived there), or has lazy
        layers that have not seen an input.

    Notes
    -----
    MACs are the multiply-adds of convolutions and matrix products, whoever makes them, a layer or a function.
    What works element by element, such as activations, biases, normalisation, pooling and sums, has none by
    the usual convention; where an operation may hide multiply-adds and has no formula here, the row says so.

    Activation bytes are what a layer writes: 0 for a view (`nn.Flatten`), for a layer that overwrites its
    input (``nn.ReLU(inplace=True)``) and for dropout, which in evaluation hands its input on.

    The model's own hooks run too, on tensors without numbers.

    Examples
    --------
    >>> from cnnlab.nets import silhouette_net
    >>> table = layer_table(silhouette_net(), (1, 28, 28))
    >>> table.params, table.macs
    (13520771, 42723840)
    >>> table["fc1"].params, table["fc1"].macs, table["fc1"].activation_bytes
    (12846080, 12845056, 4096)
    >>> sum(row.macs for row in table if row.kind == "Linear") / table.macs
    0.3129...
    """
    import torch

    from cnnlab.count import _trace

    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"layer_table: model must be an nn.Module, got {type(model).__name__}")
    if not isinstance(input_shape, tuple | list):
        raise TypeError(f"layer_table: input_shape must be a tuple such as (3, 32, 32), got {input_shape!r}")
    shape = tuple(as_int("input_shape", number, 1) for number in input_shape)
    parameters = list(model.parameters())
    floating = (p.dtype for p in parameters if p.is_floating_point())
    dtype = dtype or next(floating, torch.float32)
    rows = [_row(record) for record in _trace.trace(model, shape, dtype) if _counts(record)]
    param_bytes = sum(p.numel() * p.element_size() for p in parameters)
    return LayerTable(tuple(rows), shape, str(dtype).removeprefix("torch."), param_bytes)


def _counts(record: Record) -> bool:
    return record.leaf or bool(record.params or record.macs or record.activation_bytes or record.notes)


def _row(record: Record) -> LayerRow:
    kind = ", ".join(record.operations) if record.operations and not record.leaf else record.kind
    notes = list(record.notes)
    if record.calls > 1:
        notes.append(f"called {record.calls} times")
    if record.leaf and not record.calls:
        notes.append("not called")
    return LayerRow(
        record.name,
        kind,
        record.shape,
        record.params,
        record.macs,
        record.activation_bytes,
        "; ".join(notes),
    )
