# Everything that Backline needs is set up here: only Python 3.11+, make and a package index are asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OLDEST := .venv-oldest
QISKIT1 := .venv-qiskit1
PEERS := .venv-peers
DYNAMICS := .venv-dynamics
PYTEST_WORKERS ?= 2

.PHONY: help demo devices docs pictures test test-slow test-oldest bench bench-engines bench-gates bench-jobs conformance-table lint format clean

help:  ## Say what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

demo: $(VENV)/.runtime  ## Run a GHZ circuit on manila: as gates with noise, and as pulses.
	$(BIN)/python examples/demo.py

lint: $(VENV)/.dev  ## Format, lint, types and import rules.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## Every check that a change must pass.
	$(BIN)/python -m pytest -m "not slow" -n $(PYTEST_WORKERS) --dist loadfile

test-slow: $(VENV)/.dev  ## The long proofs: every device snapshot, and what else takes minutes.
	$(BIN)/python -m pytest -m slow --timeout 1800 tests

$(OLDEST)/.ready: pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(OLDEST)/bin/python -m pip install --quiet --constraint constraints-oldest.txt --editable . --group test
	@touch $@

test-oldest: $(OLDEST)/.ready  ## The tests on the oldest versions that we allow.
	$(OLDEST)/bin/python -m pytest -m "not slow" -n $(PYTEST_WORKERS) --dist loadfile

$(QISKIT1)/.ready:
	$(PYTHON) -m venv $(QISKIT1)
	$(QISKIT1)/bin/python -m pip install --quiet --disable-pip-version-check "qiskit==1.4.*"
	@touch $@

bench: $(VENV)/.dev $(QISKIT1)/.ready  ## Measure us and others, side by side in one run.
	$(BIN)/python bench/import_time.py
	$(BIN)/python bench/pulse_programs.py
	$(BIN)/python bench/twins.py

$(PEERS)/.ready: bench/engines/requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(DYNAMICS)/.ready: bench/engines/requirements-dynamics.txt
	$(PYTHON) -m venv $(DYNAMICS)
	$(DYNAMICS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

bench-engines: $(VENV)/.dev $(PEERS)/.ready $(DYNAMICS)/.ready  ## The pulse engine beside its peers.
	$(BIN)/python bench/engines/run.py

bench-gates: $(VENV)/.dev  ## The gate engine beside Aer, on noisy devices.
	$(BIN)/python bench/gates/run.py

$(VENV)/.docs: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

bench-jobs: $(VENV)/.dev  ## What keeping jobs costs.
	$(BIN)/python bench/jobs.py

docs: $(VENV)/.docs  ## Build the documentation as a site, in build/site; warnings are errors.
	$(BIN)/python -m sphinx -W --keep-going --fresh-env --quiet -b html docs build/site
	@echo "The site: build/site/index.html"

pictures: $(VENV)/.docs  ## Draw the pictures of the documentation again.
	PYTHONPATH=docs/_ext $(BIN)/python -m sitetools.pictures docs
	$(BIN)/backline draw --device manila --gate cx 0 1 --time-unit ns --output docs/pictures/cx.png

conformance-table: $(VENV)/.dev  ## Check backends of others and ours, and write docs/conformance-table.md.
	$(BIN)/python tools/conformance_table.py

devices: $(VENV)/.runtime  ## Make the bundled devices again, and fit their control lines.
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest build/wheels qiskit-ibm-runtime==0.34.0
	$(BIN)/python tools/bundle_devices.py build/wheels/qiskit_ibm_runtime-0.34.0-py3-none-any.whl

format: $(VENV)/.dev  ## Put the code in its usual form.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove what was built.
	rm -rf $(VENV) $(OLDEST) $(QISKIT1) $(PEERS) $(DYNAMICS) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis
