"""Whatever the bytes are, a connection goes on or ends in time, with an error that says whose turn it is."""

import json
import subprocess
import sys

import pytest

from tests.soak import FUZZ_CONNECTIONS
from vigilanza.capture.allocation import MAX_BYTES

SEED = 20261125
CONNECTIONS_PER_SECOND = 3.0
"""Reckoned slowly; the process is not judged by its speed."""
ALLOWED = {"seen", "blind"} | {
    f"{error}{when}" for error in ("SourceUnavailable", "SourceRefused") for when in ("", " after pictures")
}


@pytest.mark.timeout(FUZZ_CONNECTIONS / CONNECTIONS_PER_SECOND + 120)
def test_spoilt_bytes_never_crash_hang_leak_or_raise_anything_foreign() -> None:
    command = [sys.executable, "-m", "tests.fuzz", str(SEED), str(FUZZ_CONNECTIONS)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-4000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    print(found)
    outcomes = found["outcomes"]
    assert set(outcomes) <= ALLOWED
    assert sum(outcomes.values()) == FUZZ_CONNECTIONS
    deep = outcomes.get("seen", 0) + outcomes.get("SourceUnavailable after pictures", 0)
    assert deep > FUZZ_CONNECTIONS / 10, "most are stopped at the door: spoil less"
    assert found["files"][1] <= found["files"][0]
    assert found["bytes"][-1] - found["bytes"][0] < MAX_BYTES
