"""What a notebook needs whose Python runs in the browser: ``%load_ext cnnlab.browser``.

There is no PyTorch there. A cell that begins with ``%%needs_torch`` can be read, and says so when it is run;
so does whatever else asks for PyTorch.
"""

import sys
from typing import Any

from tqdm import tqdm

NEEDS_TORCH = (
    "This cell needs PyTorch, which browsers do not have: its result stands on the lesson's page, and it "
    "runs in Colab, on Binder or on your own machine."
)


def needs_torch(_line: str, _cell: str) -> None:
    """Say that a cell needs PyTorch; ``%%needs_torch`` calls it in the cell's place."""
    print(NEEDS_TORCH)


class _NoTorch:
    """Answers an import of PyTorch, before Python looks for it."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "torch":
            raise ModuleNotFoundError(NEEDS_TORCH, name=name)


def load_ipython_extension(ipython: Any) -> None:
    """Do what ``%load_ext`` asks for."""
    ipython.register_magic_function(needs_torch, "cell")
    if sys.platform == "emscripten":
        sys.meta_path.insert(0, _NoTorch())
    tqdm.monitor_interval = 0  # it would watch its bars from a thread, and a browser's Python has none
