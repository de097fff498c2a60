"""Asks a time stamping authority (RFC 3161) over HTTP."""

from collections.abc import Callable, Sequence

from cryptography.x509 import Certificate

from vigilanza.bridge.http_connection import ANSWER_MAX_BYTES
from vigilanza.bridge.https import DEADLINE_SECONDS, HttpsLine
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.config.evidence import EvidenceSettings
from vigilanza.domain.errors import ChannelUnavailable, StampUnavailable
from vigilanza.store.evidence.finding import Code
from vigilanza.store.evidence.stamp import check_stamp, question

_HEADERS = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}


class Stamper:
    """Gives only time stamps that hold: whoever checks later must not be the first to notice. Any thread's."""

    def __init__(
        self, *, url: str, authority: Sequence[Certificate], clock: Clock, deadline: float = DEADLINE_SECONDS
    ) -> None:
        """`deadline` in seconds. ConfigError if the URL cannot be used."""
        self._line = HttpsLine(
            name="evidence.time_stamps",
            url=url,
            clock=clock,
            plain_http=url.lower().startswith("http:"),
            allow_loopback=True,
            deadline=deadline,
        )
        self._authority = authority

    def stamp(self, content: bytes) -> bytes:
        """A TimeStampResp in DER over the SHA-256 of `content`. StampUnavailable, after the deadline at the latest."""
        try:
            answer = self._line.post(question(content), _HEADERS, Transcript())
        except ChannelUnavailable as error:
            raise StampUnavailable(f"the time stamping authority does not answer: {error}") from error
        if answer.status != 200:
            raise StampUnavailable(f"the time stamping authority said {answer.status}")
        if len(answer.body) >= ANSWER_MAX_BYTES:
            raise StampUnavailable(f"the time stamping authority sent {ANSWER_MAX_BYTES} bytes or more")
        found = check_stamp(answer.body, content, self._authority)
        if found.code is not Code.STAMP_HOLDS:
            raise StampUnavailable(f"the time stamping authority's answer does not hold: {found.about}")
        return answer.body


def open_stamp(settings: EvidenceSettings, clock: Clock) -> Callable[[bytes], bytes] | None:
    """None where nothing is time-stamped."""
    if settings.stamps is None:
        return None
    return Stamper(url=settings.stamps.url, authority=settings.stamps.authority, clock=clock).stamp
