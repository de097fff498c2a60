"""A webhook channel and an alert to send, for the tests of the bridge."""

import base64
from collections.abc import Sequence
from uuid import uuid5

from tests.samples import BEGAN, incident_id
from vigilanza.bridge.address import Resolve
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.webhook import WebhookChannel
from vigilanza.clock import Clock, SystemClock
from vigilanza.domain.delivery import Alert
from vigilanza.lab.city import StubCity

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef" * 2).decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"fedcba9876543210" * 2).decode()
ALERT = Alert(
    id=uuid5(incident_id("a"), "alert/vms"),
    destination="vms",
    incident=incident_id("a"),
    sequence=7,
    type="it.aler.vigilanza.detection.raised.v1",
    at=BEGAN + 0.48,
    data={"incident": str(incident_id("a")), "unit": "B.03.12", "words": "mani sull’anta"},
)


def channel(
    city: StubCity,
    *,
    url: str | None = None,
    secret: str = SECRET,
    previous_secret: str | None = None,
    deadline: float = 10.0,
    found: Sequence[str] = ("127.0.0.1",),
    resolve: Resolve | None = None,
    allow_loopback: bool = True,
    clock: Clock | None = None,
    bearer: str | None = None,
    origin: str | None = None,
) -> WebhookChannel:
    """`clock` is that of the connection; what is signed bears the real time."""
    line = HttpsLine(
        name="vms",
        url=url or city.url,
        clock=clock or SystemClock(),
        ca_file=city.ca_file,
        allow_loopback=allow_loopback,
        idempotent=True,
        deadline=deadline,
        resolve=resolve or (lambda host, port: found),
    )
    return WebhookChannel(
        line=line,
        secret=secret,
        previous_secret=previous_secret,
        bearer=bearer,
        origin=origin,
        site="0423",
        clock=SystemClock(),
    )
