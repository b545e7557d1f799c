# Chimera. `make run` starts it, `make test` tests it; both install what they need first.
# Taken for granted: Python 3.11+, make. Node.js comes from a wheel where it is missing or too old.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
NPM    := VENV=$(CURDIR)/$(VENV) $(CURDIR)/tools/npm

.PHONY: run install dev test check check-server check-web test-web fmt api-types screens lock bench clean

run: install  ## migrate the database and serve, in the foreground
	@exec $(BIN)/chimera serve --migrate

install: $(VENV)/.runtime $(VENV)/.vocabularies $(VENV)/.embedder src/chimera/web/built/index.html  ## prepare .venv and the built web app

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Chimera needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt requirements/local-model.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Python packages (about a minute the first time) …"
	@$(PIP) -r requirements/runtime.txt
	@$(PIP) -r requirements/local-model.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Installing development packages …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(VENV)/.vocabularies: tools/build_vocabularies.py tools/vocabularies/package-lock.json | $(VENV)/.runtime
	@echo "Building the token vocabularies …"
	@cd tools/vocabularies && $(NPM) ci --silent --ignore-scripts
	@$(BIN)/python tools/build_vocabularies.py
	@touch $@

$(VENV)/.embedder: tools/build_embedder.py requirements/embedder.txt requirements/embedder-build.txt | $(VENV)/.runtime
	@echo "Building the local embedder …"
	@$(PIP) -r requirements/embedder.txt
	@rm -rf $(VENV)/.building && $(PIP) --target $(VENV)/.building -r requirements/embedder-build.txt
	@PYTHONPATH=$(VENV)/.building $(BIN)/python tools/build_embedder.py
	@rm -rf $(VENV)/.building
	@touch $@

$(VENV)/.agents: tools/agents/package-lock.json | $(VENV)/.runtime
	@echo "Installing other people's clients, for the tests …"
	@cd tools/agents && $(NPM) ci --silent --ignore-scripts
	@touch $@

$(VENV)/.identity-provider: tools/identity-provider/package-lock.json | $(VENV)/.runtime
	@echo "Installing an OpenID provider, for the tests …"
	@cd tools/identity-provider && $(NPM) ci --silent --ignore-scripts
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | $(VENV)/.runtime
	@echo "Installing packages of the web app …"
	@cd frontend && $(NPM) ci --silent --ignore-scripts
	@touch $@

$(VENV)/.api-types: tools/api-types/package-lock.json | $(VENV)/.runtime
	@cd tools/api-types && $(NPM) ci --silent --ignore-scripts
	@touch $@

src/chimera/web/built/index.html: frontend/node_modules/.installed $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/swagger-ui.ts frontend/frames.ts frontend/brotli.ts frontend/at-once.ts -type f 2>/dev/null)
	@echo "Building the web app …"
	@cd frontend && $(NPM) run --silent build
	@touch $@

dev: install $(VENV)/.dev  ## server on :8000, web app with hot reload on :5173
	@trap 'kill 0' INT TERM EXIT; $(BIN)/chimera serve --migrate & (cd frontend && $(NPM) run dev) & wait

check: check-server check-web  ## formatting, lint, types, floors

check-server: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check-web: frontend/node_modules/.installed
	@cd frontend && $(NPM) run --silent check

test-web: frontend/node_modules/.installed
	@cd frontend && $(NPM) run --silent test

fmt: $(VENV)/.dev frontend/node_modules/.installed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@cd frontend && $(NPM) run --silent fmt

api-types: $(VENV)/.dev $(VENV)/.api-types  ## types of the API for the web app, after an endpoint has changed
	@$(BIN)/python tools/build_api_types.py

test: install $(VENV)/.dev $(VENV)/.agents $(VENV)/.identity-provider $(VENV)/.api-types  ## everything that CI runs
	@tools/debian-packages redis-server chromium
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check test-web
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

screens: install $(VENV)/.dev  ## pictures of every page, wide and narrow, light and dark, in data/screens
	@tools/debian-packages chromium
	@$(BIN)/python -m tests.browser.screens

bench: install $(VENV)/.dev  ## CPU per request and per chunk beside a bare passthrough, LiteLLM and Portkey
	@$(BIN)/python -m benchmarks.gateway

lock:  ## resolve again; hashes of every file, no index named
	@$(BIN)/python -m pip install --quiet uv==0.13.8
	@tools/lock $(BIN)/uv

clean:
	@rm -rf $(VENV) frontend/node_modules src/chimera/web/built tools/vocabularies/node_modules tools/agents/node_modules tools/identity-provider/node_modules tools/api-types/node_modules src/chimera/gateway/vocabularies src/chimera/adapters/embedders/weights
