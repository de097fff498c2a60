"""The receivers of `bridge_latency.py`, each in a process of its own: it shall not wait for whoever records alerts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vigilanza.lab.drill.dc09_party import Dc09Party
from vigilanza.lab.drill.parties import PARTIES
from vigilanza.lab.drill.party import Party

KIND = "municipal_vms"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver wants in the configuration, and as environment."""

    settings: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)


RECEIVERS: Mapping[str, Callable[[Path], Party]] = {
    **{name: PARTIES[name] for name in ("webhook", "cap", "mqtt") if name in PARTIES},
    "dc09-tcp": PARTIES["dc09"],
    "dc09-udp": lambda _folder: Dc09Party("room-dc09", transport="udp"),
    "xprotect": PARTIES["xprotect"],
}
"""By the names under which they can be asked for."""


@contextmanager
def receiver(name: str, folder: Path) -> Iterator[Told]:
    """Serves until the end."""
    folder.mkdir(parents=True, exist_ok=True)
    party = RECEIVERS[name](folder)
    party.up()
    try:
        # Whatever it is, it is told at once: a control room would wait for the operator's word.
        yield Told({**party.settings(), "kind": KIND}, party.environ())
    finally:
        party.down()
