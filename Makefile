# `make help` says what there is. Everything is set up when it is first needed, inside this folder:
# Python in .venv, Poetry in .tools, Node's packages in frontend/node_modules.

PORT ?= 8000
DATA_DIR ?= var
# What goes to pytest instead of all tests: make test PYTEST_ARGS="tests/unit -x"
PYTEST_ARGS ?=
# And to the measurements: make bench BENCH_ARGS="--quick"
BENCH_ARGS ?=

PYTHON := .venv/bin/python
NPM := npm --prefix frontend
POETRY_VERSION := 2.5.1
POETRY_EXPORT_VERSION := 1.10.1
POETRY := .tools/poetry/$(POETRY_VERSION)-$(POETRY_EXPORT_VERSION)

# What only reads Django's settings, as the type checker does, needs these; nothing connects or signs.
LINT_ENV := SECRET_KEY=for-the-type-checker-only-signs-nothing DATABASE_URL=postgresql:///none

PAGE_SOURCES := $(shell find frontend \( -name node_modules -o -name dist -o -name coverage \
  -o -name '*.tsbuildinfo' \) -prune -o -type f -print) $(shell find frontend/src -type d)

# A .venv whose Python has gone (a system upgrade) is made anew.
ifneq ($(shell $(PYTHON) -c 'print("works")' 2>/dev/null),works)
REMAKE_VENV := remake-venv
endif

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: run test test-long test-compose lint format openapi contracts schema images audit bench help style types arrows migrations lock containers page remake-venv

run: .venv/.for-run frontend/dist/index.html ## Serve everything on 127.0.0.1: make run [PORT=8000] [DATA_DIR=var]
	@exec $(PYTHON) -m taskengine.embedded --port $(PORT) --data-dir "$(DATA_DIR)"

test: .venv/.for-development frontend/dist/index.html ## Run all tests, on private servers that the run starts itself
	@scripts/test-packages
ifeq ($(PYTEST_ARGS),)
	$(PYTHON) -m pytest -n 2 --dist loadfile tests/unit tests/integration
	$(PYTHON) -m pytest -n 2 --dist loadfile -m "untimed and not long" tests/acceptance tests/chaos tests/e2e
	$(PYTHON) -m pytest -m "not untimed and not long" tests/acceptance tests/chaos tests/e2e # one by one
else
	$(PYTHON) -m pytest $(PYTEST_ARGS)
endif
	$(NPM) test

test-long: .venv/.for-development frontend/dist/index.html ## Run the tests that take many rounds
	@scripts/test-packages
	$(PYTHON) -m pytest -m long $(PYTEST_ARGS)

test-compose: .venv/.for-development ## Run the product in containers, kill each: [COMPOSE="docker compose"]
	$(PYTHON) -m pytest -m compose tests/compose $(PYTEST_ARGS)

lint: style types arrows migrations lock containers page ## Check style, types, imports, migrations, the image, the composition

format: .venv/.for-development frontend/node_modules/.installed ## Format all code and mend what can be mended by itself
	$(PYTHON) -m ruff check --fix-only --quiet .
	$(PYTHON) -m ruff format .
	$(NPM) run --silent format

openapi: .venv/.for-development frontend/node_modules/.installed ## Write docs/openapi.yaml, docs/asyncapi.yaml and the front end's types anew
	$(LINT_ENV) $(PYTHON) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(LINT_ENV) $(PYTHON) manage.py asyncapi --file docs/asyncapi.yaml
	$(NPM) run --silent types

contracts: .venv/.for-development ## Write the JSON that server and page are both tested against anew
	UPDATE_CONTRACTS=1 $(PYTHON) -m pytest -q tests/integration/test_convergence.py tests/integration/test_frames.py

schema: .venv/.for-development ## With a release: keep its tables and what it says to them, which the next one has to be good for
	UPDATE_SCHEMA=1 $(PYTHON) -m pytest -q tests/integration/test_previous_release.py

images: .venv/.for-development frontend/dist/index.html ## Take the README's pictures of the page anew
	UPDATE_IMAGES=1 $(PYTHON) -m pytest -q tests/e2e/test_images.py

bench: .venv/.for-bench ## Run the measurements; each prints a table and one JSON line
	@scripts/test-packages
	$(PYTHON) -m bench $(BENCH_ARGS)

audit: $(POETRY)/.installed frontend/node_modules/.installed ## Ask the advisory databases about what is installed in production
	@scripts/audit $(POETRY)/bin/poetry

help: ## Say what each target does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

# --- The parts of `make lint` -------------------------------------------------------------------
style: .venv/.for-development
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: .venv/.for-development
	$(LINT_ENV) $(PYTHON) -m mypy

arrows: .venv/.for-development
	.venv/bin/lint-imports --no-logo

migrations: .venv/.for-development
	$(PYTHON) -m taskengine.embedded --data-dir .tools/lint exec $(PYTHON) manage.py makemigrations --check --dry-run

# The image is built of what `scripts/export-lock` prints, which has to be what Poetry would have taken. (It writes
# the conditions in other words: they are the lock's either way.)
lock: .venv/.for-development $(POETRY)/.installed
	@$(POETRY)/bin/poetry export --only main | sed 's/ [;\\].*//' | sort >.tools/exported.txt
	@$(PYTHON) scripts/export-lock | sed 's/ [;\\].*//' | sort | diff .tools/exported.txt - && echo "The locks agree"

containers: .venv/.for-development
	@if [ -x .venv/bin/hadolint ]; then .venv/bin/hadolint Dockerfile && echo "hadolint finds nothing"; \
	else echo "hadolint has no wheel for this platform: the Dockerfile is not checked"; fi
	@scripts/check-compose

page: frontend/node_modules/.installed
	$(NPM) run --silent lint

# --- Set-up -------------------------------------------------------------------------------------
.venv/pyvenv.cfg: $(REMAKE_VENV)
	@scripts/make-venv .venv

$(POETRY)/.installed:
	@echo "Installing Poetry $(POETRY_VERSION) in .tools"
	@scripts/make-venv $(POETRY)
	@$(POETRY)/bin/python -m pip install -qq --disable-pip-version-check \
	  "poetry==$(POETRY_VERSION)" "poetry-plugin-export==$(POETRY_EXPORT_VERSION)"
	@touch $@

.venv/.for-run: poetry.lock .venv/pyvenv.cfg $(POETRY)/.installed
	@scripts/install-locked $(POETRY)/bin/poetry main,embedded
	@touch $@

.venv/.for-development: poetry.lock .venv/pyvenv.cfg $(POETRY)/.installed
	@scripts/install-locked $(POETRY)/bin/poetry main,embedded,dev
	@touch .venv/.for-run $@

.venv/.for-bench: poetry.lock .venv/pyvenv.cfg $(POETRY)/.installed
	@scripts/install-locked $(POETRY)/bin/poetry main,embedded,dev,bench
	@touch .venv/.for-run .venv/.for-development $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json
	@scripts/need-node
	@echo "Installing the front end's packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(PAGE_SOURCES)
	@echo "Building the front end"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@
