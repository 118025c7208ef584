# Two commands on a machine with Python 3.11 or newer and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= releases
# What the environment is made from: when one of these changes it is brought up to date.
INGREDIENTS := setup.cfg pyproject.toml constraints.txt

.PHONY: demo test test-slow data lint docs bench clean

demo: $(VENV)/.installed
	$(BIN)/radcurate build --out $(OUT)

test: $(VENV)/.tested
	$(BIN)/python -m pytest -q -n auto

test-slow: $(VENV)/.tested
	$(BIN)/python -m pytest -q -m slow

data: $(VENV)/.installed
	$(BIN)/python -m radcurate.sources.openi_archive

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs: $(VENV)/.installed
	$(BIN)/python docs/make_reference.py
	$(BIN)/python docs/make_label_page.py

bench: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/build.py
	$(BIN)/python -m benchmarks.harvest
	$(BIN)/python -m benchmarks.language
	$(BIN)/python -m benchmarks.deidentify
	$(BIN)/python -m benchmarks.nli_baselines

clean:
	rm -rf $(VENV) $(OUT) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "radcurate needs Python 3.11 or newer; name one: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python $(INGREDIENTS)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@
