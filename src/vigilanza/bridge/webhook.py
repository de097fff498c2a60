"""CloudEvents 1.0 by HTTPS webhook with Standard Webhooks 1.0.0 signatures.

What an answer means:

2xx, read to its end        receipt
408 425 429 5xx             unavailable; `Retry-After` is honoured on 429 and 503
3xx                         refused: never followed; a healthy server that is not the receiver means a wrong URL
410, every other 4xx        refused: the receiver understood and said no
no answer, a cut or garbled one, not done in 10 s, TLS failure, name not resolved    unavailable
"""

import hashlib
import json
from collections.abc import Mapping

from vigilanza.bridge.cloudevents import CONTENT_TYPE, encode_alert
from vigilanza.bridge.consent import Consent
from vigilanza.bridge.https import Answer, HttpsLine
from vigilanza.bridge.pictures import NoPictures, Pictures
from vigilanza.bridge.signature import Signer
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

BODY_MAX_BYTES = 20_000


class WebhookChannel:
    """One receiver."""

    def __init__(
        self,
        *,
        line: HttpsLine,
        secret: str,
        previous_secret: str | None = None,
        bearer: str | None = None,
        origin: str | None = None,
        site: str,
        clock: Clock,
        pictures: Pictures = NoPictures(),  # noqa: B008 - it has no state
    ) -> None:
        """`bearer`: a token for the receiver (RFC 6750); `origin`: the receiver is asked under this DNS name whether it
        agrees, before the first alert. ConfigError if a secret cannot be used.
        """
        self._line, self._site, self._clock, self._pictures = line, site, clock, pictures
        self._signer = Signer([secret] if previous_secret is None else [secret, previous_secret])
        self._token: Mapping[str, str] = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        self._consent = None if origin is None else Consent(line=line, origin=origin, clock=clock)

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """POST the alert, waiting at most the deadline in all; see the table above. Half as long again, if the receiver
        has to be asked for its agreement first.
        """
        body = encode_alert(alert, site=self._site, pictures=self._pictures.of(alert))
        if len(body) >= BODY_MAX_BYTES:
            raise ChannelRefused(f"{self._line.name}: the alert has {len(body)} bytes, allowed are {BODY_MAX_BYTES}")
        headers = {"content-type": CONTENT_TYPE, **self._token}
        if self._consent is not None:
            self._consent.obtain(self._token)
            headers |= self._consent.headers
        headers |= self._signer.headers(str(alert.id), self._clock.now(), body)
        return self._receipt(self._line.post(body, headers, transcript))

    def probe(self) -> SignOfLife:
        """A TLS handshake: the receiver is there and is who it should be; and agrees, if that is to be asked."""
        sign = self._line.probe()
        if self._consent is not None:
            self._consent.obtain(self._token)
        return sign

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()

    def _receipt(self, answer: Answer) -> Receipt:
        status = answer.status
        said = f"{self._line.name}: answered {status}"
        if 200 <= status < 300:
            return Receipt(_reference(answer))
        if answer.is_passing:
            raise ChannelUnavailable(said, retry_after=answer.retry_after)
        if 300 <= status < 400:
            raise ChannelRefused(f"{said}, a redirect: the URL is not the receiver's")
        raise ChannelRefused(said)


def _reference(answer: Answer) -> str:
    """Status, the receiver's own id if it gave one (JSON `id` or `receipt`), and the digest of its answer."""
    parts = [answer.line]
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        given = document.get("receipt") or document.get("id")
        if isinstance(given, str | int) and (said := printable(str(given), longest=100)):
            parts.append(f"id {said}")
    parts.append(f"sha256 {hashlib.sha256(answer.body).hexdigest()}")
    return "; ".join(parts)
