"""The training loop: what it records, that it can be repeated, and that it leaves the world as it was."""

import dataclasses
import re

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab import data
from cnnlab.train import evaluate, fastest_device, fit, predict

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
    recorded = {name: values for name, values in vars(history).items() if isinstance(values, list)}
    assert {name for name, values in recorded.items() if len(values) != 8} == {"val_loss", "val_accuracy"}
    assert history.train_accuracy == history.train_accuracy_true  # no wrong labels


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
        (
            {"epochs": 1, "batch_size": 301},
            "batch_size 301 is more than there is to train on; say batch_size=300",
        ),
        (
            {"epochs": 1, "validation": 1},
            "validation takes a share from 0 up to, but not including, 1; got 1",
        ),
        ({"epochs": 1, "patience": 3}, "patience needs validation images"),
        ({"epochs": 1, "validation": 0.2, "patience": 0}, "patience must be at least 1, got 0"),
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
        ({"train_labels": ANIMALS.train_labels // 2}, "no training image is labelled dog; take more images"),
        ({"class_names": ("bird", "cat", "dog", "sheep")}, "no training image is labelled sheep"),
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


def test_a_model_with_too_few_outputs_is_refused():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
    with pytest.raises(ValueError, match=re.escape("returns (2, 2) for 2 images; 3 classes need (2, 3)")):
        fit(model, ANIMALS, epochs=1, progress=False)


NOISY = data.animals(train_size=400, label_noise=0.25)


def test_accuracy_on_given_and_on_true_labels():
    """A model that knows the truth is right on all true labels and on three quarters of the given ones."""
    history = fit(Oracle(NOISY), NOISY, epochs=1, lr=0.0, progress=False)
    assert history.train_accuracy_true == [1.0]
    assert history.train_accuracy == [0.75]


class Oracle(nn.Module):
    """Looks images up."""

    def __init__(self, images):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        pairs = zip(images.train_images, images.train_labels_true, strict=True)
        self.known = {image.tobytes(): label for image, label in pairs}

    def forward(self, x):
        labels = torch.tensor([self.known.get(image.tobytes(), 0) for image in x.numpy()])
        return self.scale * nn.functional.one_hot(labels, 3)


def test_validation_images_are_the_last_and_never_trained_on():
    seen = set()

    def spy(batch):
        seen.update(image.tobytes() for image in batch.numpy())
        return batch

    history = fit(network(), NOISY, epochs=2, augment=spy, validation=0.25, progress=False)
    assert seen == {image.tobytes() for image in NOISY.train_images[:300]}
    assert len(history.val_loss) == len(history.val_accuracy) == 2


def test_validation_is_measured_on_the_labels_that_were_given():
    model = network()
    history = fit(model, NOISY, epochs=1, validation=0.25, progress=False)
    expected = evaluate(model, NOISY.train_images[300:], NOISY.train_labels[300:])
    assert (history.val_loss[0], history.val_accuracy[0]) == pytest.approx(expected)


def test_early_stopping_returns_to_the_lowest_validation_loss():
    model = network()
    history = fit(model, NOISY, epochs=60, lr=1e-2, validation=0.25, patience=3, progress=False)
    assert history.epochs == history.best_epoch + 3 < 60
    assert evaluate(model, NOISY.train_images[300:], NOISY.train_labels[300:])[0] == pytest.approx(
        min(history.val_loss)
    )


def test_best_epoch_needs_validation():
    with pytest.raises(
        ValueError, match=re.escape("no validation images; fit(..., validation=0.2) keeps some")
    ):
        _ = fit(network(), ANIMALS, epochs=1, progress=False).best_epoch


@pytest.mark.parametrize("when", ["while training", "while measuring"])
def test_interruption_returns_what_was_completed(capsys, monkeypatch, when):
    calls = []

    def stop(batch):
        calls.append(batch)
        if len(calls) > 2 * 5 + 2:  # in the third epoch
            raise KeyboardInterrupt
        return batch

    def stop_measuring(*arguments):
        calls.append(arguments)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return evaluate(*arguments)

    if when == "while measuring":
        monkeypatch.setattr("cnnlab.train.evaluate", stop_measuring)
    augment = stop if when == "while training" else None
    history = fit(network(), ANIMALS, epochs=9, augment=augment, progress=False)
    assert history.interrupted
    assert history.epochs == 2
    lengths = {name: len(values) for name, values in vars(history).items() if isinstance(values, list)}
    assert set(lengths.values()) == {2, 0}
    assert "Interrupted: 2 of 9 epochs were completed" in capsys.readouterr().out


def test_training_follows_the_model_to_its_device(monkeypatch):
    """The images go where the model is, and what comes back is on the processor, for NumPy."""
    moved = []
    original = torch.Tensor.to

    def to(tensor, *arguments, **options):
        moved.extend(arguments)
        return original(tensor, *arguments, **options)

    monkeypatch.setattr(torch.Tensor, "to", to)
    model = network()
    fit(model, ANIMALS, epochs=1, progress=False)
    assert set(moved) == {torch.device("cpu")}
    assert predict(model, ANIMALS.test_images).device == torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(False, False, "cpu"), (True, False, "cuda"), (False, True, "mps"), (True, True, "cuda")],
)
def test_fastest_device_is_a_graphics_processor_where_there_is_one(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert fastest_device() == torch.device(expected)
