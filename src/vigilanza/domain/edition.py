"""What a site runs: which version of the program, by which configuration."""

import hashlib
from dataclasses import dataclass

LETTERS = 12
"""Of a configuration's SHA-256: enough to tell it from any other of a city, and few enough to be read aloud."""


@dataclass(frozen=True, slots=True)
class Edition:
    """`version` as `vigilanza --version` says it; `configuration`: see `edition_of`."""

    version: str
    configuration: str


def edition_of(raw: bytes) -> str:
    """The name of a configuration, from the bytes of its file: LETTERS hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()[:LETTERS]
