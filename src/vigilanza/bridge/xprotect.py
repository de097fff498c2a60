"""Milestone XProtect: Analytics Events, posted to the Event Server (TCP 9090, to be switched on there).

What an answer means:

200                                         receipt, whatever else it warns of (as Milestone's own sample has it)
200 with "Event message not known"          refused: the Analytics Event of that name is not defined there
200 with a page for a browser               refused: no Event Server, but a gateway or another server
400, 403, every other 3xx and 4xx           refused: not after its schema, our address not on its list, …
408 425 429 5xx, none, garbled, over 10 s   unavailable
"""

import hashlib
import re
from collections.abc import Mapping

from vigilanza.bridge.https import Answer, HttpsLine
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.bridge.xprotect_event import encode_event
from vigilanza.domain.delivery import Alert, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.domain.premises import Premises
from vigilanza.domain.update import UPDATED_TYPE

_NOT_KNOWN = re.compile(rb"event message not known", re.IGNORECASE)
_PAGE = re.compile(rb"\s*<(!doctype\s+)?html\b", re.IGNORECASE)


class XprotectChannel:
    """One Event Server."""

    def __init__(self, *, line: HttpsLine, cameras: Mapping[str, str], premises: Premises) -> None:
        """`cameras`: address or GUID in XProtect by our id."""
        self._line, self._cameras, self._premises = line, dict(cameras), premises

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """POST the alert, waiting at most the deadline in all; see the table above. Of what no Analytics Event can say,
        the receipt says so.
        """
        if alert.type == UPDATED_TYPE:
            self._line.probe()
            return Receipt("no Analytics Event can say it; the Event Server is there")
        try:
            body = encode_event(alert, premises=self._premises, cameras=self._cameras)
        except (KeyError, ValueError) as error:
            raise ChannelRefused(f"{self._line.name}: cannot be told in this protocol ({error})") from error
        return self._receipt(self._line.post(body, {"content-type": "text/xml; charset=utf-8"}, transcript))

    def probe(self) -> SignOfLife:
        """The Event Server takes a connection; whether it would take an event it says only to an event."""
        return self._line.probe()

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()

    def _receipt(self, answer: Answer) -> Receipt:
        status, said = answer.status, f"{self._line.name}: answered {answer.status}"
        if answer.is_passing:
            raise ChannelUnavailable(said, retry_after=answer.retry_after)
        if status == 200 and _NOT_KNOWN.search(answer.body):
            raise ChannelRefused(
                f"{self._line.name}: no Analytics Event of that name is defined in the Management Client"
            )
        if status == 200 and _PAGE.match(answer.body):
            raise ChannelRefused(
                f"{self._line.name}: a web page answered, no Event Server: look at the URL and its port"
            )
        if status != 200:
            why = printable(answer.body.decode("utf-8", "replace"), longest=100)
            raise ChannelRefused(f"{said} {why}".strip())
        return Receipt(f"{answer.line}; sha256 {hashlib.sha256(answer.body).hexdigest()}")
