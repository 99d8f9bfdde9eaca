# One line per task; the README, CI and the publishing workflow call these and nothing else.
# `make help` lists them.

PYTHON ?= python3
# Where pip finds PyTorch's wheels, for example TORCH="--find-links FOLDER" or the option that
# PyTorch's install page gives for CPU or CUDA. Empty: wherever pip is set up to look.
TORCH ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := $(shell find lessons_src -name '*.py' -o -name '*.js' -o -name '*.css' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help site test check lint format notebooks lab bench data lock clean setup

help:  ## list the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## make .venv and install what the other tasks need

# PyTorch's pin goes in first, so that nothing else pulls a larger build of it.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This course needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Choose another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH) "$$(grep '^torch==' requirements.txt | cut -d';' -f1)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH) -r requirements.txt
	@touch $(READY)

site: $(READY)  ## build the site, strictly: any failing cell, warning or dead link stops it
	$(BIN)/python -m authoring.build

notebooks: $(READY)  ## make book/notebooks from the lessons
	$(BIN)/python -m authoring.notebooks

test: $(READY) check site  ## everything: lint, unit tests, the notebooks, the book, the built site, planted faults
	$(BIN)/python -m pytest tests/book tests/site --run-slow
	$(BIN)/python -m pytest --nbval-lax --nbval-cell-timeout=120 book/notebooks

check: $(READY) lint  ## the quick part, under two minutes: lint, types, unit tests, notebooks up to date
	$(BIN)/python -m authoring.notebooks --check
	$(BIN)/python -m pytest tests/unit tests/book --doctest-modules lessons_src

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: $(READY) notebooks  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=book/notebooks

bench: $(READY)  ## measure speeds, as ratios within one run
	$(BIN)/python -m tests.bench

data: $(READY)  ## make the shipped images again from their sources
	$(BIN)/python -m authoring.images

lock: $(READY)  ## renew requirements.txt from pyproject.toml
	$(BIN)/python -m authoring.lock

clean:  ## remove what was built; the environment stays
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis build lessons_src/*.egg-info
