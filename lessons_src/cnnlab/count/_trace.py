"""Count a model by running it without numbers: every operation is seen, none is computed.

The image is a tensor on PyTorch's meta device, which has a shape and a dtype but no memory. `_Counter` sees
each operation below all layers and functions, so that a matrix product counts whether an `nn.Linear` made it
or a `torch.einsum` in somebody's `forward`. Where an operation would read a real tensor, a weight or a running
mean, it gets one on the meta device in its place: nothing is computed with the model's own tensors, nothing is
written into them, and they may be on any device.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten

# Matrix products, and which of their arguments is the first matrix: each element of the result takes as many
# multiply-adds as that matrix has columns.
PRODUCTS = {
    **dict.fromkeys([aten.mm.default, aten.bmm.default, aten.mv.default, aten.dot.default], 0),
    **dict.fromkeys([aten.addmm.default, aten.baddbmm.default, aten.addmv.default], 1),
}

# Operations on more than one tensor that sum no products with weights: normalising, copying, scattering.
FREE = {
    *("_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_batch_norm"),
    *("_fused_rms_norm", "native_group_norm", "native_layer_norm"),
    *("copy_", "index_add", "index_add_", "index_copy", "index_copy_", "index_put", "index_put_"),
    *("scatter", "scatter_", "scatter_add", "scatter_add_", "select_scatter", "slice_scatter"),
}

# With children of their own, but never calling them: their `forward` uses the children's weights directly.
LEAVES = (nn.MultiheadAttention,)


@dataclass(eq=False)
class Record:
    """What was found for one module."""

    name: str
    kind: str
    leaf: bool
    shape: tuple[int, ...] | None = None
    params: int = 0
    macs: int = 0
    activation_bytes: int = 0
    calls: int = 0
    operations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def trace(model: nn.Module, input_shape: Sequence[int], dtype: torch.dtype) -> list[Record]:
    """Count every module of a model in one run: first those that ran, in their order, then the others."""
    owners: dict[nn.Module, Record] = {}
    _register(model, "", owners, None)
    _own_parameters(owners)
    counter = _Counter(owners)
    hooks = [
        register_module_forward_pre_hook(counter.enter),
        register_module_forward_hook(counter.leave),
    ]
    try:
        with torch.no_grad(), _as_it_was(owners), counter:
            model(torch.empty((1, *input_shape), dtype=dtype, device="meta"))
    except Exception as error:
        raise ValueError(_failure(counter.stack, input_shape, error)) from error
    finally:
        for hook in hooks:
            hook.remove()
    return list(dict.fromkeys([*counter.ran, *owners.values()]))


class _Counter(TorchDispatchMode):
    """Sees each operation, and knows in which module it happens."""

    def __init__(self, owners: dict[nn.Module, Record]) -> None:
        super().__init__()
        self.owners = owners
        self.ran: dict[Record, None] = {}  # in the order of their first call
        self.stack: list[tuple[nn.Module, Record, tuple[int, ...] | None]] = []
        self._stand_ins: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if (record := self.owners.get(module)) is None or (self.stack and self.stack[-1][1] is record):
            return
        shape = next((tuple(x.shape) for x in args if isinstance(x, torch.Tensor)), None)
        if (
            isinstance(module, nn.modules.conv._ConvNd)
            and shape
            and len(shape) != 2 + len(module.kernel_size)
        ):
            self.stack.append((module, record, shape))
            raise ValueError(f"it takes {1 + len(module.kernel_size)} numbers an image")
        self.stack.append((module, record, shape))
        if record.leaf:
            self.ran[record] = None

    def leave(self, module: nn.Module, args: tuple[Any, ...], output: object) -> None:
        if not any(entered is module for entered, _, _ in self.stack):
            return
        while self.stack.pop()[0] is not module:  # those above raised an error that the model caught
            pass
        record = self.owners[module]
        if record.leaf:
            record.calls += 1
            tensors = list(_tensors(output))
            record.shape = tuple(tensors[0].shape[1:]) if tensors else None
            record.activation_bytes += _new_bytes(tensors, args)

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is aten._local_scalar_dense.default:  # the value of a number, which the meta device has not
            return func(*args)
        args = tuple(self._stand_in(argument) for argument in args)
        kwargs = {name: self._stand_in(value) for name, value in (kwargs or {}).items()}
        if kwargs.get("device") is not None:
            kwargs["device"] = torch.device("meta")
        known = func in PRODUCTS or func is aten.convolution.default
        if not known and (parts := func.decompose(*args, **kwargs)) is not NotImplemented:
            return parts
        output = func(*args, **kwargs)
        record = self.stack[-1][1] if self.stack else None
        if record is None:
            return output
        record.macs += _macs(func, args, output)
        name = func.overloadpacket.__name__
        if not known and _may_multiply(func, name, args):
            record.note(f"not counted: {name}")
            self.ran[record] = None
        if not record.leaf:
            written = _new_bytes(list(_tensors(output))[:1], args)
            if written or known:
                self.ran[record] = None
                record.activation_bytes += written
                if name not in record.operations:
                    record.operations.append(name)
        return output

    def _stand_in(self, value: Any) -> Any:
        """Put a tensor on the meta device in the place of a real one."""
        if isinstance(value, list | tuple):
            return type(value)([self._stand_in(item) for item in value])
        if not isinstance(value, torch.Tensor) or value.is_meta:
            return value
        if id(value) not in self._stand_ins:  # the real one is kept, so that its id stays its own
            self._stand_ins[id(value)] = (value, torch.empty_like(value, device="meta"))
        return self._stand_ins[id(value)][1]


def _register(module: nn.Module, name: str, owners: dict[nn.Module, Record], owner: Record | None) -> None:
    """Give each module its record; what a leaf holds counts as the leaf's."""
    if module in owners:
        return
    children = dict(module.named_children())
    leaf = not children or isinstance(module, LEAVES)
    owners[module] = owner or Record(name or "(model)", type(module).__name__, leaf)
    for child_name, child in children.items():
        path = f"{name}.{child_name}" if name else child_name
        _register(child, path, owners, owners[module] if leaf else None)


