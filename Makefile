# `make demo` shows the main job; `make test` proves it; `make check` is the quick look before a commit.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON_FINDER := sh tools/find-python.sh

.PHONY: demo test check bench compatibility unit lint types architecture system-packages clean

$(STAMP): pyproject.toml requirements.lock tools/find-python.sh
	@sh tools/make-venv.sh $(VENV)
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/python -m barque.local.demo

check: $(STAMP)
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q -n 2 tests/unit tests/properties

test: $(STAMP) system-packages
	@$(BIN)/pytest -n 2 tests

system-packages:
	@sh tools/system-packages.sh

compatibility: $(STAMP)
	@$(BIN)/python -m barque.testing.compatibility tests/golden docs/compatibility.md

bench: $(STAMP)
	@sh tools/system-packages.sh restic borgbackup
	@$(BIN)/python -m benchmarks.run

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
