"""Find the cells of a lesson that need PyTorch: by the names that they use.

A browser's Python has no PyTorch. A statement needs it if it uses what an import of it would have bound, or
a name that only such a statement would have bound or changed. Imports of it are taken out of their cells. A
cell that shows or checks something before it needs PyTorch is cut in two there; any other one stays whole.
"""

import ast
import symtable
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

# Modules and functions that need PyTorch when they are imported or called, and so does what is in them.
NEEDS_TORCH = (
    "torch",
    "cnnlab.augment",
    "cnnlab.capstone",
    "cnnlab.count.layer_table",
    "cnnlab.nets",
    "cnnlab.probes",
    "cnnlab.train",
)


class Piece(NamedTuple):
    """A cell of the browser's notebook."""

    source: str
    needs_torch: bool


class _Part(NamedTuple):
    """A statement with the comments above it, or several that share a line."""

    text: str
    statements: list[ast.stmt]


def pieces(cells: Sequence[str]) -> list[list[Piece]]:
    """Give for each of a notebook's cells of code, in their order, what becomes of it in the browser.

    Examples
    --------
    >>> [[piece]] = pieces(["1 + 1"])
    >>> piece.needs_torch
    False
    >>> pieces(["import torch", "x = torch.ones(2)", "print(x)"])[2]
    [Piece(source='print(x)', needs_torch=True)]
    """
    names = _Names()
    return [list(names.read(source)) for source in cells]


def needs_torch(dotted: str) -> bool:
    """Say whether what has this full name needs PyTorch.

    Examples
    --------
    >>> needs_torch("cnnlab.nets.small_cnn"), needs_torch("cnnlab.count.conv2d_params")
    (True, False)
    """
    return any(f"{dotted}.".startswith(f"{name}.") for name in NEEDS_TORCH)


class _Names:
    """What is known of a notebook's names, as far as it has been read."""

    def __init__(self) -> None:
        self.missing: set[str] = set()  # bound only where PyTorch is
        self.imported: dict[str, str] = {}  # and what they stand for

    def read(self, source: str) -> Iterator[Piece]:
        """Read a cell and cut it."""
        parts = list(_parts(source))
        imports = [part for part in parts if _imports_torch(part)]
        for part in imports:
            self._note(part, there=False)
        rest = [part for part in parts if part not in imports]
        before = self._runs(rest)
        if not any(map(_shows, before)) and before != rest:
            before = []
        for part in before:
            self._note(part, there=True)
        after = rest[len(before) :]
        for part in after:
            self._note(part, there=False)
        if not before:  # nothing is gained by taking it apart
            yield Piece(source, needs_torch=True)
            return
        if imports:
            yield Piece(_text(imports), needs_torch=True)
        yield Piece(_text(before), needs_torch=False)
        if after:
            yield Piece(_text(after), needs_torch=True)

    def _runs(self, parts: list[_Part]) -> list[_Part]:
        """Give the parts before the first one that needs PyTorch."""
        known = _Names()
        known.missing, known.imported = set(self.missing), dict(self.imported)
        for number, part in enumerate(parts):
            if any(map(known._needs, part.statements)):
                return parts[:number]
            known._note(part, there=True)
        return parts

    def _needs(self, statement: ast.stmt) -> bool:
        return bool(_used(statement) & self.missing) or any(map(self._is_torch, _dotted(statement)))

    def _is_torch(self, dotted: str) -> bool:
        first, dot, rest = dotted.partition(".")
        return first in self.imported and needs_torch(self.imported[first] + dot + rest)

    def _note(self, part: _Part, there: bool) -> None:
        """Note which names a part binds, and whether they are there in a browser."""
        for statement in part.statements:
            bound = _bound(statement)
            self.missing = self.missing - bound if there else self.missing | (bound - self.imported.keys())
            if there and isinstance(statement, ast.Import | ast.ImportFrom):
                self.imported |= _imports(statement)


def _parts(source: str) -> Iterator[_Part]:
    lines, done = source.splitlines(), 0
    together: list[ast.stmt] = []
    statements = ast.parse(source).body
    for statement, following in zip_longest(statements, statements[1:]):
        together.append(statement)
        end = (statement.end_lineno or 0) if following else len(lines)
        if following and following.lineno == end:
            continue
        halves = list(_by_need(statement))
        if len(halves) > 1:
            yield from (_Part(ast.unparse(half), [half]) for half in halves)
        else:
            yield _Part("\n".join(lines[done:end]), together)
        together, done = [], end


def _text(parts: list[_Part]) -> str:
    return "\n".join(part.text for part in parts).strip("\n")


def _shows(part: _Part) -> bool:
    """Say whether a part is more than preparation: it prints, draws or checks."""
    return any(isinstance(statement, ast.Expr | ast.Assert) for statement in part.statements)


def _imports_torch(part: _Part) -> bool:
    return any(
        isinstance(statement, ast.Import | ast.ImportFrom)
        and any(map(needs_torch, _imports(statement).values()))
        for statement in part.statements
    )


def _by_need(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Cut an import of several names in two where only some need PyTorch."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        yield statement
        return
    for wanted in (False, True):
        names = [alias for alias in statement.names if needs_torch(_path(statement, alias)) == wanted]
        if names and isinstance(statement, ast.ImportFrom):
            yield ast.ImportFrom(statement.module, names, statement.level)
        elif names:
            yield ast.Import(names)


def _imports(statement: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Give the names that an import binds, and what each stands for."""
    return {a.asname or a.name.partition(".")[0]: _path(statement, a) for a in statement.names}


def _path(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{statement.module}.{alias.name}" if isinstance(statement, ast.ImportFrom) else alias.name


def _used(statement: ast.stmt) -> set[str]:
    """Find the notebook's names that a statement uses, in the functions that it defines too."""
    top = _table(statement)
    tables, used = [top], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        of_the_notebook = (s for s in table.get_symbols() if table is top or s.is_global())
        used |= {symbol.get_name() for symbol in of_the_notebook if symbol.is_referenced()}
    return used


def _bound(statement: ast.stmt) -> set[str]:
    """Find the names that a statement binds, or whose objects it changes: ``x[0] = 1``, ``x.append(1)``."""
    bound = {s.get_name() for s in _table(statement).get_symbols() if s.is_assigned() or s.is_imported()}
    for node in ast.walk(statement):
        changed: ast.expr | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = node
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed = node.value.func if isinstance(node.value.func, ast.Attribute) else None
        root = _root(changed) if changed else None
        if isinstance(root, ast.Name):
            bound.add(root.id)
    return bound


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def _table(statement: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(statement), "cell", "exec")


def _dotted(statement: ast.stmt) -> Iterator[str]:
    """Give each chain of names such as ``count.layer_table``."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and ast.unparse(node).replace(".", "").isidentifier():
            yield ast.unparse(node)