def _own_parameters(owners: dict[nn.Module, Record]) -> None:
    """Count each parameter once, for the first module that holds it."""
    holders: dict[int, Record] = {}
    for module, record in owners.items():
        for parameter in module.parameters(recurse=False):
            if nn.parameter.is_lazy(parameter):
                raise ValueError(
                    f"layer_table: {record.name} ({record.kind}) is lazy: its weights get their shapes from the "
                    "first input. Run the model once, for example model(torch.zeros(1, 3, 32, 32)), then count"
                )
            holder = holders.setdefault(id(parameter), record)
            if holder is record:
                record.params += parameter.numel()
            else:
                record.note(f"shares with {holder.name}")


@contextmanager
def _as_it_was(modules: Sequence[nn.Module] | dict[nn.Module, Record]) -> Iterator[None]:
    """Evaluate (dropout passes everything, statistics stand still), then put back what each module held."""
    kept = [
        (module, dict(vars(module)), dict(module._parameters), dict(module._buffers)) for module in modules
    ]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, attributes, parameters, buffers in kept:
            vars(module).clear()
            vars(module).update(attributes)
            for held, before in ((module._parameters, parameters), (module._buffers, buffers)):
                held.clear()
                held.update(before)


def _macs(func: Any, args: tuple[Any, ...], output: Any) -> int:
    if func is aten.convolution.default:
        x, weight, transposed = args[0], args[1], args[6]
        # Each element of the output sums over one kernel; transposed, each of the input is spread by one.
        return int((x if transposed else output).numel() * weight[0].numel())
    if func in PRODUCTS:
        return int(output.numel() * args[PRODUCTS[func]].shape[-1])
    return 0


def _may_multiply(func: Any, name: str, args: tuple[Any, ...]) -> bool:
    """Whether an operation without a formula may hide multiply-adds: it joins tensors, or is nobody we know."""
    if func.namespace not in ("aten", "prims"):
        return True
    if torch.Tag.pointwise in func.tags or func.is_view or name in FREE:
        return False
    return sum(isinstance(x, torch.Tensor) and x.is_floating_point() for x in args) > 1


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _new_bytes(outputs: Sequence[torch.Tensor], inputs: Any) -> int:
    """Bytes of the outputs that are no view of an input, nor the input itself."""
    known = {x.untyped_storage()._cdata for x in _tensors(inputs)}
    return sum(x.numel() * x.element_size() for x in outputs if x.untyped_storage()._cdata not in known)


def _failure(stack: list[Any], input_shape: Sequence[int], error: Exception) -> str:
    where, arrived = "the model", ""
    if stack:
        _, record, shape = stack[-1]
        where = f"{record.name} ({record.kind})"
        arrived = f" got {shape}, the images first, and" if shape else ""
    reason = str(error).strip().split("\n")[0]
    return (
        f"layer_table: {where}{arrived} failed: {reason}. input_shape is the shape of ONE image, without the "
        f"number of images: here {tuple(input_shape)}"
    )
