"""CAP 1.2 by HTTPS POST, signed, with mutual TLS.

What an answer means:

200 201 204                 receipt
409                         it has the message already: receipt
408 425 429 5xx, another 2xx    unavailable; `Retry-After` is honoured on 429 and 503
3xx                         refused: never followed; a redirect means a wrong URL
every other 4xx             refused: the receiver understood and said no
no answer, a cut or garbled one, not done in 10 s, TLS failure, name not resolved    unavailable

A signed CAP Ack or Error in the body, about the message just sent, counts like one that comes by itself.
"""

import hashlib

import structlog

from vigilanza.bridge.cap_desk import CapDesk, CapPeer, ReplyRefused
from vigilanza.bridge.https import Answer, HttpsLine
from vigilanza.bridge.transcript import Transcript
from vigilanza.domain.delivery import Alert, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, JournalUnavailable

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/cap+xml"
BODY_MAX_BYTES = 60_000
_RECEIPT = (200, 201, 204)
_DUPLICATE = 409


class CapChannel:
    """One receiver."""

    def __init__(self, *, line: HttpsLine, peer: CapPeer, desk: CapDesk) -> None:
        self._line, self._peer, self._desk = line, peer, desk

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """POST the message, waiting at most the deadline in all; see the table above."""
        body = self._peer.message(alert)
        if len(body) >= BODY_MAX_BYTES:
            raise ChannelRefused(f"{self._peer.id}: the message has {len(body)} bytes, allowed are {BODY_MAX_BYTES}")
        answer = self._line.post(body, {"content-type": CONTENT_TYPE}, transcript)
        replied = self._hear(answer)
        return self._receipt(answer, replied)

    def probe(self) -> SignOfLife:
        """A TLS handshake: the receiver is there and is who it should be."""
        return self._line.probe()

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()

    def _hear(self, answer: Answer) -> str | None:
        """What kind of signed reply the answer holds. One that does not count is as good as none."""
        if not answer.body.lstrip().startswith(b"<"):
            return None
        try:
            return self._desk.take(answer.body).kind
        except ReplyRefused as error:
            log.warning("answer holds no CAP reply that counts", destination=self._peer.id, why=error.why)
        except JournalUnavailable:
            # The receipt comes first: without a kept Ack a person is asked to telephone, which errs on the safe side.
            log.error("CAP reply not kept, database is away", destination=self._peer.id)
        return None

    def _receipt(self, answer: Answer, replied: str | None) -> Receipt:
        status = answer.status
        said = f"{self._peer.id}: answered {status}"
        if status in _RECEIPT or status == _DUPLICATE:
            parts = [answer.line, "had it already" if status == _DUPLICATE else "", f"CAP {replied}" if replied else ""]
            parts.append(f"sha256 {hashlib.sha256(answer.body).hexdigest()}")
            return Receipt("; ".join(part for part in parts if part))
        if answer.is_passing or status < 300:
            raise ChannelUnavailable(said, retry_after=answer.retry_after)
        if status < 400:
            raise ChannelRefused(f"{said}, a redirect: the URL is not the receiver's")
        raise ChannelRefused(said)
