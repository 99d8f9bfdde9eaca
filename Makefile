# One line per task; the README, CI and the publishing workflow call these and nothing else.
# `make help` lists them.

PYTHON ?= python3
# Where pip finds PyTorch, for example TORCH="--find-links FOLDER" or the option that PyTorch's
# install page gives for CPU or CUDA. Empty: wherever pip is set up to look.
TORCH ?=

# `make site PYODIDE=FOLDER`: Python for the browser is served from the site, not by its makers' CDN.

# Options for JupyterLab: in a container, LAB="--allow-root --no-browser".
LAB ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Set-up happens when its files change, when the folder has moved (programs in .venv name it), and
# when you name a Python or a place for PyTorch.
ifneq ($(shell cat $(VENV)/.ready 2>/dev/null),$(CURDIR))
  AGAIN := set-up-again
  CLEAR := --clear
endif
ifeq ($(origin PYTHON),command line)
  AGAIN := set-up-again
  CLEAR := --clear
endif
ifeq ($(origin TORCH),command line)
  AGAIN := set-up-again
endif

.DEFAULT_GOAL := help
.PHONY: help setup site bundle pdf lighthouse notebooks assignments test browser check lint format lab bench data versions lock audit new-lesson clean set-up-again
.NOTPARALLEL:  # notebooks are written by one task and read by another

help:  ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## make .venv and install what the other tasks need

# pip would compile on one core; compileall takes all of them.
QUIETLY := --quiet --disable-pip-version-check --no-compile

# PyTorch's pin goes in first and alone: TORCH may point pip at a place that has nothing else.
$(READY): requirements.txt pyproject.toml $(AGAIN)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This course needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Choose another one: make PYTHON=python3.12 ...")'
	@echo "Installing some 180 packages; this takes two to five minutes ..."
	$(PYTHON) -m venv $(CLEAR) $(VENV)
	$(BIN)/python -m pip install $(QUIETLY) $(TORCH) "$$(grep '^torch==' requirements.txt | cut -d';' -f1)"
	$(BIN)/python -m pip install $(QUIETLY) -r requirements.txt
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # templates are no Python
	@echo "$(CURDIR)" > $(READY)
	@echo "Ready."

site: $(READY)  ## build the site, strictly: any failing cell, warning or dead link stops it
	$(BIN)/python -m authoring.build

bundle: site  ## one zip of everything that needs no server: site, notebooks, package, READ ME
	$(BIN)/python -m authoring.bundle

pdf: $(READY)  ## print the built site as one PDF, with a Chromium
	$(BIN)/python -m authoring.browser
	$(BIN)/python -m authoring.pdf

notebooks: $(READY)  ## make book/notebooks from the lessons
	$(BIN)/python -m authoring.notebooks

assignments: $(READY)  ## make book/assignments from their masters
	$(BIN)/python -m authoring.assignments

# Two at a time, each with one thread: two small networks that start two threads each are slower than one.
test check: export OMP_NUM_THREADS := 1
# What stays together and what comes first stands in tests/conftest.py.
TWO_AT_A_TIME := -n 2 --dist loadscope --no-loadscope-reorder

test: $(READY) check bundle  ## everything: the quick part, then the built site, planted faults and every notebook
	-$(BIN)/python -m authoring.browser
	-$(BIN)/python -m grading sandbox
	$(BIN)/python -m pytest $(TWO_AT_A_TIME) -m slow --nbval-lax --nbval-cell-timeout=300 tests book/notebooks

lighthouse: $(READY) browser  ## Lighthouse's scores of three pages of the built site
	$(BIN)/python -m authoring.lighthouse

browser: $(READY)  ## find a Chromium for the tests of the site, or install one
	$(BIN)/python -m authoring.browser

check: $(READY) lint  ## the quick part, under two minutes: lint, types, unit tests, notebooks up to date
	$(BIN)/python -m authoring.notebooks --check
	$(BIN)/python -m authoring.assignments --check
	$(BIN)/python -m pytest $(TWO_AT_A_TIME) tests/unit tests/book tests/teaching --doctest-modules lessons_src

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: $(READY)  ## open copies of the notebooks in JupyterLab; yours stay as you leave them
	@mkdir -p my-notebooks
	@for n in book/notebooks/*.ipynb; do [ -e "my-notebooks/$${n##*/}" ] || cp "$$n" my-notebooks/; done
	$(BIN)/jupyter lab --notebook-dir=my-notebooks $(LAB)

bench: $(READY)  ## measure speeds, as ratios within one run, and what the built site's pages weigh
	$(BIN)/python -m tests.bench

data: $(READY)  ## make the shipped images again from their sources (on Debian)
	$(BIN)/python -m authoring.images

# One session alone: make versions NOX="-s 'package(oldest)'". noxfile.py says what there is.
NOX ?=
versions: export OMP_NUM_THREADS := 1
versions: export TORCH_VERSION := $(TORCH_VERSION)
versions: $(READY)  ## the package and the notebooks with the oldest and the newest versions admitted: an hour
	$(BIN)/nox $(NOX)

lock: $(READY)  ## renew requirements.txt from pyproject.toml
	$(BIN)/python -m authoring.lock

audit: $(READY)  ## ask the registries for known weaknesses of what is pinned
	$(BIN)/python -m authoring.audit

new-lesson: $(READY)  ## start a lesson that keeps every rule: make new-lesson NAME=layers/attention
	$(BIN)/python -m authoring.new_lesson $(NAME)

clean:  ## remove what was built; the environment stays
	rm -rf _build .nox .pytest_cache .mypy_cache .ruff_cache .hypothesis build lessons_src/*.egg-info
