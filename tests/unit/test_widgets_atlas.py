"""AtlasExplorer on Python's side: which networks it shows, its settings, its picture without JavaScript."""

import json
import statistics

import ipywidgets
import pytest
import traitlets
from bs4 import BeautifulSoup

from cnnlab import atlas
from cnnlab.widgets import AtlasExplorer, fallback_html
from cnnlab.widgets.atlas_still import inside, tenths
from tests import made_atlas


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return made_atlas.load(tmp_path_factory.mktemp("atlas"))


@pytest.fixture
def explorer(table):
    return AtlasExplorer(table)


def of(table, **setting):
    """The rows of a setting that the explorer is to show."""
    for name, value in (made_atlas.USUAL | setting).items():
        table = table[table[name] == value]
    return table


def saved(widget):
    return json.loads(json.dumps(widget.get_state()))


# What is measured.


@pytest.mark.parametrize(
    ("dataset", "train_size", "label_noise", "stop", "neurons"),
    [
        ("animals9", 1500, 0.0, "lowest validation loss", 64),
        ("animals9", 300, 0.2, "training set fitted", 1),
        ("fashion_mnist", 4000, 0.0, "equal steps", 1024),
    ],
)
def test_what_is_shown_is_what_the_table_says(table, dataset, train_size, label_noise, stop, neurons):
    setting = {"dataset": dataset, "train_size": train_size, "label_noise": label_noise, "stop": stop}
    rows = of(table, **setting, neurons=neurons).sort_values("seed")
    found = AtlasExplorer(table, neurons=neurons, **setting).measured
    assert len(rows) == len(found.test) == (6 if train_size == 1500 else 5)
    assert [value / 10_000 for value in found.test] == pytest.approx(rows["test_accuracy"], abs=5e-5)
    assert [value / 10_000 for value in found.train] == pytest.approx(rows["train_accuracy"], abs=5e-5)
    assert found.train_true / 10_000 == pytest.approx(rows["train_accuracy_true"].mean(), abs=5e-5)
    assert found.steps == pytest.approx(rows["steps"].mean(), abs=0.5)
    assert found.seconds == pytest.approx(rows["seconds"].mean(), abs=0.05)
    assert found.collapsed == (rows["predicted_classes"] == 1).sum()
    assert found.fitted == rows["fitted"].eq(True).sum()
    assert (found.params, found.macs) == (rows["params"].iloc[0], rows["macs"].iloc[0])


def test_other_networks_stay_out(table, explorer):
    shown = sum(len(test) for cell in explorer.cells for test in cell["test"])
    assert shown == len(of(table, regulariser="none").query("neurons > 0"))
    assert shown < len(table)


def test_levels_are_the_baselines_of_the_same_images(table, explorer):
    (cell,) = [c for c in explorer.cells if all(c[name] == getattr(explorer, name) for name in SETTING)]
    images = {"dataset": "animals9", "train_size": 1500, "label_noise": 0.0}
    expected = atlas.baselines(table.attrs["folder"]).query(
        "dataset == 'animals9' and train_size == 1500 and label_noise == 0"
    )
    by_name = expected.groupby("baseline")["test_accuracy"].mean()
    random = of(table, **images, stop=explorer.stop, neurons=0, regulariser="frozen convolutions")
    levels = {name: level / 10_000 for name, level in cell["levels"].items()}
    assert levels == pytest.approx(
        {
            "nearest neighbour": by_name["1-nearest-neighbour"],
            "random kernels": random["test_accuracy"].mean(),
            "majority class": by_name["majority class"],
        },
        abs=5e-5,
    )


SETTING = ["dataset", "train_size", "label_noise", "stop"]


def test_a_level_that_was_not_measured_is_left_out(table):
    few = table[table["regulariser"] == "none"]
    assert all("random kernels" not in cell["levels"] for cell in AtlasExplorer(few).cells)


def test_it_is_small(explorer):
    assert len(json.dumps(explorer.get_state()["cells"])) < 60_000


# Settings.


def test_every_setting_can_be_observed_and_set(explorer):
    seen = []
    explorer.observe(lambda change: seen.append(change["name"]), [*SETTING, "neurons"])
    explorer.neurons, explorer.train_size, explorer.label_noise = 256, 300, 0.2
    explorer.stop, explorer.dataset = "equal steps", "fashion_mnist"
    assert seen == ["neurons", "train_size", "label_noise", "stop", "dataset"]
    assert explorer.measured is None  # 300 images of Fashion-MNIST with wrong labels were not trained
    assert ipywidgets.jslink((ipywidgets.IntSlider(), "value"), (explorer, "neurons")).target == (
        explorer,
        "neurons",
    )


