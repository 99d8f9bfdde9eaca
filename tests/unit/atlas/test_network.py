"""One network of the atlas: its images, its stops, and that fast is the same as plain."""

import base64
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from cnnlab import nets, selection
from cnnlab.atlas.grid import Protocol, Run, Setting
from cnnlab.atlas.images import majority_class, nearest_neighbour, split
from cnnlab.atlas.network import model_for, train_network

PROTOCOL = Protocol(
    batch_size=64,
    validation_size=180,
    learning_rates=(0.001,),
    untuned_rate=0.001,
    tuning_seeds=(100,),
    check_every=5,
    equal_steps=40,
    fitted=0.99,
    cap=60,
    patience=20,
    curve_every=10,
)
SETTING = Setting(train_size=270, label_noise=0.2, kernels=(4, 8), neurons=32)


def stops(setting=SETTING, *, lr=0.003, role="result", seed=0, **protocol):
    record = train_network(Run(setting, lr, role, seed), replace(PROTOCOL, **protocol))
    return {stop["stop"]: stop for stop in record["stops"]}


# Images


def test_training_validation_and_test_images_are_different_ones():
    parts = split("animals9", 4500, 0.0, 900, seed=0)[:3]
    seen = [{image.tobytes() for image in part.images} for part in parts]
    assert [len(images) for images in seen] == [4500, 900, 1800]
    assert len(set.union(*seen)) == 7200


def test_noise_is_the_share_of_labels_that_are_wrong_and_tests_are_clean():
    training, validation, test, classes = split("animals9", 1500, 0.2, 900, seed=3)
    assert [int((part.given != part.true).sum()) for part in (training, validation, test)] == [300, 180, 0]
    assert classes == 9


def test_a_smaller_training_set_begins_a_larger_one_and_validation_stays():
    small, large = split("animals9", 300, 0.2, 900, seed=1), split("animals9", 1500, 0.2, 900, seed=1)
    assert np.array_equal(small.training.images, large.training.images[:300])
    assert np.array_equal(small.validation.given, large.validation.given)


def test_seeds_draw_images_and_wrong_labels_anew():
    one, other = split("animals9", 300, 0.2, 900, seed=1), split("animals9", 300, 0.2, 900, seed=2)
    assert not np.array_equal(one.training.images, other.training.images)
    wrong = [part.training.given != part.training.true for part in (one, other)]
    assert not np.array_equal(*wrong)


def test_more_images_than_there_are_is_refused():
    with pytest.raises(ValueError, match="4501 training and 900 validation images are more than the 5400"):
        split("animals9", 4501, 0.0, 900, seed=0)


def test_baselines_by_hand():
    images = split("fashion_mnist", 100, 0.2, 90, seed=0)
    training, test = images.training, images.test
    guesses = [
        training.given[np.argmin([np.sum((image - known) ** 2) for known in training.images])]
        for image in test.images[:200]
    ]
    few = images._replace(test=type(test)(*(part[:200] for part in test)))
    assert nearest_neighbour(few) == pytest.approx(np.mean(guesses == test.true[:200]))
    counts = np.bincount(training.given)
    assert majority_class(images) == np.mean(test.true == counts.argmax())


# The same as the plain way


