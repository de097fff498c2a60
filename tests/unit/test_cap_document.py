"""The message in the integrators' document is what the code writes, and it is valid."""

import re
from pathlib import Path
from uuid import UUID

from lxml import etree

from tests.cap_messages import assert_valid
from vigilanza.bridge.cap import CapWriter
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Position, Premises, Unit

DOCUMENT = Path(__file__).parents[2] / "docs" / "integrator.md"
ALERT = Alert(
    id=UUID("79898532-3587-573b-b64a-5eb2cc0faa0a"),
    destination="polizia-locale",
    incident=UUID("3f0f7f0e-9d5c-5c58-8f0b-52c2b8a6c9aa"),
    sequence=0,
    type="it.aler.vigilanza.incident.confirmed.v1",
    at=1795313679.48,
    data={
        "unit": "0423.B.03.12",
        "camera": "b3-landing",
        "kind": "door_opened",
        "severity": "alarm",
        "status": "confirmed",
        "avs": 3,
        "confirmed_by": "operator-017",
        "first_detection": "2026-11-22T02:14:07.480Z",
        "flagrante_until": "2026-11-24T02:14:07.480Z",
        "sentence": {
            "it": "Due persone alla porta 0423.B.03.12 da 14 s; mani sull'anta per 6 s; porta aperta alle 03:14:18",
            "en": "Two people at door 0423.B.03.12 for 14 s; hands on the leaf for 6 s; door opened at 03:14:18",
        },
    },
)
PREMISES = Premises(
    site="0423",
    name="via Esempio 4",
    address="via Esempio 4",
    municipality="Milano",
    istat="015146",
    manager="ALER",
    position=Position(45.4642, 9.19),
    units={"0423.B.03.12": Unit("0423.B.03.12", "B", "3", "12", 12)},
)


def test_the_example_is_what_is_sent() -> None:
    sender, addresses = "vigilanza@aler.example.it", ("co.pl@comune.example.it",)
    writer = CapWriter(premises=PREMISES, destination="polizia-locale", sender=sender, addresses=addresses)
    message = writer.write(ALERT)
    assert_valid(message)
    etree.indent(message)
    found = re.search(r"```xml\n(<alert .*?</alert>)\n```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert found[1] == etree.tostring(message, encoding="unicode")
