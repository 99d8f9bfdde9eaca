"""A grid small enough to train in seconds, and its finished networks."""

import pytest
import torch

from cnnlab.atlas import grid, runner, table

TINY = """
protocol:
  {batch_size: 64, validation_size: 90, learning_rates: [0.001, 0.01], untuned_rate: 0.001,
  tuning_seeds: [100, 101], check_every: 5, equal_steps: 10, fitted: 0.99, cap: 20, patience: 10,
  curve_every: 10}
claims:
  - {id: wide, lesson: neurons, claim: Wide is better than narrow., refuted_by: A curve that falls.}
subgrids:
  neurons:
    {why: Wide or narrow., neurons: [1, 16], label_noise: 0.2, train_size: 90, kernels: [2, 4], seeds: 3}
  untuned:
    why: One rate for all.
    neurons: [1, 16]
    label_noise: 0.2
    train_size: 90
    kernels: [2, 4]
    seeds: 1
    untuned_seeds: 2
  shared:
    why: Two widths at one rate.
    rate_from: {neurons: 16}
    neurons: [15, 16]
    label_noise: 0.2
    train_size: 90
    kernels: [2, 4]
    seeds: 3
  heads:
    why: What else there is.
    train_size: 90
    seeds: 2
    kernels: [2, 4]
    instead:
      - {neurons: 0, head: [gap, fc]}
      - {dataset: fashion_mnist, regulariser: dropout 0.5}
  curves:
    {why: All along., role: curve, neurons: 16, label_noise: 0.2, train_size: 90, kernels: [2, 4], seeds: 2}
"""


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "tiny.yml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def tiny(tiny_file):
    return grid.read(tiny_file)


@pytest.fixture(scope="session")
def finished(tiny, tmp_path_factory):
    """The folder of the tiny grid's networks, all trained."""
    folder = tmp_path_factory.mktemp("networks")
    state = torch.get_rng_state()
    runner.run(tiny, folder, jobs=1)
    assert torch.equal(torch.get_rng_state(), state)
    return folder


@pytest.fixture(scope="session")
def gathered(tiny, finished, tmp_path_factory):
    """The folder of the tiny grid's table."""
    folder = tmp_path_factory.mktemp("table")
    table.gather(tiny, finished, folder)
    return folder
