# The two commands of the README are `make demo` and `make test`; everything they need goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_ARGS ?=
SEED ?= 0

CONSOLE := console/.built
CONSOLE_SOURCES := $(shell find console/src console/public console/build console/index.html console/*.json console/*.ts -type f 2>/dev/null)

.PHONY: demo demo-reset console test check format generate bench simulate lock clean
.DEFAULT_GOAL := demo

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "联动需要 Python 3.11 或更高版本 / Liandong needs Python 3.11 or newer")'
	@echo "安装依赖到 $(VENV) … / installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(CONSOLE): $(STAMP) $(CONSOLE_SOURCES)
	@sh console/build/build.sh $(abspath $(BIN)) $(abspath $@)

console: $(CONSOLE)

demo: $(STAMP) $(CONSOLE)
	@$(BIN)/liandong demo $(DEMO_ARGS)

demo-reset: $(STAMP)
	@$(BIN)/liandong demo --reset

test: $(STAMP) $(CONSOLE) check
	@sh tests/console/chromium.sh
	@$(BIN)/python -m pytest -n auto

check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m liandong.generate --check
	@sh console/build/build.sh $(abspath $(BIN)) $(abspath $(CONSOLE)) check

format: $(STAMP)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: $(STAMP)
	@$(BIN)/python -m liandong.generate

bench: $(STAMP)
	@$(BIN)/python -m bench $(BENCH_ARGS)

simulate: $(STAMP)
	@SEED=$(SEED) STEPS=$(or $(STEPS),1000000) STORY=$(STORY) PYTHONPATH=tests $(BIN)/python -m simulation

lock: $(STAMP)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -o requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
