"""Readers of the files that image sets come in: pickled arrays, IDX files, the CIFAR-10 archive.

Unpickling runs whatever a pickle names, so `load_arrays` admits NumPy arrays of plain numbers,
with Python's own containers around them, and nothing else.
"""

from __future__ import annotations

import io
import math
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_IDX_BYTES = 0x08  # the type code of unsigned bytes, the only one that MNIST-like sets use


def load_arrays(pickled: bytes) -> Any:
    """Read a pickle that may hold NumPy arrays of numbers and Python containers, nothing else.

    Python 2's strings arrive as bytes.

    Raises
    ------
    pickle.UnpicklingError
        When the pickle names anything else. It is refused before anything of it runs.

    Examples
    --------
    >>> load_arrays(pickle.dumps(np.arange(3), protocol=4))
    array([0, 1, 2])
    >>> load_arrays(pickle.dumps(print))
    Traceback (most recent call last):
    _pickle.UnpicklingError: the pickle asks for builtins.print; only NumPy arrays are admitted
    """
    return _ArrayUnpickler(io.BytesIO(pickled), encoding="bytes").load()


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        # NumPy 2 moved numpy.core to numpy._core; old pickles carry the old name.
        match module.replace("numpy.core", "numpy._core"), name:
            case "numpy._core.multiarray", "_reconstruct":
                return _empty_array
            case "numpy", "ndarray":
                return np.ndarray
            case "numpy", "dtype":
                return _number_dtype
        raise pickle.UnpicklingError(f"the pickle asks for {module}.{name}; only NumPy arrays are admitted")


def _empty_array(subtype: type, shape: tuple[int, ...], _dtype: object) -> NDArray[Any]:
    # The array's own __setstate__ gives it shape, type and content afterwards.
    if subtype is not np.ndarray or shape != (0,):
        raise pickle.UnpicklingError(f"the pickle builds {subtype!r} of shape {shape}, not a plain array")
    return np.ndarray((0,), dtype=np.int8)


def _number_dtype(code: str | bytes, align: object = False, copy: object = False) -> np.dtype[Any]:
    # Python 2's pickles say 0 and 1 for False and True; NumPy 2.4.0 to 2.4.4 warn about that.
    dtype = np.dtype(code.decode("ascii") if isinstance(code, bytes) else code, bool(align), bool(copy))
    if dtype.kind not in "buif":
        raise pickle.UnpicklingError(f"the pickle holds an array of {dtype}; only numbers are admitted")
    return dtype


def read_idx(content: bytes, what: str = "this file") -> NDArray[np.uint8]:
    """Read an IDX file of bytes, the format of MNIST and Fashion-MNIST, already unzipped.

    Four bytes (0, 0, type, number of axes), each axis's length as four bytes with the highest
    first, then the values in C order.

    Raises
    ------
    ValueError
        When it is no IDX file of bytes, or its length is not what its header says.

    Examples
    --------
    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3]) + bytes([7, 8, 9]))
    array([7, 8, 9], dtype=uint8)
    """
    if len(content) < 4 or content[:3] != bytes([0, 0, _IDX_BYTES]):
        raise ValueError(
            f"{what} is no IDX file of bytes: it begins with {content[:4].hex(' ')}, not 00 00 08."
        )
    header = 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, header, 4))
    expected = header + math.prod(shape)
    if len(content) != expected:
        raise ValueError(
            f"{what} says it holds {' × '.join(map(str, shape))} values, {expected:,} bytes with its header; "
            f"it has {len(content):,} bytes."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def read_cifar10(archive: Path) -> dict[str, NDArray[np.uint8]]:
    """Read ``cifar-10-python.tar.gz``; nothing is written to disk.

    Returns ``train_images`` and ``test_images`` (N, 3, 32, 32), ``train_labels`` and
    ``test_labels`` (N,), in the archive's own numbering, batches 1 to 5 in order.

    Raises
    ------
    ValueError
        When the archive cannot be read or a batch is missing or not as it should be.
    """
    wanted = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    batches: dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:  # once through: a gzip stream cannot jump back cheaply
                name = Path(member.name).name
                file = tar.extractfile(member) if name in wanted else None
                if file is not None:
                    batches[name] = _cifar10_batch(load_arrays(file.read()), f"{name} in {archive}")
    except (tarfile.TarError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise ValueError(f"{archive} cannot be read as the CIFAR-10 archive: {error}.") from error
    missing = [name for name in wanted if name not in batches]
    if missing:
        raise ValueError(f"{archive} lacks {', '.join(missing)}.")
    train = [batches[name] for name in wanted[:-1]]
    return {
        "train_images": np.concatenate([images for images, _ in train]),
        "train_labels": np.concatenate([labels for _, labels in train]),
        "test_images": batches["test_batch"][0],
        "test_labels": batches["test_batch"][1],
    }


def _cifar10_batch(batch: Any, what: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    data, labels = (batch.get(b"data"), batch.get(b"labels")) if isinstance(batch, dict) else (None, None)
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != 3072:
        raise ValueError(f"{what} holds no uint8 array of shape (N, 3072) under 'data'.")
    if not isinstance(labels, list) or len(labels) != len(data) or not set(labels) <= set(range(10)):
        raise ValueError(f"{what} holds no list of {len(data)} labels from 0 to 9 under 'labels'.")
    # A row is the red plane, then the green, then the blue, each 32 × 32.
    return data.reshape(-1, 3, 32, 32), np.array(labels, dtype=np.uint8)
