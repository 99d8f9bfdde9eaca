"""How a `LayerTable` looks: in a notebook, and as text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnlab.count.table import LayerRow, LayerTable

HEADS = ("Layer", "Kind", "Output", "Parameters", "MACs", "Activations, bytes")
NUMBERS_FROM = 3  # the columns with numbers, which are aligned at their right


def text(table: LayerTable) -> str:
    """Draw the table in letters."""
    lines = [HEADS, *(_cells(row) for row in table), _total(table)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    drawn = [
        "  ".join(
            cell.rjust(width) if n >= NUMBERS_FROM else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    notes = ["", *(row.note for row in table), ""]
    drawn = [f"{line}  {note}".rstrip() for line, note in zip(drawn, notes, strict=True)]
    rule = "-" * max(map(len, drawn))
    return "\n".join([_caption(table), rule, drawn[0], rule, *drawn[1:-1], rule, drawn[-1]])


def html(table: LayerTable) -> str:
    """Draw the table for a notebook."""
    shares = [(row.params, row.macs, row.activation_bytes) for row in table]
    totals = (table.params, table.macs, table.activation_bytes)
    body = "".join(
        _line(_cells(row), "td", _bars(share, totals), row.note)
        for row, share in zip(table, shares, strict=True)
    )
    heads = "".join(
        f'<th scope="col" style="{_align(n)}">{escape(head)}</th>' for n, head in enumerate(HEADS)
    )
    caption = escape(_caption(table))
    return (
        f'<div role="region" tabindex="0" aria-label="{caption}" style="overflow-x:auto">'
        '<table style="font-variant-numeric:tabular-nums;border-collapse:collapse;margin:0;color:inherit">'
        f'<caption style="caption-side:top;text-align:left;color:inherit">{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot>{_line(_total(table), 'th', ('', '', ''), '')}</tfoot></table></div>"
    )


def _line(cells: tuple[str, ...], tag: str, bars: tuple[str, ...], note: str) -> str:
    name, *others = cells
    said = f'<br><small style="font-weight:normal">{escape(note)}</small>' if note else ""
    drawn = [f'<th scope="row" style="{_align(0)}">{escape(name)}{said}</th>']
    for n, cell in enumerate(others, start=1):
        bar = bars[n - NUMBERS_FROM] if n >= NUMBERS_FROM else ""
        drawn.append(f'<{tag} style="{_align(n)}{bar}">{escape(cell)}</{tag}>')
    return f"<tr>{''.join(drawn)}</tr>"


def _align(column: int) -> str:
    side = "right" if column >= NUMBERS_FROM else "left"
    return f"text-align:{side};padding:.15em .6em;white-space:nowrap;"


def _bars(share: tuple[int, ...], totals: tuple[int, ...]) -> tuple[str, ...]:
    """Behind each number a bar as long as its share of the column's total."""
    lengths = [100 * part / total if total else 0 for part, total in zip(share, totals, strict=True)]
    return tuple(
        f"background:linear-gradient(to left,rgba(86,140,220,.35) {length:.1f}%,transparent 0);"
        for length in lengths
    )


def _caption(table: LayerTable) -> str:
    image = f"{_shape(table.input_shape)} ({table.dtype})"
    return (
        f"{table.params:,} parameters ({memory(table.param_bytes)}); for one image of {image}: "
        f"{table.macs:,} MACs, {memory(table.activation_bytes)} of activations"
    )


def memory(count: int) -> str:
    """Write bytes in the largest unit that leaves a number of at least one."""
    for unit, size in (("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"


def _cells(row: LayerRow) -> tuple[str, ...]:
    shape = _shape(row.output_shape) if row.output_shape is not None else ""
    return (row.name, row.kind, shape, f"{row.params:,}", f"{row.macs:,}", f"{row.activation_bytes:,}")


def _total(table: LayerTable) -> tuple[str, ...]:
    return ("Total", "", "", f"{table.params:,}", f"{table.macs:,}", f"{table.activation_bytes:,}")


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "1"
