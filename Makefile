# Understudy. `make` lists what can be made; every target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help preview test check bench lock clean format

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): requirements.lock tools/installer.lock pyproject.toml
	@echo "setting up $(VENV) from requirements.lock (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/installer.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock tools/installer.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

preview: $(STAMP) ## preview production and staging offline under all policy packs (ARGS=... passes options)
	@$(BIN)/understudy preview $(ARGS)

test: $(STAMP) ## run the tests
	@echo "running the tests on 2 processes"
	@$(BIN)/python -m pytest -n 2 -q $(ARGS)

check: $(STAMP) ## lint, format, types, import contracts, duplicates, the documentation's commands
	@echo "ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "mypy --strict" && $(BIN)/mypy
	@echo "import contracts" && $(BIN)/lint-imports
	@echo "duplicates" && $(BIN)/python -m tools.check.duplicates
	@echo "the documentation's commands" && $(BIN)/python -m tools.check.docs_commands

bench: $(STAMP) ## measure speed and memory; prints figures
	@$(BIN)/python bench/preview_time.py
	@$(BIN)/python bench/model_size.py

format: $(STAMP) ## format and fix what ruff can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

lock: ## renew the locks from pyproject.toml and tools/*.in (needs uv)
	@$(LOCK) --output-file tools/installer.lock tools/installer.in
	@$(LOCK) --extra dev --output-file requirements.lock pyproject.toml tools/build-requirements.in

clean: ## remove what the targets made
	rm -rf $(VENV) build
