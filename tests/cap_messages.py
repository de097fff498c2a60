"""Alerts as CAP messages, and what they say."""

from typing import Any

from lxml import etree

from tests.cap import PREMISES, SENDER
from tests.samples import BEGAN, incident_id
from vigilanza.bridge.cap import CapWriter
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.delivery import Alert, Earlier
from vigilanza.domain.premises import Premises
from vigilanza.lab.cap_party import CAP
from vigilanza.lab.cap_receiver import cap_schema

SCHEMA = cap_schema()

TYPES = {"confirmed": "incident.confirmed", "rejected": "incident.rejected", "raised": "detection.raised"}
TYPES |= {"updated": "detection.updated", "ended": "detection.ended", "tampered": "camera.tampered"}
TYPES |= {"offline": "camera.offline", "online": "camera.online", "restored": "camera.restored"}
TYPES |= {"noted": "incident.updated"}


def full(verb: str) -> str:
    return f"it.aler.vigilanza.{TYPES[verb]}.v1"


def alert(verb: str = "confirmed", *, sequence: int = 0, earlier: tuple[Earlier, ...] = (), **data: Any) -> Alert:
    told = {
        "site": "0423",
        "incident": str(incident_id("a")),
        "unit": "B.03.12",
        "camera": "stairs-3",
        "kind": "entry",
        "severity": "critical",
        "status": "confirmed",
        "at": rfc3339(BEGAN + 12.7),
        "first_detection": rfc3339(BEGAN + 0.48),
        "flagrante_until": rfc3339(BEGAN + 0.48 + 48 * 3600),
        "avs": 3,
        "confirmed_by": "operator-017",
        "sentence": {"it": "Due persone alla porta B.03.12 da 14 s", "en": "Two people at door B.03.12 for 14 s"},
    } | data
    kept = {key: value for key, value in told.items() if value is not None}
    return Alert(
        incident_id(f"{sequence}"), "room", incident_id("a"), sequence, full(verb), BEGAN + 12.7, kept, earlier
    )


def writer(premises: Premises = PREMISES) -> CapWriter:
    return CapWriter(premises=premises, destination="room", sender=SENDER, addresses=("co.pl@comune.example.it",))


def text(message: etree._Element, path: str) -> list[str]:
    """The texts at a path of CAP elements."""
    steps = "/".join(f"{{{CAP}}}{step}" for step in path.split("/"))
    return [str(found.text) for found in message.findall(steps)]


def named(message: etree._Element, tag: str) -> dict[str, str]:
    """The valueName-value pairs of the first block."""
    found = message.find(f"{{{CAP}}}info").iter(f"{{{CAP}}}{tag}")
    return {one.findtext(f"{{{CAP}}}valueName"): one.findtext(f"{{{CAP}}}value") for one in found}


def assert_valid(message: etree._Element) -> None:
    assert SCHEMA is not None
    SCHEMA.assertValid(etree.fromstring(etree.tostring(message)))
