"""Asks a time stamping authority (RFC 3161) over HTTP."""

from collections.abc import Callable, Sequence

import httpx
from cryptography.x509 import Certificate

from vigilanza.config import EvidenceSettings
from vigilanza.domain.errors import StampUnavailable
from vigilanza.store.evidence.finding import Code
from vigilanza.store.evidence.stamp import check_stamp, question

DEADLINE_S = 10.0
LONGEST_BYTES = 64 * 1024


class Stamper:
    """Gives only time stamps that hold: whoever checks later must not be the first to notice."""

    def __init__(self, *, url: str, authority: Sequence[Certificate]) -> None:
        self._url, self._authority = url, authority

    def stamp(self, content: bytes) -> bytes:
        """A TimeStampResp in DER over the SHA-256 of `content`. StampUnavailable, after DEADLINE_S at the latest."""
        answer = self._ask(question(content))
        found = check_stamp(answer, content, self._authority)
        if found.code is not Code.STAMP_HOLDS:
            raise StampUnavailable(f"the time stamping authority's answer does not hold: {found.about}")
        return answer

    def _ask(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with (
                httpx.Client(timeout=DEADLINE_S, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", self._url, content=query, headers=headers) as response,
            ):
                if response.status_code != 200:
                    raise StampUnavailable(f"the time stamping authority said {response.status_code}")
                answer = b""
                for chunk in response.iter_raw():
                    answer += chunk
                    if len(answer) > LONGEST_BYTES:
                        raise StampUnavailable(f"the time stamping authority sent more than {LONGEST_BYTES} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StampUnavailable(f"the time stamping authority does not answer: {type(error).__name__}") from error
        return answer


def open_stamp(settings: EvidenceSettings) -> Callable[[bytes], bytes] | None:
    """None where nothing is time-stamped."""
    if settings.stamps is None:
        return None
    return Stamper(url=settings.stamps.url, authority=settings.stamps.authority).stamp
