"""Milestone XProtect: Analytics Events, posted to the Event Server (TCP 9090, to be switched on there).

What an answer means:

200                                         receipt
200 with "Event message not known"          refused: the Analytics Event of that name is not defined there
400, 403, every other 3xx and 4xx           refused: not after its schema, our address not on its list, …
408 425 429 5xx, none, garbled, over 10 s   unavailable
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from vigilanza.bridge.address import Resolve, system_resolve
from vigilanza.bridge.https import DEADLINE_SECONDS, Answer, HttpsLine
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.bridge.xprotect_event import encode_event
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Destination, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.domain.premises import Premises

_TRY_AGAIN = (408, 425, 429)
_NOT_KNOWN = re.compile(rb"event message not known", re.IGNORECASE)


class XprotectChannel:
    """One Event Server."""

    def __init__(
        self,
        *,
        destination: Destination,
        url: str,
        cameras: Mapping[str, str],
        premises: Premises,
        clock: Clock,
        plain_http: bool = False,
        ca_file: Path | None = None,
        allow_loopback: bool = False,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = system_resolve,
    ) -> None:
        """`cameras`: address or GUID in XProtect by our id. The rest as in `HttpsLine`: its interface is mostly a plain
        one, which is for a closed network only. ConfigError if the URL or a file cannot be used.
        """
        self._name, self._cameras, self._premises = destination.id, dict(cameras), premises
        self._line = HttpsLine(
            name=destination.id,
            url=url,
            clock=clock,
            ca_file=ca_file,
            plain_http=plain_http,
            allow_loopback=allow_loopback,
            deadline=deadline,
            resolve=resolve,
        )

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """POST the alert, waiting at most the deadline in all; see the table above."""
        try:
            body = encode_event(alert, premises=self._premises, cameras=self._cameras)
        except (KeyError, ValueError) as error:
            raise ChannelRefused(f"{self._name}: cannot be told in this protocol ({error})") from error
        return self._receipt(self._line.post(body, {"content-type": "text/xml; charset=utf-8"}, transcript))

    def probe(self) -> SignOfLife:
        """The Event Server takes a connection; whether it would take an event it says only to an event."""
        return self._line.probe()

    def close(self) -> None:
        """Nothing is held open between attempts."""

    def _receipt(self, answer: Answer) -> Receipt:
        status, said = answer.status, f"{self._name}: answered {answer.status}"
        if status in _TRY_AGAIN or status >= 500 or status < 200:
            raise ChannelUnavailable(said, retry_after=answer.retry_after)
        if status == 200 and _NOT_KNOWN.search(answer.body):
            raise ChannelRefused(f"{self._name}: no Analytics Event of that name is defined in the Management Client")
        if status != 200:
            why = printable(answer.body.decode("utf-8", "replace"), longest=100)
            raise ChannelRefused(f"{said} {why}".strip())
        return Receipt(f"{answer.line}; sha256 {hashlib.sha256(answer.body).hexdigest()}")
