"""A video management system that takes Analytics Events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from vigilanza.bridge.xprotect_event import MESSAGES
from vigilanza.lab.drill.stand_in_party import Note, StandInParty
from vigilanza.lab.event_server import Act, EventServer, ReceivedEvent, Say
from vigilanza.lab.misbehaviour import CutAfterAccept, Garbage

_NS = "{urn:milestone-systems}"
_FAULTS: tuple[Act, ...] = (
    Say(500),
    Say(503),
    Say(429),
    Say(400, b"Error: not valid after AnalyticsEvent.xsd"),
    Say(200, b"Warning: Event message not known"),
    Garbage(),
    CutAfterAccept(),
)


class XprotectParty(StandInParty):
    """The stand-in Event Server, to which every name is known."""

    def __init__(self, name: str, *, cameras: Sequence[str]) -> None:
        """`cameras`: the site's, by id."""
        super().__init__(name, opening=_open, faults=_FAULTS)
        self._cameras = cameras

    def settings(self) -> Mapping[str, Any]:
        return {
            "id": self.name,
            "kind": "municipal_vms",
            "channel": "xprotect",
            "url": f"http://localhost:{self.port}/",
            "plain_http": True,
            "cameras": {camera: f"10.20.4.{number}" for number, camera in enumerate(self._cameras, start=23)},
            "allow_loopback": True,
        }


def _open(port: int, note: Note) -> EventServer:
    def take(event: ReceivedEvent) -> None:
        header = etree.fromstring(event.document).find(f"{_NS}EventHeader")
        assert header is not None
        incident, at = (str(header.findtext(f"{_NS}{name}")) for name in ("CustomTag", "Timestamp"))
        # An Analytics Event has no number in its incident: its time stands in for it.
        note(event.id, (incident, round(1000 * datetime.fromisoformat(at).timestamp())))

    return EventServer(defined=MESSAGES, port=port, on_event=take)