def plain_training(setting, lr, seed, steps):
    """PyTorch's defaults, written down naively: its layout, its optimizer, no thought of speed."""
    pool = split(setting.dataset, setting.train_size, setting.label_noise, PROTOCOL.validation_size, seed)
    with torch.random.fork_rng():
        torch.manual_seed(2000 + seed)
        model = nets.small_cnn(setting.kernels, setting.neurons, classes=pool.classes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(3000 + seed)
    images, labels = torch.from_numpy(pool.training.images), torch.from_numpy(pool.training.given)
    done = 0
    while True:
        for batch in torch.randperm(len(images), generator=generator).split(64):
            optimizer.zero_grad()
            cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
            done += 1
            if done % PROTOCOL.check_every == 0:
                yield done, model.eval(), pool
                model.train()
            if done == steps:
                return


def losses(model, images, labels):
    with torch.no_grad():
        return cross_entropy(model(torch.from_numpy(images)), torch.from_numpy(labels)).item()


def test_all_stops_agree_with_the_plain_way():
    """The layout of memory changes sums in their last digits only; 60 steps do not blow that up."""
    validation, test = {}, {}
    for step, model, pool in plain_training(SETTING, 0.003, seed=0, steps=60):
        validation[step] = losses(model, pool.validation.images, pool.validation.given)
        if step in (40, 60):
            test[step] = losses(model, pool.test.images, pool.test.true)
    found = stops()
    assert found["equal steps"]["steps"] == 40
    assert found["equal steps"]["test_loss"] == pytest.approx(test[40], rel=0.02)
    assert found["training set fitted"]["steps"] == 60
    assert found["training set fitted"]["fitted"] is False
    assert found["training set fitted"]["test_loss"] == pytest.approx(test[60], rel=0.02)
    lowest = found["lowest validation loss"]
    assert lowest["val_loss"] == pytest.approx(min(validation.values()), rel=0.02)
    assert validation[lowest["steps"]] == pytest.approx(min(validation.values()), rel=0.02)


# Stops


def test_lowest_validation_loss_is_found_when_it_has_not_fallen_for_the_patience():
    setting = replace(SETTING, label_noise=0.4)
    patient = stops(setting, lr=0.01, cap=200, patience=200)["lowest validation loss"]
    hasty = stops(setting, lr=0.01, cap=200, patience=20)["lowest validation loss"]
    tuning = stops(setting, lr=0.01, cap=200, patience=20, role="tuning")
    assert list(tuning) == ["lowest validation loss"]
    assert {**tuning["lowest validation loss"], "seconds": 0} == {**hasty, "seconds": 0}
    assert hasty["val_loss"] >= patient["val_loss"]


def test_training_goes_on_until_the_given_labels_are_fitted():
    found = stops(replace(SETTING, train_size=45), lr=0.01, cap=400)
    fitted = found["training set fitted"]
    assert fitted["fitted"] is True
    assert fitted["train_accuracy"] == 1.0  # 0.99 of 45 images are all of them
    assert fitted["train_accuracy_true"] == pytest.approx(0.8)
    assert found["equal steps"]["steps"] == 40


def test_curves_are_measured_all_along_to_the_cap():
    record = train_network(Run(replace(SETTING, train_size=45), 0.01, "curve", 0), PROTOCOL)
    assert [stop["steps"] for stop in record["stops"]] == [10, 20, 30, 40, 50, 60]
    assert {stop["stop"] for stop in record["stops"]} == {"on the way"}


def test_a_training_that_breaks_is_reported_and_not_hidden():
    with np.errstate(all="ignore"):
        found = stops(lr=1e30)
    assert len(found) == 3
    assert all(math.isnan(stop["test_loss"]) for stop in found.values())
    assert all(stop["predicted_classes"] == 1 for stop in found.values())


# What is measured


def test_measurements_belong_together():
    for stop in stops().values():
        right = np.unpackbits(np.frombuffer(base64.b64decode(stop["correct"]), np.uint8))[:1800]
        assert stop["test_accuracy"] == pytest.approx(right.mean())
        assert stop["epochs"] == stop["steps"] / 5  # 270 images in batches of 64
        assert 1 <= stop["predicted_classes"] <= 9
        assert stop["seconds"] > 0


def test_unique_images_with_and_without_augmentation():
    assert stops()["equal steps"]["unique_images"] == 270
    assert stops(check_every=2, equal_steps=2, cap=2)["equal steps"]["unique_images"] == 2 * 64
    moved = stops(replace(SETTING, regulariser="shifts and flips 2"))["equal steps"]["unique_images"]
    assert 1500 < moved <= 8 * 270


def test_same_run_same_record_whatever_happens_around_it():
    setting = replace(SETTING, regulariser="dropout 0.5")
    first = stops(setting)
    torch.rand(1)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    second = stops(setting)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
    for stop in (*first.values(), *second.values()):
        del stop["seconds"]
    assert first == second
    other = stops(setting, seed=1)
    assert other["equal steps"]["test_loss"] != first["equal steps"]["test_loss"]


# Networks


def test_first_layers_of_all_widths_start_alike():
    narrow, wide = (model_for(Setting(neurons=n), 9, seed=5) for n in (8, 1024))
    assert torch.equal(narrow.conv2.weight, wide.conv2.weight)
    assert not torch.equal(narrow.conv2.weight, model_for(Setting(neurons=8), 9, seed=6).conv2.weight)


def test_regularisers_are_what_they_are_called():
    def model(regulariser):
        return model_for(Setting(regulariser=regulariser), 9, seed=0)

    assert model("dropout 0.25").fc1_dropout.p == 0.25
    assert isinstance(model("batch norm").conv2_norm, torch.nn.BatchNorm2d)
    frozen = model("frozen convolutions")
    assert [p.requires_grad for p in frozen.parameters()] == [False] * 4 + [True] * 4


def test_frozen_convolutions_do_not_move_and_weight_decay_shrinks(monkeypatch):
    trained = {}
    original = torch.optim.AdamW

    def spy(parameters, **options):
        trained["decay"], trained["count"] = options["weight_decay"], len(parameters)
        return original(parameters, **options)

    monkeypatch.setattr(torch.optim, "AdamW", spy)
    stops(replace(SETTING, regulariser="weight decay 0.1"), cap=10, equal_steps=5)
    assert trained == {"decay": 0.1, "count": 8}
    stops(replace(SETTING, regulariser="frozen convolutions"), cap=10, equal_steps=5)
    assert trained == {"decay": 0.0, "count": 4}


def test_wrong_labels_come_from_their_own_seed():
    given = split("animals9", 300, 0.2, 900, seed=7).training
    assert np.array_equal(given.given, selection.wrong_labels(given.true, 9, 0.2, 1007))
