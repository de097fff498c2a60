"""A site that signs what it says, without a stream between it and the centre."""

import base64
from pathlib import Path
from uuid import UUID

from tests.centre import CENTRE
from vigilanza.domain.alert import alerts_for_event
from vigilanza.domain.delivery import Alert
from vigilanza.domain.dispatch import Place, Pulse, encode_dispatch, encode_pulse
from vigilanza.domain.edition import Edition
from vigilanza.domain.events import Event
from vigilanza.domain.message import Message, dispatches, pulses, signed_part
from vigilanza.store.evidence.signature import SigningKey

LINE = UUID("5f0c0000-0000-4000-8000-000000000001")


class Sender:
    """It numbers its messages as it is told."""

    def __init__(self, key: Path, site: str) -> None:
        self._key, self.site = SigningKey.read(key.read_bytes()), site

    def event(self, event: Event, number: int = 1, after: int = 0) -> Message:
        [alert] = alerts_for_event(
            event,
            destinations=[CENTRE],
            confirmed_avs=None,
            first_at=event.at,
            first_entry_at=None,
            site=self.site,
            told=set(),
            next_sequence=lambda _: event.sequence,
        )
        return self.alert(alert, number, after)

    def alert(self, alert: Alert, number: int = 1, after: int = 0) -> Message:
        return self.says(encode_dispatch(alert, Place(LINE, number, after), site=self.site))

    def says(self, body: bytes, *, subject: str | None = None) -> Message:
        under = subject or dispatches(self.site)
        signature = base64.b64encode(self._key.sign(signed_part(under, body))).decode()
        return Message(under, signature, body)

    def pulse(self, at: float, last: int = 0, runs: Edition | None = None) -> Message:
        return self.says(encode_pulse(Pulse(self.site, LINE, at, last, runs)), subject=pulses(self.site))
