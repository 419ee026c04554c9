# make run    a digest of real papers in out/demo, with no account and no mail server
# make test   the tests
# make check  everything a reviewer would run: format, lint, types, tests (import walls and docs among them)
# make bench  benchmarks, as ratios against named references
# make background  count the packaged word statistics anew, from the example dumps
# make crash  kill the sending process TRIALS=1000 times and count what was lost or doubled
# make fuzz   look for input that breaks a reader, SECONDS=600 long
# make pictures  the README's pictures, from out/demo with Chromium
# make lock   pin the newest dependencies that pyproject.toml allows
# make clean  remove what these made; make run then begins anew

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench background crash fuzz pictures lock clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp
	@$(BIN)/python examples/demo.py

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory test

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks

background: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.beginning

TRIALS ?= 1000
crash: $(VENV)/dev.stamp
	$(BIN)/python -m tests.crash --trials $(TRIALS)

SECONDS ?= 600
fuzz: $(VENV)/dev.stamp
	$(BIN)/python tests/fuzz/fuzz_reading.py --seconds $(SECONDS)

pictures: $(VENV)/dev.stamp
	$(BIN)/python docs/make_pictures.py

# No names of package indexes get into the locks: pip and uv take theirs from this machine's settings.
lock: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
		--python-version 3.11 --extra demo --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra demo --group build --group dev -c requirements.lock pyproject.toml \
		-o requirements-dev.lock

clean:
	rm -rf $(VENV) out build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; on Debian: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "make: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "make: Python's venv package is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "making a Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "installing what digest needs (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	@echo "installing what the tests need (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
