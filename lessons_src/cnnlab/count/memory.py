"""What numbers weigh: bytes of a tensor or of a model's parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnlab._pairs import as_int

BYTES = {
    **{"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2},
    **{"int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1},
}


def memory_bytes(shape: int | Sequence[int], dtype: str = "float32") -> int:
    """Memory of a tensor in bytes: the product of its lengths times the bytes of one number.

    Parameters
    ----------
    shape : int or sequence of int
        Shape of a tensor, such as a layer's output; or how many numbers, such as a model's parameters.
    dtype : str
        Type of the numbers, named as in PyTorch.

    Returns
    -------
    int
        Bytes; divide by 2**20 for MiB.

    Raises
    ------
    ValueError
        If a length is negative, or the type has no such name.

    Notes
    -----
    ``tensor.numel() * tensor.element_size()`` in PyTorch. A float32 takes 4 bytes (IEEE 754, binary32).

    Examples
    --------
    >>> memory_bytes((64, 28, 28))  # the output of the silhouette network's first convolution
    200704
    >>> memory_bytes(138_357_544) / 2**20  # the parameters of VGG16, in MiB
    527.79214...
    """
    if dtype not in BYTES:
        raise ValueError(f"dtype is {dtype!r}; choose one of {', '.join(BYTES)}")
    lengths = shape if isinstance(shape, tuple | list) else (shape,)
    return math.prod(as_int("shape", length, 0) for length in lengths) * BYTES[dtype]
