# Every task of this repository; `make` lists them. Tools live in .venv, the lint tools in .venv-lint.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?=
BIN := .venv/bin
LINT := .venv-lint/bin
SOURCES := featurectl serving tests data docs

# The Python named by PYTHON=..., else the first on the PATH that the pinned versions support.
FIND_PYTHON := python=; \
	for name in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Error: expected Python 3.11, 3.12 or 3.13 as $(or $(PYTHON),python3), got $$($(or $(PYTHON),python3) --version 2>&1 || true)" >&2; \
		echo "Hint: Name one, e.g. \`make demo PYTHON=/path/to/python3.13\`." >&2; \
		exit 1; \
	fi

.PHONY: help demo leakage dev fmt lint test test-spark test-feast test-schedulers mutants bench docs check clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.demo profiles.yml ## Build the flights example, sync it, look up one flight, and tell what happened
	@$(BIN)/python data/story.py

leakage: demo ## Show what leakage does to a model's score: the demo first, then some minutes
	@$(BIN)/python -m pip install -qq --editable '.[example]' --constraint constraints.txt
	@$(BIN)/python data/leakage.py --svg docs/leakage.svg

dev: .venv/.test .venv-lint/.lint profiles.yml ## Install everything that working on the code needs

fmt: .venv-lint/.lint ## Format the code and repair what can be repaired
	@$(LINT)/ruff check --fix $(SOURCES)
	@$(LINT)/ruff format $(SOURCES)

lint: .venv/.test .venv-lint/.lint ## Check format, style, types and the direction of imports
	$(LINT)/ruff format --check $(SOURCES)
	$(LINT)/ruff check $(SOURCES)
	$(LINT)/mypy --python-executable $(BIN)/python
	$(LINT)/lint-imports

test: .venv/.test ## Run all tests, on real DuckDB, dbt, PostgreSQL and Valkey
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-spark: ## Run the training sets on Spark executor processes (Java 17; 434 MB in .venv-spark)
	@test -d .venv-spark || { $(FIND_PYTHON); $$python -m venv .venv-spark; }
	@.venv-spark/bin/python -m pip install -qq --editable '.[test,spark]' --constraint constraints.txt
	@.venv-spark/bin/python -m pytest -m spark tests/spark

test-feast: .venv/.test ## Read from the HTTP server through Feast's own client (Feast in .venv-feast)
	@test -d .venv-feast || { $(FIND_PYTHON); $$python -m venv .venv-feast; .venv-feast/bin/python -m pip install -qq 'feast>=0.64'; }
	@FEATURECTL_FEAST_PYTHON="$$PWD/.venv-feast/bin/python" $(BIN)/python -m pytest tests/integration/http/test_http_feast_client.py

test-schedulers: .venv/.test ## Run docs/examples in Airflow and cron, hold them to their schemas (440 MB in .venv-schedulers; cron asks for root)
	@test -d .venv-schedulers || { $(FIND_PYTHON); $$python -m venv .venv-schedulers; }
	@.venv-schedulers/bin/python -m pip install -qq apache-airflow check-jsonschema kubernetes-validate zizmor --constraint constraints-schedulers.txt
	@cd .venv-schedulers; command -v cron >/dev/null || test -d cron || { apt-get download -qq cron && dpkg-deb -x cron_*.deb cron; }
	@FEATURECTL_SCHEDULERS="$$PWD/.venv-schedulers/bin" $(BIN)/python -m pytest tests/integration/schedulers

mutants: .venv/.test ## Break the macros and the online store on purpose, one slip at a time: each must turn a test red
	@$(BIN)/python tests/mutants/run.py
	@$(BIN)/python tests/mutants/store.py --jobs 2

bench: .venv/.test ## Measure against floors of the same run; tables, and JSON in bench/
	@mkdir -p bench
	@$(BIN)/python tests/benchmarks/training/run.py --json bench/training_duckdb.json
	@$(BIN)/python tests/benchmarks/training/run.py --scale 0.1 --json bench/training_duckdb_tenth.json
	@$(BIN)/python tests/benchmarks/training/run.py --engine postgres --scale 0.1 --json bench/training_postgres_tenth.json
	@$(BIN)/python tests/benchmarks/training/run.py --growth --json bench/training_growth.json
	@$(BIN)/python tests/benchmarks/serving/run.py --json bench/serving.json
	@$(BIN)/python tests/benchmarks/http/run.py --json bench/http.json
	@$(BIN)/python tests/benchmarks/sync.py
	@$(BIN)/python tests/benchmarks/sync_read.py
	@$(BIN)/python tests/benchmarks/registry/run.py --json bench/registry.json

docs: .venv/.test ## Write the reference pages in docs/ anew
	@$(BIN)/python docs/reference.py

check: ## What CI runs: lint, then test
	@$(MAKE) lint
	@$(MAKE) test

clean: ## Remove environments, caches, the example's warehouse and its online store
	rm -rf .venv .venv-lint .venv-spark .venv-feast .venv-schedulers bench target logs dist .featurectl data/nycflights13 data/*.duckdb*
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

profiles.yml:
	@cp profiles.yml.example profiles.yml

.venv/bin/python:
	@$(FIND_PYTHON); $$python -m venv .venv

.venv/.demo: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing featurectl, dbt, DuckDB and the example's data into .venv (once, about a minute)" >&2
	@$(BIN)/python -m pip install -qq --editable '.[demo]' --constraint constraints.txt
	@touch $@

.venv/.test: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing featurectl and what its tests need into .venv (once, about a minute)" >&2
	@$(BIN)/python -m pip install -qq --editable '.[test]' --constraint constraints.txt
	@touch $@ .venv/.demo

.venv-lint/.lint: constraints-lint.txt
	@echo "installing the lint tools into .venv-lint (once)" >&2
	@$(FIND_PYTHON); $$python -m venv .venv-lint
	@$(LINT)/python -m pip install -qq ruff mypy import-linter --constraint constraints-lint.txt
	@touch $@
