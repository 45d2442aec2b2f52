# Understudy. `make` lists what can be made; every target sets up what it needs, once.
PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := model scaling components policies understudy

# Two stamps: the environment with its locked installer, and what the installer put there. A new requirement is then
# added in place; only a new installer starts afresh.
CREATED := $(VENV)/.created
READY := $(VENV)/.ready
BROWSER := .cache/browser/.ready
DOCS := .cache/docs/.ready
CHECKOV := tools/checkov/.venv/.ready
PG_ANON := tools/pg_anon/.venv/.ready

# Whoever points pip at an index of their own means the installer as well.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

# A second run is quick because the bytecode of the first is kept.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help preview test test-slow test-engine test-cluster test-browser pictures docs check differential mutants fuzz faults bench format lock engine cluster clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(CREATED): tools/installer.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/installer.lock
	@touch $@

$(READY): $(CREATED) requirements.lock pyproject.toml
	@echo "installing what requirements.lock names into $(VENV)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock tools/installer.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

preview: $(READY) ## preview production and staging offline under all policy packs (ARGS=... passes options)
	@$(BIN)/understudy preview $(ARGS)

test: $(READY) ## run the tests but the slow ones and those that need the real engine (ARGS=... passes options)
	@echo "running the tests on 2 processes"
	@$(BIN)/python -m pytest -n 2 -q $(ARGS)

test-slow: $(READY) ## run the tests that take long: random models through the whole program (ARGS=... passes options)
	@echo "running the slow tests on 2 processes"
	@$(BIN)/python -m pytest -n 2 -q -m slow $(ARGS)

test-engine: engine ## run the tests on the real engine, with stand-in providers and no account (needs Go)
	@echo "running the tests on the real engine on 2 processes"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q -m engine $(ARGS)

test-cluster: cluster ## apply every Kubernetes object of every stack to a real API server on loopback (needs Go)
	@echo "applying manifests to a real API server"
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q -m cluster $(ARGS)

$(BROWSER): $(READY) tools/browser/requirements.lock tools/browser/package.json tools/browser/package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed, to install axe-core"; exit 2; }
	@echo "installing playwright and axe-core into .cache/browser"
	@rm -rf .cache/browser && mkdir -p .cache/browser && cp tools/browser/package.json tools/browser/package-lock.json .cache/browser/
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target .cache/browser/packages --require-hashes -r tools/browser/requirements.lock
	@npm ci --prefix .cache/browser --ignore-scripts --no-audit --no-fund --silent
	@touch $@

test-browser: $(BROWSER) ## run the tests of the report's page in Chromium (needs npm; as root on Debian it installs Chromium)
	@$(BIN)/python -m tools.browser
	@PYTHONPATH=.cache/browser/packages $(BIN)/python -m pytest -q -m browser tests/browser $(ARGS)

pictures: $(BROWSER) ## draw the documentation's pictures of the report anew (needs what test-browser needs)
	@$(BIN)/python -m tools.browser
	@PYTHONPATH=.cache/browser/packages $(BIN)/python -m tools.pictures

$(DOCS): $(READY) tools/docs/requirements.lock
	@echo "installing the site's generator into .cache/docs"
	@$(PYTHON) -m venv --clear .cache/docs
	@$(BIN)/uv pip sync --quiet --python .cache/docs/bin/python --require-hashes tools/docs/requirements.lock
	@touch $@

docs: $(DOCS) ## write the command reference anew and make the documentation's site in build/site; a broken link fails
	@$(BIN)/python -m tools.docs
	@.cache/docs/bin/zensical build --clean --strict --config-file build/zensical.toml

check: $(READY) ## lint, format, types, import contracts, duplicates, the command reference, the documentation's commands
	@echo "== ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy --strict" && $(BIN)/mypy
	@echo "== import contracts" && $(BIN)/lint-imports --no-logo
	@echo "== duplicates" && $(BIN)/pylint $(PACKAGES) tools
	@echo "== the command reference" && $(BIN)/python -m tools.docs --check
	@echo "== the documentation's commands" && $(BIN)/python -m tools.check.docs_commands

# The rivals that benchmarks and the differential run against have environments of their own.
$(CHECKOV) $(PG_ANON): tools/%/.venv/.ready: tools/%/requirements.lock $(READY)
	@echo "installing $* into tools/$*/.venv"
	@$(PYTHON) -m venv --clear tools/$*/.venv
	@$(BIN)/uv pip sync --quiet --python tools/$*/.venv/bin/python --require-hashes tools/$*/requirements.lock
	@touch $@

differential: $(READY) $(CHECKOV) ## compare the security pack with checkov on the same manifests
	@$(BIN)/python -m tools.checkov.differential

mutants: $(READY) ## change every property of both staging stacks, one at a time; parity must catch each
	@$(BIN)/python -m tools.mutants

fuzz: $(READY) ## give the command 1,000 malformed configurations; each must end with exit code 2 and a place
	@$(BIN)/python -m tools.fuzz

faults: $(READY) ## kill, race, mislead and search refreshes of staging's data (ARGS="--size full" takes half an hour, not two minutes)
	@$(BIN)/python -m tools.faults $(ARGS)

bench: $(READY) $(CHECKOV) $(PG_ANON) ## measure speed and memory; prints figures
	@set -e; for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

format: $(READY) ## format, and fix what ruff can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

lock: $(CREATED) ## renew the locks from pyproject.toml and tools/*.in (ARGS=--upgrade takes newer versions)
	@$(LOCK) $(ARGS) --output-file tools/installer.lock tools/installer.in
	@$(LOCK) $(ARGS) --extra dev --output-file requirements.lock pyproject.toml tools/build-requirements.in
	@$(LOCK) $(ARGS) --constraint requirements.lock --output-file tools/browser/requirements.lock tools/browser/requirements.in
	@$(LOCK) $(ARGS) --output-file tools/docs/requirements.lock tools/docs/requirements.in
	@$(LOCK) $(ARGS) --extra jobs --output-file tools/image/requirements.lock pyproject.toml tools/build-requirements.in
	@$(LOCK) $(ARGS) --output-file tools/checkov/requirements.lock tools/checkov/requirements.in
	@$(LOCK) $(ARGS) --output-file tools/pg_anon/requirements.lock tools/pg_anon/requirements.in

engine: $(READY) ## build the Pulumi CLI from its locked sources, unless a sufficient one is on the path (needs Go)
	@$(BIN)/python -m tools.engine

cluster: $(READY) ## build kube-apiserver and etcd from their locked sources, once (needs Go)
	@$(BIN)/python -m tools.cluster

clean: ## remove what the targets made
	rm -rf $(VENV) tools/checkov/.venv tools/pg_anon/.venv .cache build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
