"""A control room that speaks CAP."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from vigilanza.clock import SystemClock
from vigilanza.lab.cap_party import CapParty, make_party
from vigilanza.lab.cap_receiver import Act, CapReceiver, Inline, Received, Silent
from vigilanza.lab.drill.stand_in_party import Note, StandInParty
from vigilanza.lab.misbehaviour import Answer

_FAULTS: tuple[Act, ...] = (
    Answer(500),
    Answer(503),
    Answer(429),
    Answer(202),
    Answer(422),
    Silent(),
    Inline(),
    Inline(kind="Error"),
)


class CapRoom(StandInParty):
    """The stand-in control room. Both ends' certificates are made here."""

    def __init__(self, name: str, *, folder: Path) -> None:
        now = SystemClock().now()
        self._ours, self._theirs = (make_party(folder, end, at=now) for end in ("vigilanza", "room"))
        super().__init__(name, opening=partial(_open, self._ours, self._theirs), faults=_FAULTS)

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": "control_room",
            "channel": "cap",
            "url": f"https://localhost:{self.port}/cap",
            "sender": "vigilanza@aler.example.it",
            "addresses": ["room@comune.example.it"],
            "signing_certificate_file": str(self._ours.file),
            "client_certificate_file": str(self._ours.file),
            "peer_certificate_file": str(self._theirs.public_file),
            "ca_file": str(self._theirs.public_file),
            "allow_loopback": True,
        }


def _open(ours: CapParty, theirs: CapParty, port: int, note: Note) -> CapReceiver:
    def take(message: Received) -> None:
        _, identifier, _ = message.name.split(",")
        note(identifier, (str(message.text("incidents")), int(identifier.rpartition("-")[2])))

    return CapReceiver(
        party=theirs,
        caller=ours.public_file,
        signer=ours.public_file,
        clock=SystemClock(),
        port=port,
        on_message=take,
    )
