# The commands of ALE: git, make and python3 ≥ 3.11 with venv are enough, everything else is made here.
# ARGS reaches the tool behind a command: make test ARGS='-k onboarding'
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=
UV := $(shell command -v uv 2>/dev/null)
PIP_INSTALL := $(if $(UV),uv pip install --python $(PY) --compile-bytecode,$(PY) -m pip install) --quiet --require-hashes -r
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard ale/translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint faults bench install install-dev frontend catalogues lock

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

run: install frontend catalogues  ## serve ALE on http://127.0.0.1:5000 with worker, queue and demo data
	@$(PY) -m ale.run --end-with-parent

test: install-dev frontend catalogues  ## the whole suite; again on PostgreSQL + Redis where ALE_TEST_* name them
	@$(PY) -m tests.engines $(ARGS)

lint: install-dev  ## ruff, types, template rules
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m djlint --lint --quiet ale/templates

faults: install-dev frontend catalogues  ## minutes long: kills processes in the middle of their work
	@$(PY) -m pytest -m faults $(ARGS)

bench: install-dev frontend catalogues  ## the benchmarks; one JSON line a figure in bench/results/
	@$(PY) -m bench $(ARGS)

install: .venv/.installed  ## the environment that runs ALE, in .venv

install-dev: .venv/.installed-dev  ## the same with the tools of developers

frontend: ale/static/vendor/.made  ## htmx, icons and font, from the npm registry

catalogues: $(CATALOGUES)  ## compile the translations

LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock:  ## write both lock files anew from pyproject.toml, for every Python from 3.11 on (needs uv)
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --extra dev --output-file requirements-dev.lock

# Stamps: a second run finds everything made and needs no network.
.venv/.made:
	@$(PYTHON) -c 'import sys, venv$(if $(UV),,, ensurepip); sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
		'ALE needs Python 3.11 or later with its venv module; on Debian or Ubuntu: apt install make python3-venv' >&2; exit 1; }
	@echo 'Making the environment in .venv …'
	@rm -rf .venv
	@$(if $(UV),uv venv --quiet --python "$$(command -v $(PYTHON))",$(PYTHON) -m venv) .venv
	@touch $@

.venv/.installed: requirements.lock | .venv/.made
	@echo 'Installing what ALE runs on …'
	@$(PIP_INSTALL) $<
	@touch $@

.venv/.installed-dev: requirements-dev.lock requirements.lock | .venv/.made
	@echo 'Installing what ALE is developed with …'
	@$(PIP_INSTALL) $<
	@touch .venv/.installed $@

ale/static/vendor/.made: package-lock.json $(wildcard ale/frontend.py) | .venv/.installed
	@echo 'Fetching the front-end files …'
	@$(PY) -m ale.frontend
	@touch $@

%.mo: %.po | .venv/.installed
	@$(PY) -m babel.messages.frontend --quiet compile -i $< -o $@
