"""Grid files: what they ask for, and which mistakes in them are noticed."""

from dataclasses import replace

import pytest
import yaml

from cnnlab.atlas import GRID, grid
from cnnlab.atlas.grid import Run, Setting

from .conftest import TINY

COURSE = grid.read(GRID)


def all_runs(chosen, rate=0.001):
    for subgrid in chosen.subgrids:
        yield from grid.tuning_runs(chosen, subgrid)
        rates = {subgrid.tuned_as(setting): rate for setting in subgrid.settings}
        yield from grid.result_runs(chosen, subgrid, rates)


def test_the_courses_grid_has_the_cells_that_its_claims_need():
    neurons = [each for each in COURSE.subgrids if each.name.startswith("neurons")]
    cells = {(s.neurons, s.train_size, s.label_noise) for each in neurons for s in each.settings}
    widths = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096}
    assert cells == {(n, size, noise) for n in widths for size in (300, 1500, 4500) for noise in (0.0, 0.2)}
    (four,) = [each for each in COURSE.subgrids if each.name == "around-1024"]
    assert {setting.neurons for setting in four.settings} == {1000, 1023, 1024, 1025}
    seeds = {}
    for run in all_runs(COURSE):
        if run.role == "result":
            seeds.setdefault(run.setting, set()).add(run.seed)
    for noise in (0.0, 0.2):
        assert len(seeds[Setting(neurons=64, label_noise=noise)]) == 10
    assert len(seeds[Setting(neurons=1023)]) == 30
    assert {setting.dataset for setting in seeds} == {"animals9", "fashion_mnist"}


def test_the_courses_grid_is_large_but_finite():
    names = {grid.key(run, COURSE.protocol) for run in all_runs(COURSE)}
    assert 1_500 <= len(names) <= 3_000


def test_every_claim_names_what_would_refute_it():
    assert len({claim["id"] for claim in COURSE.claims}) == len(COURSE.claims) > 20
    assert {claim["lesson"] for claim in COURSE.claims} == {"comparing", "neurons", "kernels", "without-fc"}
    assert all(len(claim["refuted_by"].split()) >= 2 for claim in COURSE.claims)


def test_results_never_use_a_tuning_seed():
    for run in all_runs(COURSE):
        assert (run.seed in COURSE.protocol.tuning_seeds) == (run.role == "tuning")


def test_tuning_tries_every_rate_on_every_tuning_seed(tiny):
    runs = list(grid.tuning_runs(tiny, tiny.subgrids[0]))
    assert len(runs) == len(set(runs)) == 2 * 2 * 2  # settings × rates × seeds
    assert {(run.lr, run.seed) for run in runs} == {(lr, seed) for lr in (0.001, 0.01) for seed in (100, 101)}


def test_results_take_the_chosen_rate_and_the_untuned_one_where_asked(tiny):
    neurons, untuned, shared = tiny.subgrids[:3]
    rates = dict.fromkeys(neurons.settings, 0.01)
    assert {(run.lr, run.seed) for run in grid.result_runs(tiny, neurons, rates)} == {
        (0.01, 0),
        (0.01, 1),
        (0.01, 2),
    }
    of_one = [run for run in grid.result_runs(tiny, untuned, rates) if run.setting.neurons == 1]
    assert [(run.lr, run.seed) for run in of_one] == [(0.01, 0), (0.001, 0), (0.001, 1)]
    assert {run.setting.neurons for run in grid.tuning_runs(tiny, shared)} == {16}
    assert {run.setting.neurons for run in grid.result_runs(tiny, shared, rates)} == {15, 16}


def test_lists_are_multiplied_and_variants_are_not(tiny):
    heads = tiny.subgrids[3].settings
    assert [(s.dataset, s.head, s.neurons, s.regulariser) for s in heads] == [
        ("animals9", "gap", 0, "none"),
        ("animals9", "fc", 0, "none"),
        ("fashion_mnist", "fc", 64, "dropout 0.5"),
    ]
    assert {setting.kernels for setting in heads} == {(2, 4)}


def test_a_networks_name_changes_with_everything_that_changes_its_result():
    run = Run(Setting(), 0.001, "result", 0)
    others = [
        *(run._replace(setting=replace(run.setting, **change)) for change in CHANGES),
        run._replace(lr=0.003),
        run._replace(role="tuning"),
        run._replace(seed=1),
    ]
    protocols = [replace(COURSE.protocol, cap=3000), replace(COURSE.protocol, validation_size=100)]
    names = [grid.key(each, COURSE.protocol) for each in (run, *others)]
    names += [grid.key(run, protocol) for protocol in protocols]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and "/" not in name and " " not in name for name in names)


CHANGES = [
    {"dataset": "fashion_mnist"},
    {"train_size": 300},
    {"label_noise": 0.2},
    {"kernels": (8, 20)},
    {"neurons": 65},
    {"head": "gap"},
    {"regulariser": "dropout 0.5"},
]


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("protocol", {"momentum": 0.9}, r"protocol: expected .*, got .*momentum"),
        ("protocol", {"cap": 21}, r"equal_steps, cap and curve_every must be multiples of check_every"),
        ("subgrids", {"x": {"seeds": 1}}, "sub-grid x: needs why and seeds"),
        ("subgrids", {"x": {"why": "y", "seeds": 1, "nerons": 4}}, r"does not know \['nerons'\]"),
        (
            "subgrids",
            {"x": {"why": "y", "seeds": 1, "dataset": "cats"}},
            "dataset is 'cats'; there are",
        ),
        (
            "subgrids",
            {"x": {"why": "y", "seeds": 1, "regulariser": "dropout"}},
            "there are none, dropout NUMBER",
        ),
        ("subgrids", {"x": {"why": "y", "seeds": 1, "regulariser": "batch norm 2"}}, "is 'batch norm 2'"),
    ],
)
def test_mistakes_in_a_grid_file_are_named(tmp_path, part, change, message):
    content = yaml.safe_load(TINY)
    content[part] |= change
    (tmp_path / "grid.yml").write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=message):
        grid.read(tmp_path / "grid.yml")


def test_a_claim_without_its_refutation_is_refused(tmp_path):
    content = yaml.safe_load(TINY)
    del content["claims"][0]["refuted_by"]
    (tmp_path / "grid.yml").write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=r"a claim: expected .*refuted_by"):
        grid.read(tmp_path / "grid.yml")
