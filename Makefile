# Two commands do everything: `make demo` and `make test`. Each installs what it needs first.
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lock clean

demo: $(VENV)/.ready
	@$(BIN)/vigilanza demo $(if $(ONCE),--once)

test: $(VENV)/.ready-dev check
	$(BIN)/pytest

check: $(VENV)/.ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.ready: requirements.lock pyproject.toml scripts/system-packages
	@scripts/system-packages demo
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready scripts/system-packages
	@scripts/system-packages test
	@touch $@

# Renews requirements.lock; needs the network. The lock names hashes and no registry.
lock:
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
		--extra dev --output-file requirements.lock pyproject.toml requirements-build.in

clean:
	rm -rf $(VENV) var
