"""How a `LayerTable` looks: in a notebook, and as text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnlab.count.table import LayerRow, LayerTable

HEADS = ("Layer", "Kind", "Output", "Parameters", "MACs", "Activation bytes")
NUMBERS_FROM = 3  # the columns with numbers, which are aligned at their right

CSS = (
    ".cnnlab-layers{overflow-x:auto;margin:.5rem 0 1rem}"
    ".cnnlab-layers table{border-collapse:collapse;color:inherit;font-size:.85rem;margin:0;"
    "font-variant-numeric:tabular-nums}"
    ".cnnlab-layers caption{caption-side:top;color:inherit;text-align:left}"
    ".cnnlab-layers :is(th,td){padding:.15em .6em;text-align:left;vertical-align:top;white-space:nowrap}"
    # Behind each number a bar as long as its share of the column.
    ".cnnlab-layers .n{text-align:right;background:linear-gradient(to right,"
    "rgba(86,140,220,.35) var(--share,0%),transparent 0) center/100% 76% no-repeat}"
    ".cnnlab-layers tfoot :is(th,td){border-top:1px solid;font-weight:bold}"
    ".cnnlab-layers small{display:block;font-weight:normal;white-space:normal}"
    # On a telephone the names say of what kind the layers are.
    "@media(max-width:600px){.cnnlab-layers table{font-size:.68rem}.cnnlab-layers .kind{display:none}"
    ".cnnlab-layers :is(th,td){padding:.15em .2em}.cnnlab-layers thead th{white-space:normal}}"
    # Sphinx's theme lays a light sheet under each HTML output of a dark page: not for these.
    ".text_html:has(.cnnlab-layers){background:none!important;color:inherit!important;padding:0!important}"
)


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
    heads = "".join(f'<th scope="col"{_mark(n)}>{head}</th>' for n, head in enumerate(HEADS))
    body = "".join(_line(_cells(row), _shares(row, table), row.note) for row in table)
    caption = escape(_caption(table))
    return (
        f'<div class="cnnlab-layers" role="group" tabindex="0" aria-label="{caption}"><style>{CSS}</style>'
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot>{_line(_total(table), (0, 0, 0), '')}</tfoot></table></div>"
    )


def _line(cells: tuple[str, ...], shares: tuple[float, ...], note: str) -> str:
    name, *others = map(escape, cells)
    drawn = [f'<th scope="row">{name}{f"<small>{escape(note)}</small>" if note else ""}</th>']
    for n, cell in enumerate(others, start=1):
        share = shares[n - NUMBERS_FROM] if n >= NUMBERS_FROM else 0
        style = f' style="--share:{share:.1%}"' if share else ""
        drawn.append(f"<td{_mark(n)}{style}>{cell}</td>")
    return f"<tr>{''.join(drawn)}</tr>"


def _mark(column: int) -> str:
    if column >= NUMBERS_FROM:
        return ' class="n"'
    return ' class="kind"' if HEADS[column] == "Kind" else ""


def _shares(row: LayerRow, table: LayerTable) -> tuple[float, ...]:
    parts = (row.params, row.macs, row.activation_bytes)
    totals = (table.params, table.macs, table.activation_bytes)
    return tuple(part / total if total else 0 for part, total in zip(parts, totals, strict=True))


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
