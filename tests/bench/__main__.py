"""`python -m tests.bench [NAME ...]`: run the benchmarks, each in a process of its own, on one thread.

A benchmark is a module of this folder with a function `run()`; to add one, add its name below.
"""

import os
import subprocess
import sys

BENCHMARKS = ("convolution", "counting", "atlas", "grading", "browser")

# Left out if the shell sets them: they hold NumPy's matrix products, and nobody else's, to an older processor
# or another cache than the one at hand.
HANDICAPS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

# These are read when a process starts, before any import.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # PyTorch
    "MKL_NUM_THREADS": "1",  # PyTorch's matrix products
    "OPENBLAS_NUM_THREADS": "1",  # NumPy's matrix products
    # glibc gives large arrays back to the system after each call, and fetching them again can take longer
    # than a small layer. Keep them, for all contestants alike.
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**32),
}


def main(names: list[str]) -> None:
    left_out = [f"{name}={os.environ.pop(name)}" for name in HANDICAPS if name in os.environ]
    if left_out:
        print(f"(without this shell's {', '.join(left_out)})")
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            raise SystemExit(f"no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
        sys.stdout.flush()
        start = f"from tests.bench import {name}; {name}.run()"
        subprocess.run([sys.executable, "-c", start], env=os.environ | ENVIRONMENT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
