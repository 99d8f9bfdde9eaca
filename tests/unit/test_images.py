"""How the shipped images are made: nothing but arrays is unpickled, no duplicate survives, records agree."""

import os
import pickle
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring import images
from cnnlab.formats import load_arrays


def test_the_committed_files_are_the_recorded_ones():
    assert images.changed(images.DATA) == []
    assert images.main(["--check"]) == 0


def test_the_committed_files_keep_their_size_limits():
    assert (images.DATA / "animals.npz").stat().st_size < 2_500_000
    assert (images.DATA / "fashion_mnist.npz").stat().st_size < 3_000_000


@pytest.mark.parametrize("licence", ["LICENSE-animal_mnist", "LICENSE-fashion-mnist"])
def test_licences_travel_with_the_images(licence):
    text = (images.DATA / licence).read_bytes()
    assert b"Permission is hereby granted, free of charge" in text
    assert b"\r" not in text  # Git would change it at a checkout, and the record would no longer fit


def test_a_changed_a_missing_and_an_unrecorded_file_are_named(tmp_path):
    folder = shutil.copytree(images.DATA, tmp_path / "_data")
    with (folder / "animals.npz").open("r+b") as file:
        file.write(b"X")
    (folder / "LICENSE-animal_mnist").unlink()
    (folder / "more.npz").touch()
    problems = "\n".join(images.changed(folder))
    assert "LICENSE-animal_mnist: recorded in SHA256SUMS, but missing" in problems
    assert "animals.npz: expected SHA-256" in problems
    assert "more.npz: there, but not recorded" in problems
    assert len(images.changed(folder)) == 3
    images.record(folder)
    assert images.changed(folder) == []


class Harmful:
    """A pickle of this runs a command in any reader that lets it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrap", [lambda bad: bad, lambda bad: [np.arange(3), {"x": bad}]])
def test_a_harmful_pickle_is_refused_before_it_runs(tmp_path, protocol, wrap):
    trap = tmp_path / "trap"
    harmful = pickle.dumps(wrap(Harmful(trap)), protocol)
    with pytest.raises(pickle.UnpicklingError, match="only NumPy arrays are admitted"):
        load_arrays(harmful)
    assert not trap.exists()
    pickle.loads(harmful)  # noqa: S301 - the counter-check: the trap does work, in an ordinary reader
    assert trap.exists()


@pytest.mark.parametrize(
    "value",
    [
        np.array([print], dtype=object),
        np.ma.array([1]),
        np.random.default_rng(0),
        np.array(["text"]),
        len,
        getattr,
    ],
    ids=["objects", "subclass", "generator", "strings", "builtin", "getattr"],
)
def test_only_plain_arrays_of_numbers_are_admitted(value):
    with pytest.raises(pickle.UnpicklingError):
        load_arrays(pickle.dumps(value))


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("dtype", ["u1", "i8", "f4", "?"])
def test_arrays_of_numbers_are_admitted(protocol, dtype):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    read = load_arrays(pickle.dumps({"a": [array]}, protocol))["a"][0]
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=30))
def test_no_duplicate_and_no_contradiction_survives(pairs):
    pixels = np.array([pixel for pixel, _ in pairs], dtype=np.uint8).reshape(-1, 1, 1)
    labels = np.array([label for _, label in pairs], dtype=np.uint8)
    kept, kept_labels = images.without_duplicates(pixels, labels)
    told = {pixel: {label for other, label in pairs if other == pixel} for pixel, _ in pairs}
    assert dict(zip(kept.ravel().tolist(), kept_labels.tolist(), strict=True)) == {
        pixel: min(labels) for pixel, labels in told.items() if len(labels) == 1
    }
    assert len(set(kept.ravel().tolist())) == len(kept)


def test_the_split_is_balanced_disjoint_and_fixed():
    part = images.Part(
        np.arange(60, dtype=np.uint8).repeat(784).reshape(60, 28, 28), np.arange(60, dtype=np.uint8) % 3
    )
    train, test = images.split(part, train=12, test=5)
    assert np.bincount(train.labels).tolist() == [12] * 3
    assert np.bincount(test.labels).tolist() == [5] * 3
    chosen = np.concatenate([train.images, test.images])[:, 0, 0]
    assert len(set(chosen.tolist())) == 51
    assert (np.concatenate([train.labels, test.labels]) == chosen % 3).all()
    again, _ = images.split(part, train=12, test=5)
    assert np.array_equal(again.images, train.images)


def test_the_same_images_make_the_same_bytes(tmp_path):
    rng = np.random.default_rng(0)
    part = images.Part(rng.integers(0, 256, (20, 28, 28), dtype=np.uint8), np.zeros(20, dtype=np.uint8))
    images.write(tmp_path / "one.npz", part, part)
    os.utime(tmp_path / "one.npz", (0, 0))
    images.write(tmp_path / "two.npz", part, part)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz") as stored:
        assert np.array_equal(np.cumsum(stored["train_rows"], axis=1, dtype=np.uint8), part.images)


def test_a_wheel_that_is_not_the_pinned_one_stops_everything(tmp_path, monkeypatch):
    def give_another(command, check):
        assert check
        assert images.ANIMAL_PACKAGE in command
        (tmp_path / "animal_mnist-0.4-py3-none-any.whl").write_bytes(b"something else")

    monkeypatch.setattr(images.subprocess, "run", give_another)
    with pytest.raises(SystemExit, match=f"expected SHA-256 {images.ANIMAL_WHEEL_SHA256}, found "):
        images.download_wheel(tmp_path)
