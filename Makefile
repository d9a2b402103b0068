# ticketbot from a fresh clone. `make help` says what there is; nothing here needs more than python3 and make to start.
# Each folder under .venv is made once: a stamp file remembers which locks it was made from.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
FROM_LOCK := $(PIP) install --no-deps --require-hashes --only-binary :all: --progress-bar off
CODE := src tests migrations $(if $(wildcard bench/*.py),bench)
CORPUS ?= ../shared/corpus
DIST := dist

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules
export PYTHONUTF8 := 1

.PHONY: help
help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- setting up -----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.dev  ## make .venv with everything that running, testing and checking need

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ticketbot needs Python 3.11 or newer: name one with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python cannot make virtual environments here. As root: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing the locked dependencies into .venv (about a minute)"
	@$(FROM_LOCK) -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Installing the locked tools for tests and checks"
	@$(FROM_LOCK) -r requirements-dev.lock
	@touch $@

# --- using it -------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/.run  ## show a desk at work: sandbox mail server, three clients, no account and no configuration needed
	@$(BIN)/ticketbot demo $(DEMO)

# --- the gate, cheap steps first ------------------------------------------------------------------------------------

.PHONY: test
test: .venv/.dev  ## run the whole test suite; installs the servers that it talks to
	@sh .ci/needs dovecot-imapd postgresql chromium
	@$(BIN)/python -m pytest -n auto $(TESTS)

.PHONY: check
check: lint migrations wheel coverage  ## the gate: format, lint, types, imports, dependencies, migrations, wheel, tests

.PHONY: lint
lint: .venv/.dev  ## format, lint, types, import contracts, dependencies; no test runs
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry src

.PHONY: format
format: .venv/.dev  ## format the code and mend what ruff can mend
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

.PHONY: migrations
migrations: .venv/.dev  ## migrations equal models, on SQLite and on PostgreSQL
	@sh .ci/needs postgresql
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  TICKETBOT_DATABASE__URL="sqlite:///$$folder/check.db" sh -ec '$(BIN)/alembic upgrade head; $(BIN)/alembic check'
	@sh .ci/postgresql sh -ec '$(BIN)/alembic upgrade head; $(BIN)/alembic check'

.PHONY: wheel
wheel: .venv/.dev  ## build the wheel, install it elsewhere, ask it for its version and to check its configuration
	@sh .ci/wheel $(BIN)/python $(DIST)

.PHONY: coverage
coverage: .venv/.dev  ## the tests with branch coverage: the domain whole, everything at least 95 %
	@sh .ci/needs dovecot-imapd postgresql chromium
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m pytest -n auto --cov --cov-report= $(TESTS)
	@$(BIN)/python -m coverage report --include='src/ticketbot/domain/*' --fail-under=100
	@$(BIN)/python -m coverage report --fail-under=95

# --- looking and measuring ------------------------------------------------------------------------------------------

.PHONY: corpus
corpus: .venv/.run  ## score how mails are understood, by folder and field, against the floor: make corpus CORPUS=folder
	@$(BIN)/python bench/corpus.py $(CORPUS) --floor

.PHONY: bench
bench: .venv/.dev  ## measure what must be fast, as ratios against a floor of the same run (bench/README.md)
	@for each in latency understand; do [ ! -f bench/$$each.py ] || $(BIN)/python -m bench.$$each || exit 1; done

.PHONY: gallery
gallery: .venv/.dev  ## show every letter as desk, phone and terminal show it, with pictures, in gallery/
	@sh .ci/needs chromium fonts-liberation
	@$(BIN)/python -m bench.gallery

# --- keeping it -----------------------------------------------------------------------------------------------------

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links

.PHONY: lock
lock: .venv/.dev  ## write the locks anew after pyproject.toml changed; LOCK=--upgrade takes newer versions
	@$(COMPILE) $(LOCK) pyproject.toml --group dev --group build --output-file requirements-dev.lock
	@$(COMPILE) pyproject.toml --constraints requirements-dev.lock --output-file requirements.lock
	@$(COMPILE) --group build --constraints requirements-dev.lock --output-file requirements-build.lock
	@! grep -n '://' requirements*.lock

.PHONY: clean
clean:  ## remove what was made here
	@rm -rf .venv $(DIST) build htmlcov gallery .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	  .import_linter_cache .grimp_cache
	@find src tests migrations bench -name __pycache__ -type d -prune -exec rm -rf {} +