def test_the_nearest_width_is_shown(explorer):
    for asked, shown in [(60, 64), (10**6, 1025), (1000, 1000), (3, 4)]:
        explorer.neurons = asked
        assert explorer.measured.neurons == shown
    explorer.neurons = 1000
    explorer.train_size = 300  # has no 1000
    assert explorer.measured.neurons == 1024
    explorer.train_size = 1500
    assert explorer.measured.neurons == 1000


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"neurons": 0}, ValueError, "neurons must be at least 1, got 0"),
        ({"neurons": 2.5}, TypeError, "neurons must be a whole number, got 2.5"),
        ({"train_size": 1000}, ValueError, "train_size cannot be 1000; the table has 300, 1500, 4000, 4500"),
        ({"stop": "late"}, ValueError, "stop cannot be 'late'; the table has 'equal steps', 'lowest"),
        ({"dataset": "digits"}, ValueError, "dataset cannot be 'digits'"),
    ],
)
def test_a_wrong_start_is_refused(table, settings, error, message):
    with pytest.raises(error, match=message):
        AtlasExplorer(table, **settings)


def test_a_wrong_value_is_refused_later_too(explorer):
    with pytest.raises(traitlets.TraitError, match=r"label_noise cannot be 0.1; the table has 0.0, 0.2"):
        explorer.label_noise = 0.1
    assert explorer.label_noise == 0.0


def test_while_the_atlas_is_being_trained_it_begins_with_what_is_there(table):
    begun = table.query("train_size == 300 and dataset == 'animals9' and stop == 'equal steps'")
    explorer = AtlasExplorer(begun)
    assert (explorer.train_size, explorer.stop) == (300, "equal steps")
    still = BeautifulSoup(fallback_html(saved(explorer)), "lxml")
    assert [label.get_text() for label in still.select(".cnn-label")] == ["Neurons", "Wrong labels"]
    with pytest.raises(ValueError, match="no result with a tuned rate"):
        AtlasExplorer(table[table["role"] == "tuning"])


# The picture.


def test_the_still_explorer_shows_the_chosen_width(table):
    explorer = AtlasExplorer(table, neurons=1, label_noise=0.2, stop="training set fitted")
    page = BeautifulSoup(fallback_html(saved(explorer)), "lxml")
    tiles = {
        tile.dt.get_text(): [dd.get_text() for dd in tile.select("dd")] for tile in page.select("dl > div")
    }
    rows = of(table, dataset="animals9", train_size=1500, neurons=1, label_noise=0.2, stop=explorer.stop)
    mean = 100 * rows["test_accuracy"].mean()
    assert float(tiles["Test accuracy"][0].removesuffix(" %")) == pytest.approx(mean, abs=0.06)
    assert tiles["Networks"] == ["6", "3 collapsed"]
    assert tiles["Steps"] == [f"{round(rows['steps'].mean()):,}", "0 of 6 fitted"]
    assert tiles["Parameters"] == ["1,730", "weights and biases"]
    assert page.svg["aria-label"].startswith(
        "Accuracy against neurons, 1,500 animal images with 20 % wrong labels, stop: training set fitted. "
        f"Means: test {tiles['Test accuracy'][0]} with 1, "
    )
    assert "of its training labels, of which 20 % are wrong." in page.select_one(".cnn-message").get_text()


def test_every_network_is_a_dot(explorer):
    setting = {name: getattr(explorer, name) for name in SETTING}
    drawn = BeautifulSoup(inside(explorer.cells, setting, 64), "html.parser")
    (cell,) = [c for c in explorer.cells if all(c[name] == setting[name] for name in SETTING)]
    for name, column in {"test": "test", "training": "train"}.items():
        seeds = drawn.select_one(f".cnn-seeds.cnn-is-{name}")["d"]
        assert seeds.count("M") == sum(map(len, cell[column])) == 13 * 6
    assert drawn.select_one(".cnn-is-chosen").get_text() == "64 neurons"
    assert len(drawn.select(".cnn-level")) == 3


def test_what_was_not_trained_is_said(table):
    explorer = AtlasExplorer(table, dataset="fashion_mnist", train_size=300, label_noise=0.2)
    page = BeautifulSoup(fallback_html(saved(explorer)), "lxml")
    assert page.select_one(".cnn-message").get_text() == page.svg["aria-label"]
    assert page.svg["aria-label"] == (
        "No network was trained on 300 Fashion-MNIST images with 20 % wrong labels and stopped at “lowest "
        "validation loss”. Choose another setting."
    )


@pytest.mark.parametrize(
    ("hundredths", "text"), [(8435, "84.4"), (8434.9, "84.3"), (10_000, "100.0"), (-50, "−0.5")]
)
def test_percent_is_rounded_as_in_the_browser(hundredths, text):
    assert tenths(hundredths) == text


def test_the_gap_is_that_of_the_means(explorer):
    found = explorer.measured
    page = BeautifulSoup(fallback_html(saved(explorer)), "lxml")
    gap = statistics.mean(found.train) - statistics.mean(found.test)
    assert page.find("dt", string="Gap").find_next("dd").get_text() == f"{tenths(gap)} points"
