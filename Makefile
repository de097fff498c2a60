# Two commands do everything: `make demo` and `make test`. Each installs what it needs first.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
PIP := $(BIN)/python -m pip
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.PHONY: demo test check lock clean

# `make demo ONCE=1` plays one break-in to its end and exits.
demo: $(VENV)/.ready
	@$(BIN)/vigilanza demo $(if $(ONCE),--once)

test: check
	$(BIN)/pytest

check: $(VENV)/.ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.ready: requirements.lock pyproject.toml scripts/system-packages
	@scripts/system-packages demo
	@echo "Installing Python packages into $(VENV), checked by hash; the first time takes a few minutes."
	@test -x $(BIN)/python || "$(PYTHON)" -m venv --clear $(VENV)
	@$(PIP) install --quiet --require-hashes --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock scripts/system-packages
	@scripts/system-packages test
	@echo "Installing the tools of the tests into $(VENV)."
	@$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

# Renews both lock files; needs the network. They name versions and hashes, and no registry.
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-annotate \
	--python-version 3.11 --custom-compile-command "make lock"

lock: $(VENV)/.ready
	@$(PIP) install --quiet uv
	$(COMPILE) --output-file requirements.lock pyproject.toml requirements-build.in
	$(COMPILE) --constraint requirements.lock --extra dev --output-file requirements-dev.lock \
		pyproject.toml requirements-build.in

clean:
	rm -rf $(VENV) var
