# Two commands do everything: `make demo` and `make test`. Each installs what it needs first.
VENV := .venv
BIN := $(VENV)/bin
SUPPLY := .supply
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
PIP := $(BIN)/python -m pip
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.PHONY: demo test test-ultralytics test-peers test-lowest bench soak drill drill-bridge drill-upgrade check sbom audit lock clean

# `make demo ONCE=1` plays one break-in to its end and exits.
demo: $(VENV)/.ready
	@$(BIN)/vigilanza demo $(if $(ONCE),--once)

# What failed is played once more, alone: tests with real processes and real time may fail each other on two cores. Only
# what fails again fails, and both are printed; CONTRIBUTING.md says what a first failure asks for.
test: check
	$(BIN)/pytest || $(BIN)/pytest --last-failed --last-failed-no-failures none

# `make bench ROWS="quiet day"` measures only these, `make bench QUICK=1` roughly. docs/benchmarks.md says what and how.
bench: $(VENV)/.ready
	@scripts/system-packages bench
	@$(BIN)/vigilanza bench $(ROWS) $(if $(QUICK),--quick) $(if $(CLIPS),--clips $(CLIPS)) \
		$(if $(JSON),--json $(JSON)) $(if $(MARKDOWN),--markdown $(MARKDOWN))

# A box breaks in every way that `vigilanza drill` knows, on purpose; some need root, for a disk of their own. docs/drill.md
# says what is played.
drill: $(VENV)/.ready-dev
	@mkdir -p var
	@$(BIN)/vigilanza drill $(or $(KINDS),--all) --seeds $(or $(SEEDS),20) --jobs $(or $(JOBS),2) --markdown var/drill-box.md

# Relay, database and receivers are killed, frozen and answered wrongly while alerts go out over every channel. docs/drill.md
# says what is played.
drill-bridge: $(VENV)/.ready-dev
	@mkdir -p var
	@$(BIN)/python benchmarks/drill_bridge.py --seeds $(or $(SEEDS),20) --database $(or $(DATABASE),sqlite) \
		--incidents $(or $(INCIDENTS),500) --report var/drill.md

# The parts of the commit before (or SINCE=...) are exchanged for those of this one while break-ins happen.
drill-upgrade: $(VENV)/.ready-dev
	@mkdir -p var
	@$(BIN)/python benchmarks/drill_upgrade.py --since $(or $(SINCE),HEAD^) --seeds $(or $(SEEDS),5) \
		--database $(or $(DATABASE),sqlite) --report var/drill-upgrade.md

# What lasts: 64 cameras with outages and break-ins for half an hour, 10,000 connections with spoilt bytes (about ten minutes),
# a line that loses a tenth for an hour, 2,000 spoilt files, messages and answers of each kind (about ten minutes), and one box
# on which everything breaks by chance for two hours (as root: it has a disk of its own). What came of the cameras is in
# var/soak.md, what came of the box in var/soak-box.md.
soak: $(VENV)/.ready-dev
	@mkdir -p var
	$(BIN)/python benchmarks/soak.py --minutes $(or $(MINUTES),30) --report var/soak.md
	VIGILANZA_FUZZ_CONNECTIONS=$(or $(CONNECTIONS),10000) VIGILANZA_SOAK_SECONDS=$(or $(SECONDS),3600) \
		$(BIN)/pytest -s tests/story/test_capture_fuzz.py tests/story/test_capture_blind.py
	VIGILANZA_FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/pytest --timeout 3600 $(SPOILT)
	$(BIN)/vigilanza drill --soak $(or $(BOX_MINUTES),120) --markdown var/soak-box.md

SPOILT := tests/unit/test_config_odd.py tests/unit/test_truth_odd.py tests/unit/test_dc09_spoilt.py \
	tests/unit/test_rtsp_request_spoilt.py tests/contract/test_cap_spoilt.py tests/story/test_onvif_spoilt.py

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

