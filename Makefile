# Two commands on a fresh machine: `make demo` and `make test`. They need Python 3.11 or later and make.
# Everything is installed in .venv; nothing outside this folder is changed (but by test-system).

PYTHON ?= python3
BIN := .venv/bin
OSM ?=
ARGS ?=
# One process a core; a file's tests stay together.
PARALLEL ?= -n auto --dist loadfile --no-loadscope-reorder

# The files that hold tests of a mark: reading all the others takes ten seconds of each process.
marked = $(shell grep -rl --include='test_*.py' 'mark\.$(1)' tests)

.PHONY: help setup demo test test-system style check bench lock clean

help:
	@echo "make demo          a whole evening in an invented town (OSM=FILE: on a real map)"
	@echo "make test          the tests that need nothing outside this folder"
	@echo "make test-system   the same and more, on real PostgreSQL, NATS, Mosquitto, Chromium (installs Debian packages)"
	@echo "make check         style, types, house rules"
	@echo "make bench         measures the budgets (ARGS='journal --quick')"

setup: .venv/.ready build/assets.ready

.venv/.ready: requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Beffroi needs Python 3.11 or later, this is %d.%d: try make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "== Making .venv with what Beffroi needs (about a minute)"
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing (Debian: python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

build/assets.ready: .venv/.ready frontend/package-lock.json tools/vendor.py $(wildcard src/beffroi/*/locale/fr/LC_MESSAGES/django.po src/beffroi/*/*/locale/fr/LC_MESSAGES/django.po)
	@echo "== Fetching fonts, icons, map library and the list of communes"
	@$(BIN)/python -m tools.vendor
	@echo "== Compiling the French screens"
	@$(BIN)/python -m tools.messages compile
	@mkdir -p build && touch $@

demo: setup
	@$(BIN)/beffroi demo $(if $(OSM),--osm "$(OSM)") $(ARGS)

test: setup
	@echo "== Tests (those that need a service not installed here are skipped by name)"
	@$(BIN)/python -m pytest -q $(PARALLEL) $(ARGS)

test-system: setup
	@.ci/system-packages
	@echo "== Tests on SQLite, with every service"
	@BEFFROI_REQUIRE_SERVICES=1 $(BIN)/python -m pytest -q $(PARALLEL) -m "not fault and not journey" --durations=15 $(ARGS)
	@echo "== Bad days and journeys: they keep the disk busy and mostly wait, so they run apart, four at once"
	@BEFFROI_REQUIRE_SERVICES=1 BEFFROI_KILLS=8 $(BIN)/python -m pytest -q -n 4 --dist loadfile -m "fault or journey" --durations=10 $(call marked,fault) $(call marked,journey) $(ARGS)
	@echo "== The same rooms on PostgreSQL"
	@BEFFROI_REQUIRE_SERVICES=1 $(BIN)/python -m tools.postgres -- $(BIN)/python -m pytest -q -m room $(PARALLEL) $(call marked,room) $(ARGS)

style: setup
	@echo "== Style"
	@$(BIN)/ruff check src tests tools benchmarks
	@$(BIN)/ruff format --check src tests tools benchmarks
	@echo "== Types"
	@$(BIN)/mypy
	@echo "== Imports between rooms"
	@$(BIN)/lint-imports

check: style
	@echo "== House rules"
	@$(BIN)/python -m pytest -q $(PARALLEL) tests/house

bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

# Versions and hashes, no address: run after a change of dependencies.
lock: .venv/.ready
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra dev --extra assets pyproject.toml -o requirements/lock.txt

clean:
	rm -rf .venv build var frontend/node_modules src/beffroi/desks/static/vendor src/beffroi/territory/data
