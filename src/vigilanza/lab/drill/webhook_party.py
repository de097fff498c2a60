"""A receiver of webhooks."""

import base64
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.drill.arrivals import Arrivals
from vigilanza.lab.drill.party import Arrival
from vigilanza.lab.misbehaviour import Act, Answer, CutAfterAccept, CutMidAnswer, Endless, Garbage

_SECRET = "whsec_" + base64.b64encode(b"a key for the drill, of no worth").decode()
_FAULTS: tuple[Act, ...] = (
    Answer(500),
    Answer(503),
    Answer(429),
    Garbage(),
    CutAfterAccept(),
    CutMidAnswer(),
    Endless(),
)


class WebhookParty:
    """The stand-in city; what it has received outlives it."""

    def __init__(self, name: str, *, kind: str, folder: Path) -> None:
        self.name, self._kind, self._folder = name, kind, folder
        self._arrivals = Arrivals()
        self._port = 0
        self._city: StubCity | None = None

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": self._kind,
            "channel": "webhook",
            "url": f"https://localhost:{self._port}/alerts",
            "secret_env": "DRILL_WEBHOOK_SECRET",
            "ca_file": str(self._folder / "ca.pem"),
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        return {"DRILL_WEBHOOK_SECRET": _SECRET}

    def up(self) -> None:
        if self._city is None:
            self._city = StubCity(directory=self._folder, secret=_SECRET, port=self._port, on_alert=self._take)
            self._city.__enter__()
            self._port = self._city.port

    def down(self) -> None:
        if self._city is not None:
            self._city.__exit__(None, None, None)
            self._city = None

    def misbehave(self, chance: Random) -> None:
        if self._city is not None:
            self._city.script(chance.choice(_FAULTS))

    @property
    def arrived(self) -> list[Arrival]:
        return self._arrivals.all

    def _take(self, alert: ReceivedAlert) -> None:
        self._arrivals.note(alert.id, (str(alert.event["subject"]), int(alert.event["sequence"])))
