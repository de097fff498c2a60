"""By what an evaluation is known again once it is a file: its form, and whether somebody has changed it by hand."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

FORMAT = 1
"""Changes when a field changes its meaning or goes; new fields may come."""
SEAL = "sha256"


def seal_of(told: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of all but the seal itself. No signature: anybody can make it."""
    return hashlib.sha256(rfc8785.dumps({key: value for key, value in told.items() if key != SEAL})).hexdigest()
