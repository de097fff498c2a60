"""To our own centre, by way of a stream that keeps each message until the centre has it: signed here, and as it was
recorded. The stream's acknowledgement is the receipt.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Protocol
from uuid import UUID, uuid4

from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Destination, Receipt, SignOfLife
from vigilanza.domain.dispatch import Place, Pulse, encode_dispatch, encode_pulse
from vigilanza.domain.edition import Edition
from vigilanza.domain.errors import ChannelRefused
from vigilanza.domain.message import SIGNATURE, dispatches, pulses
from vigilanza.domain.wire import MESSAGE_MAX_BYTES
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.notebook import Notebook
from vigilanza.store.seal import seal

LINE = "line"
"""The note that names this journal: one that was lost and begun anew counts from 1 again."""


class Stream(Protocol):
    """Where messages are kept until the centre has them."""

    def publish(self, subject: str, body: bytes, headers: Mapping[str, str]) -> str:
        """What it acknowledges, e.g. "stream SITES, sequence 17". At most 12 s. ChannelUnavailable, ChannelRefused."""
        ...

    def came_back(self) -> bool:
        """Whether the connection was lost, or not there yet, when this was asked last, and is there now."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


class CentreChannel:
    """One site's way to the centre."""

    def __init__(
        self,
        *,
        destination: Destination,
        stream: Stream,
        key: SigningKey,
        site: str,
        notebook: Notebook,
        numbers: Callable[[UUID], tuple[int, int]],
        last_paid: Callable[[], int],
        runs: Callable[[], Edition | None],
        clock: Clock,
    ) -> None:
        """`numbers`: of an alert and of the one before it; `last_paid`: of the last one that the stream has. Both, like
        the notebook, may raise JournalUnavailable. `runs`: what this site runs now, None where that cannot be said.
        """
        self._name, self._stream, self._key, self._site = destination.id, stream, key, site
        self._known_line: UUID | None = None
        self._notebook, self._numbers, self._last_paid, self._clock = notebook, numbers, last_paid, clock
        self._runs = runs

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """The same alert goes as the same bytes at every attempt: the stream and the centre know it by them."""
        place = Place(self._line(), *self._numbers(alert.id))
        body = encode_dispatch(alert, place, site=self._site)
        if len(body) > MESSAGE_MAX_BYTES:
            said = f"the record has {len(body)} bytes, allowed are {MESSAGE_MAX_BYTES}"
            raise ChannelRefused(f"{self._name}: {said}")
        subject = dispatches(self._site)
        headers = self._signed(subject, body)
        transcript.sent(body)
        # Nobody else can know a signature beforehand, and have our message taken for one that came already.
        once = {"Nats-Msg-Id": hashlib.sha256(headers[SIGNATURE].encode()).hexdigest()}
        said = self._stream.publish(subject, body, headers | once)
        transcript.heard(said)
        return Receipt(said)

    def probe(self) -> SignOfLife:
        """Tell the centre that we are there: the same way as an alert."""
        subject, began = pulses(self._site), self._clock.monotonic()
        body = encode_pulse(Pulse(self._site, self._line(), self._clock.now(), self._last_paid(), self._runs()))
        self._stream.publish(subject, body, self._signed(subject, body))
        return SignOfLife(self._clock.monotonic() - began)

    def came_back(self) -> bool:
        """What waits need not wait any longer: see `HeldLine`."""
        return self._stream.came_back()

    def close(self) -> None:
        """Let the connection go."""
        self._stream.close()

    def _signed(self, subject: str, body: bytes) -> dict[str, str]:
        return {SIGNATURE: seal(self._key, subject, body)}

    def _line(self) -> UUID:
        if self._known_line is None:
            said = self._notebook.read(LINE) or self._notebook.change(LINE, lambda note: note or str(uuid4()))
            self._known_line = UUID(said)
        return self._known_line
