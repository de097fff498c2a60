"""What a protocol must be able to do to carry alerts."""

from typing import Protocol

from vigilanza.bridge.transcript import Transcript
from vigilanza.domain.delivery import Alert, Receipt, SignOfLife


class Channel(Protocol):
    """Speaks one protocol to one destination; used by one thread at a time.

    ChannelUnavailable: not now, try again. ChannelRefused: it said no, a person must act.
    """

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """Bring `alert` to the other party; the receipt proves that it has it. At most 15 s.

        Sending the same alert again is allowed at any time: the other party knows it by its id. What goes over the
        line is noted in `transcript`, also if it comes to nothing.
        """
        ...

    def probe(self) -> SignOfLife:
        """Whether an alert could be brought now, without bringing one: as far as the protocol lets us ask."""
        ...

    def close(self) -> None:
        """Let go of what is held open; nothing is sent afterwards."""
        ...
