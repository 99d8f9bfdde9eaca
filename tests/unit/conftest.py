"""What all unit tests share."""

import os

# One thread for NumPy's matrix products: on a busy machine two wait for each other many times longer than
# they compute. It is read when NumPy is loaded, so it stands before the imports.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch
from hypothesis import settings

# The same examples in every run: a test that fails fails for everybody, and CI does not flake. The machine
# that runs them may be busy, so that one slow example says nothing.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("course")

torch.set_num_threads(1)
