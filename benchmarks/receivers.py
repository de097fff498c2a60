"""The receivers of `bridge_latency.py`, each in a process of its own: it shall not wait for whoever records alerts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vigilanza.lab.drill.parties import PARTIES
from vigilanza.lab.drill.story import CAMERA

KIND = "municipal_vms"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver wants in the configuration, and as environment."""

    settings: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)


NAMES = [name for name in PARTIES if name != "room"]
"""Under which they can be asked for; a room is told in the same way as a city."""


@contextmanager
def receiver(name: str, folder: Path) -> Iterator[Told]:
    """Serves until the end."""
    folder.mkdir(parents=True, exist_ok=True)
    party = PARTIES[name](folder, [CAMERA])
    party.up()
    try:
        # Whatever it is, it is told at once: a control room would wait for the operator's word.
        yield Told({**party.settings(), "kind": KIND}, party.environ())
    finally:
        party.down()
