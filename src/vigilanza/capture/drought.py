"""Notices that packets come and no pictures."""

from vigilanza.capture.decode import Decoder
from vigilanza.capture.late import LateDecoder
from vigilanza.clock import Clock
from vigilanza.domain.errors import NotUnderstood

_FAILURES = 3
"""Failed decodings after which, and not before, it is the stream: who sleeps or saves work decodes seldom."""
_LONGEST = 6
"""Times the usual patience after which it does not matter why no picture came."""


class Drought:
    """Of one connection at a time: `seconds` without a good picture, and three failures in them, are an outage."""

    def __init__(self, *, seconds: float, decoder: Decoder | LateDecoder, clock: Clock) -> None:
        self._seconds, self._decoder, self._clock = seconds, decoder, clock
        self.end()

    def end(self) -> None:
        """A connection begins, or a good picture came."""
        self._since, self._pictures, self._failures = (
            self._clock.monotonic(),
            self._decoder.decoded_frames,
            self._failed,
        )

    def check(self) -> None:
        """A packet was decoded, or left out. NotUnderstood if no good picture came for too long."""
        if self._decoder.decoded_frames != self._pictures:
            self.end()
            return
        dry = self._clock.monotonic() - self._since
        if dry > self._seconds * (1 if self._failed - self._failures >= _FAILURES else _LONGEST):
            raise NotUnderstood(f"packets for {dry:.0f} s, but no picture that can be decoded")

    @property
    def _failed(self) -> int:
        return self._decoder.decode_errors + self._decoder.corrupt_frames
