"""The certificate of a destination ends, and is renewed later."""

from datetime import UTC, datetime

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.kind import Kind
from vigilanza.lab.drill.webhook_party import WebhookParty

_AGO_S = 60.0


def expire(box: Box) -> None:
    """Of one that speaks HTTPS: it is started with a certificate that has ended, some seconds later with a new one."""
    box.wait_for_work()
    box.wait(0.5, 2.0)
    party = box.chance.choice([party for party in box.parties if isinstance(party, WebhookParty)])
    for until in (datetime.fromtimestamp(box.clock.now() - _AGO_S, UTC), None):
        party.down()
        party.certify(until)
        party.up()
        box.faults["certificate ended" if until else "certificate renewed"] += 1
        box.wait(2.0, 8.0)


CERTIFICATE = Kind("the certificate of a destination ends", expire, told="certificate")
