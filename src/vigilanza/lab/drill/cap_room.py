"""A control room that speaks CAP."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from vigilanza.clock import SystemClock
from vigilanza.lab.cap_party import make_party
from vigilanza.lab.cap_receiver import Act, CapReceiver, Inline, Received, Silent
from vigilanza.lab.drill.arrivals import Arrivals
from vigilanza.lab.drill.party import Arrival
from vigilanza.lab.misbehaviour import Answer

_FAULTS: tuple[Act, ...] = (
    Answer(500),
    Answer(503),
    Answer(429),
    Answer(202),
    Silent(),
    Inline(),
    Inline(kind="Error"),
)


class CapRoom:
    """The stand-in control room; what it has received outlives it. Both ends' certificates are made here."""

    def __init__(self, name: str, *, folder: Path) -> None:
        self.name, self._clock = name, SystemClock()
        now = self._clock.now()
        self._ours, self._theirs = (make_party(folder, end, at=now) for end in ("vigilanza", "room"))
        self._arrivals = Arrivals()
        self._port = 0
        self._receiver: CapReceiver | None = None

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": "control_room",
            "channel": "cap",
            "url": f"https://localhost:{self._port}/cap",
            "sender": "vigilanza@aler.example.it",
            "addresses": ["room@comune.example.it"],
            "signing_certificate_file": str(self._ours.file),
            "client_certificate_file": str(self._ours.file),
            "peer_certificate_file": str(self._theirs.public_file),
            "ca_file": str(self._theirs.public_file),
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        return {}

    def up(self) -> None:
        if self._receiver is None:
            ours = self._ours.public_file
            self._receiver = CapReceiver(
                party=self._theirs,
                caller=ours,
                signer=ours,
                clock=self._clock,
                port=self._port,
                on_message=self._take,
            )
            self._receiver.__enter__()
            self._port = self._receiver.port

    def down(self) -> None:
        if self._receiver is not None:
            self._receiver.__exit__(None, None, None)
            self._receiver = None

    def misbehave(self, chance: Random) -> None:
        if self._receiver is not None:
            self._receiver.script(chance.choice(_FAULTS))

    @property
    def arrived(self) -> list[Arrival]:
        return self._arrivals.all

    def _take(self, message: Received) -> None:
        _, identifier, _ = message.name.split(",")
        self._arrivals.note(identifier, (str(message.text("incidents")), int(identifier.rpartition("-")[2])))
