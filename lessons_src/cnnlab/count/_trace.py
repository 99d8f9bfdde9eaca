"""Count a model by running it without numbers: every operation is seen, none is computed.

The image is a tensor on PyTorch's meta device, which has a shape and a dtype but no memory. `_Counter` sees
each operation below all layers and functions. Where one would read a real tensor, a weight or a running mean,
it gets one on the meta device in its place: nothing is computed with the model's own tensors, nothing is
written into them, and they may be on any device.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode

from cnnlab.count import _operations as operations

# It has a child, but never calls it: its `forward` uses the child's weights directly.
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
    # What its own `forward` does beside calling other modules, and what else there is to say, each once.
    operations: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)


class Call(NamedTuple):
    """A module that is being run, and the shape of what it takes."""

    module: nn.Module
    record: Record
    shape: tuple[int, ...] | None


def trace(model: nn.Module, input_shape: Sequence[int], dtype: torch.dtype) -> list[Record]:
    """Count every module of a model in one run: first those that ran, in their order, then the others."""
    owners: dict[nn.Module, Record] = {}
    _register(model, "", owners)
    counter = _Counter(owners, _own_parameters(owners))
    image = torch.empty((1, *input_shape), dtype=dtype, device="meta")
    # Hooks for all modules: the model's own stay as they are.
    hooks = [
        register_module_forward_pre_hook(counter.enter),
        register_module_forward_hook(counter.leave, always_call=True),
    ]
    try:
        with torch.no_grad(), _as_it_was(owners), counter:
            model(image)
    except Exception as error:
        raise ValueError(_failure(counter.failed.get(error), input_shape, error)) from error
    finally:
        for hook in hooks:
            hook.remove()
    return list(dict.fromkeys([*counter.ran, *owners.values()]))


class _Counter(TorchDispatchMode):
    """Sees each operation, and knows in which module it happens."""

    def __init__(self, owners: dict[nn.Module, Record], parameters: Iterable[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # PyTorch's
        self.owners = owners
        self.parameters = set(parameters)
        self.ran: dict[Record, None] = {}  # in the order in which they began
        self.calls: list[Call] = []
        self.failed: dict[BaseException, Call] = {}
        self.stand_ins: dict[int, tuple[Tensor, Tensor]] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # or PyTorch would load its compiler, to keep it away from here: a second or two

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """Note that a module begins."""
        if (record := self.owners.get(module)) is None:
            return
        shape = next((tuple(x.shape) for x in args if isinstance(x, Tensor)), None)
        self.calls.append(Call(module, record, shape))
        if record.leaf:
            self.ran[record] = None
        if isinstance(module, _ConvNd) and shape and len(shape) != len(module.kernel_size) + 2:
            # PyTorch takes an image without the number of images too; the layers after it would not.
            raise ValueError(f"it takes {len(module.kernel_size) + 2} axes, the number of images first")
        if isinstance(module, nn.RNNBase):  # its function compares devices before any operation is seen
            module._flat_weights = self._stand_in(module._flat_weights)

    def leave(self, module: nn.Module, args: tuple[Any, ...], output: object) -> None:
        """Note that a module has ended or failed, and what it returned."""
        if module not in self.owners:
            return
        call = self.calls.pop()
        if output is None and (error := sys.exception()):
            self.failed.setdefault(error, call)  # the innermost comes first
            return
        record = call.record
        if record.leaf:
            returned = list(operations.tensors(output))
            record.calls += 1
            record.shape = tuple(returned[0].shape[1:]) if returned else None
            record.activation_bytes += operations.new_bytes(returned, args)

    def __torch_dispatch__(
        self, func: Any, _types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is operations.aten._local_scalar_dense.default:  # a number that Python asks for
            return func(*args)
        args = tuple(self._stand_in(argument) for argument in args)
        kwargs = {name: self._stand_in(value) for name, value in (kwargs or {}).items()}
        if kwargs.get("device") is not None:
            kwargs["device"] = torch.device("meta")
        if func not in operations.COUNTED:
            with self:  # in inference mode functions arrive whole
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        output = operations.outcome(func, args, kwargs)
        if self.calls:
            self._count(self.calls[-1].record, func, args, output)
        return output

    def _count(self, record: Record, func: Any, args: tuple[Any, ...], output: Any) -> None:
        name = operations.name(func)
        cost = operations.macs(func, args, output)
        record.macs += cost
        if hidden := operations.may_multiply(func, args):
            record.notes[f"not counted: {name}"] = None
        if record.leaf:  # its activations are what it returns
            return
        inputs = list(operations.tensors(args))
        # An operation without inputs makes a constant.
        written = operations.new_bytes(list(operations.tensors(output))[:1], inputs) if inputs else 0
        if cost or written or hidden:
            self.ran[record] = None
            record.operations[name] = None
            record.activation_bytes += written

    def _stand_in(self, value: Any) -> Any:
        """Put a tensor on the meta device in the place of a real one."""
        if isinstance(value, list | tuple):
            return type(value)([self._stand_in(item) for item in value])
        if not isinstance(value, Tensor):
            return value
        if type(value) is nn.Parameter and id(value) not in self.parameters and self.calls:
            self.calls[-1].record.notes["uses parameters that the model does not register"] = None
        if value.is_meta:
            return value
        if id(value) not in self.stand_ins:  # the real one is kept, so that its id stays its own
            meta = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
            self.stand_ins[id(value)] = (value, meta)
        return self.stand_ins[id(value)][1]


def _register(
    module: nn.Module, name: str, owners: dict[nn.Module, Record], owner: Record | None = None
) -> None:
    """Give each module its record; what a leaf holds counts as the leaf's."""
    if module in owners:
        return
    if isinstance(module, torch.jit.ScriptModule):
        raise TypeError("layer_table: the model is compiled by torch.jit; count it as it was before")
    children = list(module.named_children())
    leaf = not children or isinstance(module, LEAVES)
    owners[module] = owner or Record(name or "(model)", type(module).__name__, leaf)
    for child_name, child in children:
        path = f"{name}.{child_name}" if name else child_name
        _register(child, path, owners, owners[module] if leaf else None)