# The contract of PersonDetector with the back end that is not in the locks: AGPL-3.0, and torch takes gigabytes. Where
# there is no GPU, let pip's own configuration name an index with CPU builds of torch.
ULTRALYTICS := .venv-ultralytics
TORCH ?= torch==2.14.1 torchvision==0.29.1
test-ultralytics: $(ULTRALYTICS)/.ready
	YOLO_OFFLINE=true $(ULTRALYTICS)/bin/python -c "import torch, ultralytics"
	YOLO_OFFLINE=true $(ULTRALYTICS)/bin/pytest tests/contract/test_people.py tests/contract/test_yolo_pose.py

$(ULTRALYTICS)/.ready: requirements-dev.lock pyproject.toml
	@echo "Installing Ultralytics and torch into $(ULTRALYTICS); this takes a while."
	@"$(PYTHON)" -m venv --clear $(ULTRALYTICS)
	@$(ULTRALYTICS)/bin/pip install --quiet --require-hashes --requirement requirements-dev.lock
	@$(ULTRALYTICS)/bin/pip install --quiet --no-build-isolation --editable '.[ultralytics]' $(TORCH)
	@touch $@

# Other makers' ONVIF clients, a camera, a reader of CloudEvents and an identity provider meet ours, all of them: one that cannot be met fails the run.
# They are not in the locks; the camera listens on all addresses, so that it runs in a network namespace of its own, for
# which one has to be root.
PEERS := .onvif-peers
test-peers: $(VENV)/.ready-dev
	@scripts/onvif-peers $(PEERS)
	VIGILANZA_PEERS=required $(BIN)/pytest tests/story/test_onvif_peers.py tests/story/test_onvif_site_peers.py \
		tests/story/test_cloudevents_peers.py tests/e2e/test_page_oidc_peer.py \
		tests/story/test_onvif_site_found.py tests/story/test_onvif_site_vms.py tests/story/test_onvif_site_video.py

# What the program is made of, by name, version and hash (CycloneDX), and under which licences: var/sbom.json, var/licences.md.
sbom: $(SUPPLY)/.ready $(VENV)/.ready-dev
	@mkdir -p var
	$(SUPPLY)/bin/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-format JSON --output-file var/sbom.json requirements.lock
	$(BIN)/python -m tests.licences > var/licences.md

# Whether a weakness of a package that is locked is known. Asks a database on the network; without one nothing is known, which
# is said, and is no success (exit code 2).
audit: $(SUPPLY)/.ready
	@scripts/known-weaknesses $(SUPPLY)/bin/pip-audit requirements.lock

# The oldest versions that pyproject.toml allows of what we use ourselves, with the unit tests. What they warn of is past.
LOWEST := .venv-lowest
test-lowest: $(LOWEST)/.ready
	$(LOWEST)/bin/pytest -W default tests/unit

$(LOWEST)/.ready: pyproject.toml $(SUPPLY)/.ready
	@echo "Installing the oldest versions allowed into $(LOWEST); this takes a while."
	@"$(PYTHON)" -m venv --clear $(LOWEST)
	@$(SUPPLY)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable '.[dev]'
	@touch $@

$(SUPPLY)/.ready: requirements-supply.lock
	@echo "Installing what looks at packages into $(SUPPLY)."
	@"$(PYTHON)" -m venv --clear $(SUPPLY)
	@$(SUPPLY)/bin/pip install --quiet --require-hashes --requirement requirements-supply.lock
	@touch $@

# Renews the lock files; needs the network. They name versions and hashes, and no registry.
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-annotate \
	--python-version 3.11 --custom-compile-command "make lock"

lock: $(VENV)/.ready
	@$(PIP) install --quiet uv
	$(COMPILE) --output-file requirements.lock pyproject.toml requirements-build.in
	$(COMPILE) --constraint requirements.lock --extra dev --output-file requirements-dev.lock \
		pyproject.toml requirements-build.in
	$(COMPILE) --output-file requirements-supply.lock requirements-supply.in

clean:
	rm -rf $(VENV) $(ULTRALYTICS) $(PEERS) $(SUPPLY) $(LOWEST) var
