"""What the shipped sets hold, and that every choice does exactly what it says."""

import hashlib
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import remote
from cnnlab.data import ANIMALS, animals, cifar10, fashion_mnist
from cnnlab.selection import wrong_labels

SETS = {"animals": lambda **kw: animals(None, **kw), "fashion_mnist": fashion_mnist}
COUNTS = {"animals": (600, 200), "fashion_mnist": (500, 200)}  # of each class


def digest(*arrays):
    """SHA-256 over types, shapes and little-endian bytes: equal on every machine, or different data."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.name} {array.shape}".encode())
        total.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()


def arrays_of(data):
    return data.train_images, data.train_labels, data.test_images, data.test_labels


def as_bytes(images):
    return [image.tobytes() for image in images]


@pytest.mark.parametrize("name", SETS)
def test_shapes_types_ranges_and_balance(name):
    data = SETS[name]()
    train, test = COUNTS[name]
    for images, labels, count in (
        (data.train_images, data.train_labels, train),
        (data.test_images, data.test_labels, test),
    ):
        assert images.shape == (10 * count, 1, 28, 28)
        assert images.dtype == np.float32
        assert labels.dtype == np.int64
        assert images.min() == 0
        assert images.max() == 1
        assert np.bincount(labels).tolist() == [count] * 10
    assert len(data.class_names) == 10


@pytest.mark.parametrize("name", SETS)
def test_no_image_is_there_twice_not_even_across_the_split(name):
    data = SETS[name]()
    every = as_bytes(data.train_images) + as_bytes(data.test_images)
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (animals, "8620c01873f91465ea4857adb1436cd07f9f31c5809e2ae0527de6fff606572b"),
        (
            lambda: animals(("zebra", "bear"), train_size=101, label_noise=0.3, seed=7),
            "73d64d7edc408af7dbe269a0acd48f3f5b11388811c719f3de495cecdf566fde",
        ),
        (
            lambda: animals(None, train_size=500, seed=2**40),
            "21f43d24294ec67f3bf1179cc83e6c7a45d9ecfedd67ce3b442bc543abd241f0",
        ),
        (
            lambda: fashion_mnist(train_size=1000, label_noise=0.1, seed=3),
            "d88b29ce1ce1c0a5fc93d4fd29b26551756c048cf7918426f17a1b12fcf4d0b7",
        ),
    ],
)
def test_same_call_same_arrays_on_every_machine(call, expected):
    # Recorded digests: a change of NumPy, of the platform or of the files shows here.
    assert digest(*arrays_of(call())) == expected


def test_the_default_is_bird_cat_dog_labelled_in_that_order():
    data = animals()
    assert data.class_names == ("bird", "cat", "dog")
    ten = animals(None)
    for label, name in enumerate(data.class_names):
        ours = set(as_bytes(data.test_images[data.test_labels == label]))
        theirs = set(as_bytes(ten.test_images[ten.test_labels == ANIMALS.index(name)]))
        assert ours == theirs


def test_classes_come_in_turn():
    assert animals(("dog", "cow"), train_size=6).train_labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert animals().test_labels[:6].tolist() == [0, 1, 2, 0, 1, 2]


@settings(deadline=None, max_examples=25)
@given(size=st.integers(3, 1800), seed=st.integers(0, 2**64))
def test_a_smaller_training_set_is_the_beginning_of_a_larger_one(size, seed):
    small, all_of_them = animals(train_size=size, seed=seed), animals(seed=seed)
    assert np.array_equal(small.train_images, all_of_them.train_images[:size])
    counts = np.bincount(small.train_labels, minlength=3)
    assert counts.max() - counts.min() <= 1
    assert counts.sum() == size


def test_other_seeds_choose_other_training_images_and_never_other_test_images():
    first, second = (animals(train_size=300, seed=seed) for seed in (0, 1))
    common = set(as_bytes(first.train_images)) & set(as_bytes(second.train_images))
    assert 20 < len(common) < 100  # 300 of 1,800 twice: 50 in common, if drawn independently
    assert np.array_equal(first.test_images, second.test_images)


def test_a_class_gives_the_same_images_whatever_other_classes_are_there():
    alone, among = animals(("cat",), train_size=50), animals(("bird", "cat"), train_size=100)
    assert np.array_equal(alone.train_images, among.train_images[among.train_labels == 1])


@settings(deadline=None, max_examples=25)
@given(
    noise=st.floats(0, 0.999),
    size=st.integers(3, 400),
    seed=st.integers(0, 2**32),
    classes=st.lists(st.sampled_from(ANIMALS), min_size=2, max_size=10, unique=True),
)
def test_noise_is_exactly_what_was_asked_for(noise, size, seed, classes):
    size = max(size, len(classes))
    clean = animals(classes, train_size=size, seed=seed)
    noisy = animals(classes, train_size=size, seed=seed, label_noise=noise)
    assert (noisy.train_labels != noisy.train_labels_true).sum() == round(noise * size)
    assert set(noisy.train_labels) <= set(range(len(classes)))
    assert np.array_equal(noisy.train_labels_true, clean.train_labels)
    assert np.array_equal(noisy.train_images, clean.train_images)
    assert np.array_equal(noisy.test_labels, clean.test_labels)


def test_more_noise_keeps_what_less_noise_made_wrong():
    levels = [animals(label_noise=noise, seed=4) for noise in (0.1, 0.3, 0.6)]
    for less, more in combinations(levels, 2):
        wrong = less.train_labels != less.train_labels_true
        assert np.array_equal(less.train_labels[wrong], more.train_labels[wrong])


def test_wrong_labels_go_to_every_other_class_about_equally():
    clean = np.zeros(40_000, dtype=np.int64)
    counts = np.bincount(wrong_labels(clean, class_count=5, fraction=0.5, seed=0), minlength=5)
    assert counts[0] == 20_000
    assert np.abs(counts[1:] - 5_000).max() < 5 * np.sqrt(20_000 * 0.25 * 0.75)


def test_arrays_are_the_callers_own():
    first = animals()
    before = digest(*arrays_of(first))
    first.train_images[:] = 0.5
    first.test_labels[:] = 0
    assert digest(*arrays_of(animals())) == before


def test_the_dataset_says_what_is_inside_and_cannot_be_rebound():
    data = animals(("cat", "dog"), train_size=10, label_noise=0.2)
    assert repr(data) == (
        "<animals: 10 training and 400 test images, 1×28×28; classes cat, dog; 2 training labels are wrong>"
    )
    with pytest.raises(FrozenInstanceError):
        data.train_labels = data.train_labels_true


LISTED = ", ".join(repr(name) for name in ANIMALS)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            {"classes": ("cats",)},
            ValueError,
            f"There is no class 'cats'. Did you mean 'cat'? The classes are {LISTED}.",
        ),
        ({"classes": ("Dog",)}, ValueError, "Did you mean 'dog'?"),
        (
            {"classes": ("submarine",)},
            ValueError,
            f"There is no class 'submarine'. The classes are {LISTED}.",
        ),
        (
            {"classes": ("cat", "dog", "cat")},
            ValueError,
            "classes names 'cat' more than once: ('cat', 'dog', 'cat').",
        ),
        ({"classes": ()}, ValueError, f"classes is empty; name at least one of {LISTED}."),
        ({"classes": "cat"}, TypeError, """a list or tuple of names such as ("bear",), and got 'cat'."""),
        ({"classes": {"cat"}}, TypeError, "a list or tuple of names"),
        ({"classes": (1, 2)}, TypeError, "and got (1, 2)."),
        ({"train_size": 1801}, ValueError, "takes 3 (one image for each class) to 1,800 (all there are"),
        ({"train_size": 2}, ValueError, "it got 2."),
        ({"train_size": 0}, ValueError, "it got 0."),
        ({"train_size": -5}, ValueError, "it got -5."),
        ({"train_size": 30.0}, TypeError, "train_size takes a whole number, and got 30.0."),
        ({"train_size": True}, TypeError, "train_size takes a whole number, and got True."),
        ({"label_noise": 1.0}, ValueError, "from 0 up to, but not including, 1"),
        ({"label_noise": -0.1}, ValueError, "it got -0.1."),
        ({"label_noise": float("nan")}, ValueError, "it got nan."),
        ({"label_noise": "0.2"}, TypeError, "label_noise takes a fraction such as 0.2, and got '0.2'."),
        ({"label_noise": True}, TypeError, "and got True."),
        ({"label_noise": 0.1, "classes": ("cat",)}, ValueError, "label_noise needs at least two classes"),
        ({"seed": 1.5}, TypeError, "seed takes a whole number, and got 1.5."),
        ({"seed": -1}, ValueError, "seed takes a whole number from 0 up, and got -1."),
        ({"seed": None}, TypeError, "seed takes a whole number, and got None."),
    ],
)
def test_wrong_values_are_refused_by_name(wrong, error, message):
    with pytest.raises(error, match=re.escape(message)):
        animals(**wrong)


def test_numpy_numbers_are_welcome():
    data = animals(train_size=np.int64(30), label_noise=np.float32(0.5), seed=np.uint8(3))
    assert (data.train_labels != data.train_labels_true).sum() == 15


def test_root_without_full_is_a_mistake():
    with pytest.raises(ValueError, match="say full=True as well"):
        fashion_mnist(root="somewhere")


def test_the_part_of_fashion_mnist_is_out_of_the_real_one(whole_fashion_mnist):
    part, whole = fashion_mnist(), whole_fashion_mnist
    scale = np.float32(255)
    for ours, theirs, our_labels, their_labels in (
        (part.train_images, whole.train_images, part.train_labels, whole.train_labels),
        (part.test_images, whole.test_images, part.test_labels, whole.test_labels),
    ):
        label_of = {image.tobytes(): label for image, label in zip(theirs, their_labels, strict=True)}
        for image, label in zip(np.rint(ours * scale).astype(np.uint8), our_labels, strict=True):
            assert label_of[image.tobytes()] == label


def test_all_of_fashion_mnist_through_the_public_door(whole_fashion_mnist):
    del whole_fashion_mnist  # it skips where the real files are missing
    data = fashion_mnist(full=True, root=remote.DEBIAN_FOLDER, classes=("Bag", "Shirt"))
    assert data.train_images.shape == (12_000, 1, 28, 28)
    assert np.bincount(data.test_labels).tolist() == [1000, 1000]


@pytest.fixture(scope="module")
def whole_fashion_mnist():
    if not remote.DEBIAN_FOLDER.is_dir():
        pytest.skip("needs Debian's package dataset-fashion-mnist")
    return remote.fashion_mnist(remote.DEBIAN_FOLDER)


def test_a_folder_without_the_files_gets_told_what_is_missing(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"There is no train-images-idx3-ubyte\.gz in .*leave root out"
    ):
        fashion_mnist(full=True, root=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"There is no cifar-10-python\.tar\.gz in .*CNNLAB_DATA"):
        cifar10(tmp_path)


def test_reading_images_pulls_in_neither_torch_nor_anything_slow():
    code = (
        "import sys; from cnnlab import data; data.animals()\n"
        "print(sorted({'torch', 'matplotlib', 'tqdm', 'urllib.request', 'pandas'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
