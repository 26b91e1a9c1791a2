# okaeri. Each target sets up .venv by itself; all it asks for is Python 3.11 or newer with venv.
#
#   make          the demo: a made-up shop, imported, measured and shown in its console (CUSTOMERS=2000: a smaller one)
#   make stop     end the demo's console
#   make test     the tests; those that need Java, Chromium, PostgreSQL or reference data say so when they are skipped
#   make lint     formatting, types and the import contracts
#   make bench    seconds and memory at growing size
#   make peers    .venv-bench, with the packages that benchmarks compare with
#   make docs     docs/reference and the guide's outputs anew from the code
#   make pictures the pictures of README, photographed from the demo (needs Chromium)
#   make messages the catalogue of translations anew from the code; fails while a sentence is untranslated
#   make lock     requirements.lock anew from pyproject.toml
#   make clean    everything these targets made

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := demo
.PHONY: demo stop test lint format bench peers docs pictures messages lock setup clean

VENV := .venv
PEERS := .venv-bench
BIN := $(VENV)/bin
CUSTOMERS ?=
WORKERS ?= 2
TESTS ?=

# Spinning BLAS and OpenMP threads cost more than they bring on small tables.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

demo: setup
	$(BIN)/okaeri demo $(if $(CUSTOMERS),--customers $(CUSTOMERS))

stop: setup
	$(BIN)/okaeri demo --stop

test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python benchmarks/measure.py

peers: setup
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(PEERS)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(PEERS)/bin/python --require-hashes \
	  -r benchmarks/requirements.lock
	$(BIN)/uv pip install --quiet --python $(PEERS)/bin/python --no-deps --no-build-isolation -e .

messages: setup
	$(BIN)/python tools/messages.py

docs: setup
	$(BIN)/python docs/build_reference.py
	$(BIN)/python docs/run_guide.py

pictures: setup
	$(BIN)/python tools/screenshots.py

lock: setup
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --all-extras --group dev \
	  --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --all-extras --group bench \
	  --constraint requirements.lock --no-header --no-emit-index-url --no-emit-find-links \
	  -o benchmarks/requirements.lock

clean:
	[ ! -x $(BIN)/okaeri ] || $(BIN)/okaeri demo --stop
	rm -rf $(VENV) $(PEERS) build demo test-results .coverage .hypothesis .pytest_cache .mypy_cache .ruff_cache \
	  *.egg-info metastore_db spark-warehouse derby.log
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Setting up: three steps, each with a stamp in .venv that makes it a matter of milliseconds the second time.

setup: $(VENV)/.package

INSTALL = $$([ -x $(BIN)/uv ] && echo $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python || \
  echo $(BIN)/python -m pip install --quiet --disable-pip-version-check)

$(VENV)/.package: pyproject.toml $(VENV)/.requirements
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.requirements: requirements.lock $(VENV)/.python
	@echo "Setting up .venv (once; a few minutes on a slow line)" >&2
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

# uv is installed first, at the version and hashes the lock names, because it installs the rest several times faster.
$(VENV)/.python:
	@set +e; for python in "$${PYTHON:-}" python3 python3.{14,13,12,11} python; do \
	  [ -n "$$python" ] && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  python=; \
	done; set -e; \
	if [ -z "$$python" ]; then echo "okaeri needs Python 3.11 or newer; set PYTHON=/path/to/python" >&2; exit 1; fi; \
	"$$python" -m venv $(VENV) || \
	  { echo "$$python cannot make a virtual environment (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt \
	  || echo "uv is not to be had here; pip will do, more slowly" >&2
	@touch $@
