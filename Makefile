# Two commands: `make up` starts everything, `make test` proves everything. Both install what they need.
SHELL := /bin/bash
UV_VERSION := 0.13.8
# uv from the machine, else one of our own under .tools, made with the machine's Python.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen

.DEFAULT_GOAL := help
.PHONY: help up test lint check bench setup clean

help:  ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.tools/bin/uv:
	@command -v python3 >/dev/null || { echo "make: needs python3 (3.11 or newer) or uv"; exit 1; }
	@echo "Installing uv into .tools ..."
	@python3 -m pip --version >/dev/null 2>&1 || { echo "make: needs pip or uv (Debian: apt-get install python3-pip)"; exit 1; }
	@python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/lib "uv==$(UV_VERSION)"
	@mkdir -p .tools/bin && cp .tools/lib/bin/uv .tools/bin/uv

# Compiled now: where Python may not keep what it compiles, that is half of every start.
setup: $(filter .tools/%,$(UV))  ## Install the locked packages
	@UV_COMPILE_BYTECODE=1 $(UV) sync --frozen --quiet
	@$(RUN) python -m compileall -q actions bot

up: setup  ## Install, train and start everything
	@$(RUN) bot up

lint: setup  ## Format check, lint, types
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy

test: lint  ## Everything that must hold
	@$(RUN) python -m tests.needs
	@$(RUN) bot train
	@$(RUN) pytest -n 2 --dist loadfile

check: setup  ## The fast part of the tests: no browser, no PostgreSQL
	@$(RUN) pytest -n 2 --dist loadfile -m "not browser and not postgres"

bench: setup  ## Measure against Rasa's default
	@$(RUN) python -m benchmarks

clean:  ## Forget trained models and caches; data in var/ stays
	rm -rf models .pytest_cache .mypy_cache .ruff_cache
