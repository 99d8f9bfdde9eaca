"""The training loop: what it records, that it can be repeated, and that it leaves the world as it was."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab import data
from cnnlab.train import evaluate, fit, predict

ANIMALS = data.animals(train_size=300)


def network(seed=0, dropout=0.0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Dropout(dropout), nn.Linear(32, 3)
        )


def test_training_learns_real_images():
    history = fit(network(), ANIMALS, epochs=8, lr=3e-3, progress=False)
    assert history.epochs == 8
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]
    assert history.test_accuracy[-1] > 0.6 > 1 / 3
    assert all(len(values) == 8 for values in dataclasses.asdict(history).values())


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_same_seed_gives_the_same_training(dropout):
    first = fit(network(dropout=dropout), ANIMALS, epochs=2, seed=3, progress=False)
    torch.rand(1)  # what others draw must not matter
    second = fit(network(dropout=dropout), ANIMALS, epochs=2, seed=3, progress=False)
    other = fit(network(dropout=dropout), ANIMALS, epochs=2, seed=4, progress=False)
    assert first.train_loss == second.train_loss != other.train_loss


def test_global_random_state_is_left_alone():
    before = torch.get_rng_state()
    fit(network(dropout=0.5), ANIMALS, epochs=1, progress=False)
    assert torch.equal(before, torch.get_rng_state())


def test_first_step_is_adams():
    """One batch, no decay: each parameter moves by the step size, however long the gradient is."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 3))
    before = model[1].bias.detach().clone()
    fit(model, ANIMALS, epochs=1, batch_size=300, lr=0.01, progress=False)
    assert torch.allclose((model[1].bias - before).abs(), torch.tensor(0.01), atol=1e-4)


def test_weight_decay_is_decoupled():
    """AdamW shrinks each weight by lr · weight_decay, beside the gradient's step."""
    models = [network(), network()]
    for model, decay in zip(models, (0.0, 0.5), strict=True):
        fit(model, ANIMALS, epochs=1, batch_size=300, lr=0.01, weight_decay=decay, progress=False)
    start = network()[1].weight
    assert torch.allclose(models[0][1].weight - models[1][1].weight, 0.01 * 0.5 * start, atol=1e-6)


def test_augmentation_sees_training_batches_only():
    seen = []

    def spy(batch):
        seen.append(len(batch))
        return batch

    fit(network(), ANIMALS, epochs=2, batch_size=64, augment=spy, progress=False)
    assert sum(seen) == 2 * 300
    assert max(seen) == 64


def test_evaluation_agrees_with_torch_and_turns_dropout_off():
    model = network(dropout=0.9)
    images, labels = ANIMALS.test_images, ANIMALS.test_labels
    loss, accuracy = evaluate(model, images, labels)
    logits = model.eval()(torch.from_numpy(images))
    assert torch.allclose(predict(model, images), logits)
    assert loss == pytest.approx(nn.functional.cross_entropy(logits, torch.from_numpy(labels)).item())
    assert accuracy == pytest.approx(np.mean(logits.argmax(1).numpy() == labels))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, got 0"),
        ({"epochs": "3"}, "epochs must be a whole number, got '3'"),
        ({"epochs": 1, "batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"epochs": 1, "batch_size": 1.5}, "batch_size must be a whole number, got 1.5"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        fit(network(), ANIMALS, **settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_images": ANIMALS.train_images[:0]}, "train set has 0 images and 300 labels"),
        ({"test_labels": ANIMALS.test_labels[:5]}, "test set has 600 images and 5 labels"),
        ({"train_images": ANIMALS.train_images.astype(np.float64)}, r"train_images are float64; write"),
    ],
)
def test_impossible_data_are_refused(changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        fit(network(), dataclasses.replace(ANIMALS, **changes), epochs=1, progress=False)


def test_a_last_step_that_breaks_the_weights_is_noticed():
    with pytest.raises(ValueError, match="the loss became"):
        fit(network(), ANIMALS, epochs=1, batch_size=300, lr=float("inf"), progress=False)


def test_a_loss_that_is_no_number_stops_the_training():
    spoilt = ANIMALS.train_images.copy()
    spoilt[0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="the loss became nan; try a smaller lr, and look for NaN"):
        fit(network(), dataclasses.replace(ANIMALS, train_images=spoilt), epochs=1, progress=False)


def test_progress_is_text_on_stdout(capsys):
    fit(network(), ANIMALS, epochs=1)
    captured = capsys.readouterr()
    assert "1/1" in captured.out
    assert captured.err == ""