def _own_parameters(owners: dict[nn.Module, Record]) -> dict[int, Record]:
    """Count each parameter once, for the first module that holds it."""
    holders: dict[int, Record] = {}
    for module, record in owners.items():
        for parameter in module.parameters(recurse=False):
            if nn.parameter.is_lazy(parameter):
                raise ValueError(
                    f"layer_table: {record.name} ({record.kind}) is lazy: its weights get their shapes from "
                    "the first input. Run the model once, model(torch.zeros(1, *input_shape)), then count"
                )
            holder = holders.setdefault(id(parameter), record)
            if holder is record:
                record.params += parameter.numel()
            else:
                record.notes[f"shares with {holder.name}"] = None
    return holders


@contextmanager
def _as_it_was(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Evaluate (dropout passes all, statistics stand still), then put back whatever a module held."""
    held: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for module in modules:
        for values in (vars(module), module._parameters, module._buffers):
            held.append((values, dict(values)))
    for module in modules:
        module.training = False
    try:
        yield
    finally:
        for values, before in held:
            for name in values.keys() - before.keys():
                del values[name]
            values.update(before)


def _failure(call: Call | None, input_shape: Sequence[int], error: Exception) -> str:
    where = "the model"
    if call:
        what = call.record.kind if len(str(call.module).splitlines()) > 1 else str(call.module)
        got = f" got an input of shape {call.shape} and" if call.shape else ""
        where = f"{call.record.name}, {what},{got}"
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    if "meta tensor" in reason:
        reason = "it asks for a value, and counting knows shapes only"
    return (
        f"layer_table: {where} failed: {reason}. The model was given one image of shape "
        f"{tuple(input_shape)}; input_shape is (C, H, W), without the number of images"
    )
