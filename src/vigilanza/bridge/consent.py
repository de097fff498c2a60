"""A receiver's agreement to get our events (CloudEvents HTTP 1.1 Web Hooks 1.0, chapter 4): asked for by OPTIONS."""

from collections.abc import Mapping

import structlog

from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.transcript import printable
from vigilanza.clock import Clock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

log = structlog.get_logger(__name__)

GOOD_FOR_SECONDS = 86_400.0
"""A receiver that has agreed is asked again a day later."""
ANSWER_SECONDS = 5.0
"""The alert that waits for the agreement is sent afterwards: both together take no longer than a channel may."""


class Consent:
    """Of one receiver, to be asked under the DNS name `origin`."""

    def __init__(self, *, line: HttpsLine, origin: str, clock: Clock) -> None:
        self._line, self._origin, self._clock = line, origin, clock
        self._given_at = float("-inf")

    @property
    def headers(self) -> Mapping[str, str]:
        """For the question and, once the answer was yes, for every delivery (4.1.2)."""
        return {"webhook-request-origin": self._origin}

    def obtain(self, headers: Mapping[str, str]) -> None:
        """Return if the receiver agrees, or did within the last day. `headers` go along with the question.

        Agreement is told by a header and by nothing else, whatever the status (4.2): without it ChannelRefused, or
        ChannelUnavailable if the answer is not the last word.
        """
        if self._clock.monotonic() - self._given_at < GOOD_FOR_SECONDS:
            return
        answer = self._line.options({**headers, **self.headers}, within=ANSWER_SECONDS)
        allowed = answer.headers.get("webhook-allowed-origin", "").strip()
        if allowed == "*" or allowed.lower() == self._origin.lower():
            self._given_at = self._clock.monotonic()
            rate = printable(answer.headers.get("webhook-allowed-rate", "*"), longest=20)
            log.info("the receiver agrees to get alerts", destination=self._line.name, per_minute=rate)
            return
        said = f"{self._line.name}: OPTIONS answered {answer.status}"
        if answer.is_passing:
            raise ChannelUnavailable(said, retry_after=answer.retry_after)
        raise ChannelRefused(f"{said}, without WebHook-Allowed-Origin {self._origin}: the receiver does not agree")
