# Two commands are enough to begin: `make demo` to try Rekindle, `make test` to check it.

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: demo install test lint requirements

demo: $(VENV)/.installed  ## Try Rekindle on this machine, without Slack
	@$(VENV)/bin/rekindle demo

install: $(VENV)/.installed  ## Set up .venv; the program is then .venv/bin/rekindle

test: $(VENV)/.tested-with  ## Everything that CI runs
	@$(VENV)/bin/python -m tests.gate

# Python's own venv module is a package of its own on Debian and Ubuntu.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Rekindle needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python cannot make a virtual environment here. This helps:  sudo apt-get install -y python3-venv"; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python requirements.txt pyproject.toml
	@echo "Setting up $(VENV): a minute or two, once"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested-with: $(VENV)/.installed requirements-test.txt
	@$(PIP) install --require-hashes -r requirements-test.txt
	@touch $@

# Needs uv. Universal: one file for Python 3.11 to 3.14, x86-64 and arm64.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet
requirements:  ## Write the pinned requirements anew from pyproject.toml
	@$(COMPILE) pyproject.toml --extra build --output-file requirements.txt
	@$(COMPILE) pyproject.toml --extra build --extra test --constraint requirements.txt --output-file requirements-test.txt
