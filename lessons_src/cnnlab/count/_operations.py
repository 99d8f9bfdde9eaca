"""What one of PyTorch's operations costs, and what it returns, without doing it.

An operation is one of ``torch.ops.aten``, of which all layers and functions are made: an `nn.Linear`, an
``x @ y`` and an `einsum` all end in `addmm`, `mm` or `bmm`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten

# Matrix products, and which of their arguments is the first matrix: each number of the result takes as many
# multiply-adds as that matrix has columns.
PRODUCTS = {
    **dict.fromkeys([aten.mm.default, aten.bmm.default, aten.mv.default, aten.dot.default], 0),
    **dict.fromkeys([aten.addmm.default, aten.baddbmm.default, aten.addmv.default], 1),
    **dict.fromkeys([aten.addmm_.default, aten.baddbmm_.default, aten.addmv_.default], 1),
}
COUNTED = {aten.convolution.default, *PRODUCTS}

# Operations on several tensors that sum no products: normalising, copying, scattering.
FREE = {
    *("_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "native_batch_norm"),
    *("_fused_rms_norm", "native_group_norm", "native_layer_norm", "_prelu_kernel"),
    *("copy_", "index_add", "index_add_", "index_copy", "index_copy_", "index_put", "index_put_"),
    *("scatter", "scatter_", "scatter_add", "scatter_add_", "select_scatter", "slice_scatter"),
}


def macs(func: Any, args: Sequence[Any], output: Any) -> int:
    """Multiply-adds of an operation; 0 if it has no formula here."""
    if func not in COUNTED:
        return 0
    if func in PRODUCTS:
        return int(output.numel() * args[PRODUCTS[func]].shape[-1])
    x, weight, transposed = args[0], args[1], args[6]
    # Each number of the output sums over one kernel; transposed, each of the input is spread by one.
    return int((x if transposed else output).numel() * weight[0].numel())


def may_multiply(func: Any, args: Sequence[Any]) -> bool:
    """Whether an operation without a formula may hide multiply-adds: it joins tensors, or is a stranger."""
    if func in COUNTED:
        return False
    if func.namespace != "aten":
        return True
    if torch.Tag.pointwise in func.tags or func.is_view or name(func) in FREE:
        return False
    return sum(isinstance(x, Tensor) and x.is_floating_point() for x in args) > 1


def name(func: Any) -> str:
    """Name an operation without its variant: ``addmm`` for ``aten.addmm.default``."""
    return str(func.overloadpacket.__name__)


def tensors(value: Any) -> Iterator[Tensor]:
    """Find all tensors in what a module or an operation takes or returns."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors(item)


def new_bytes(outputs: Sequence[Tensor], inputs: Any) -> int:
    """Bytes of the outputs that are neither an input nor a view of one."""
    known = {x.untyped_storage()._cdata for x in tensors(inputs)}
    return sum(x.numel() * x.element_size() for x in outputs if x.untyped_storage()._cdata not in known)


def outcome(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Return what an operation on the meta device returns.

    PyTorch knows for every operation. But it loads an algebra system for the first one (over a second) and
    takes long for a ReLU, so the commonest are answered here, where nothing is unusual about them.
    """
    quick = QUICK.get(func)
    output = quick(*args) if quick and not kwargs else None
    return func(*args, **kwargs) if output is None else output


def _convolution(
    x: Tensor,
    weight: Tensor,
    _bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    transposed: bool,
    _output_padding: list[int],
    groups: int,
) -> Tensor | None:
    usual = x.dim() == weight.dim() and x.dtype == weight.dtype and not transposed
    if not usual or x.shape[1] != weight.shape[1] * groups:
        return None
    lengths = _lengths(x, tuple(weight.shape[2:]), stride, padding, dilation)
    return x.new_empty((x.shape[0], weight.shape[0], *lengths)) if _plain(x, weight, lengths) else None


def _max_pool2d(
    x: Tensor,
    kernel_size: list[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0,),
    *unusual: object,
) -> tuple[Tensor, Tensor] | None:
    window, step, edge = (_both(numbers) for numbers in (kernel_size, stride or kernel_size, padding))
    if unusual or x.dim() != 4 or any(2 * P > F for F, P in zip(window, edge, strict=True)):
        return None
    lengths = _lengths(x, window, step, edge, (1, 1))
    if not _plain(x, x, lengths):
        return None
    maxima = x.new_empty((*x.shape[:2], *lengths))
    return maxima, maxima.new_empty(maxima.shape, dtype=torch.int64)


def _both(numbers: Sequence[int]) -> Sequence[int]:
    return numbers if len(numbers) == 2 else (numbers[0], numbers[0])


def _lengths(
    x: Tensor,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> list[int]:
    axes = zip(x.shape[2:], kernel_size, stride, padding, dilation, strict=True)
    return [(H + 2 * P - D * (F - 1) - 1) // S + 1 for H, F, S, P, D in axes]


def _plain(x: Tensor, weight: Tensor, lengths: Sequence[int]) -> bool:
    return min(lengths) > 0 and x.is_contiguous() and weight.is_contiguous()


def _addmm(bias: Tensor, x: Tensor, weight: Tensor) -> Tensor | None:
    fits = x.shape[1] == weight.shape[0] and bias.shape == weight.shape[1:]
    same = bias.dtype == x.dtype == weight.dtype
    return x.new_empty((x.shape[0], weight.shape[1])) if fits and same else None


def _mean(x: Tensor, axes: list[int] | None, keepdim: bool = False) -> Tensor | None:
    usual = x.dim() == 4 and axes == [-1, -2] and keepdim and x.is_floating_point() and x.is_contiguous()
    return x.new_empty((*x.shape[:2], 1, 1)) if usual else None


QUICK: dict[Any, Callable[..., Any]] = {
    aten.convolution.default: _convolution,
    aten.relu.default: lambda x: x.new_empty(x.shape) if x.is_contiguous() else None,
    aten.max_pool2d_with_indices.default: _max_pool2d,
    aten.addmm.default: _addmm,
    aten.mean.dim: _mean,
}
