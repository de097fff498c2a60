"""A receiver of webhooks."""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.drill.stand_in_party import Note, StandInParty
from vigilanza.lab.misbehaviour import Act, Answer, CutAfterAccept, CutMidAnswer, Endless, Garbage

_SECRET = "whsec_" + base64.b64encode(b"a key for the drill, of no worth").decode()
_FAULTS: tuple[Act, ...] = (
    Answer(500),
    Answer(503),
    Answer(429),
    Answer(422),
    Garbage(),
    CutAfterAccept(),
    CutMidAnswer(),
    Endless(),
)


class WebhookParty(StandInParty):
    """The stand-in city."""

    def __init__(self, name: str, *, kind: str, folder: Path) -> None:
        super().__init__(name, opening=partial(_open, folder, None), faults=_FAULTS)
        self._kind, self._folder = kind, folder

    def certify(self, until: datetime | None) -> None:
        """From the next `up` on its certificate ends then, or in many years."""
        self._opening = partial(_open, self._folder, until)

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": self._kind,
            "channel": "webhook",
            "url": f"https://localhost:{self.port}/alerts",
            "secret_env": "DRILL_WEBHOOK_SECRET",
            "ca_file": str(self._folder / "ca.pem"),
            "allow_loopback": True,
        }

    def environ(self) -> Mapping[str, str]:
        return {"DRILL_WEBHOOK_SECRET": _SECRET}


def _open(folder: Path, until: datetime | None, port: int, note: Note) -> StubCity:
    def take(alert: ReceivedAlert) -> None:
        note(alert.id, (str(alert.event["subject"]), int(alert.event["sequence"])))

    return StubCity(directory=folder, secret=_SECRET, port=port, on_alert=take, certified_until=until)
