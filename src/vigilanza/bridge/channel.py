"""The one method a protocol must have to carry alerts."""

from typing import Protocol

from vigilanza.domain.delivery import Alert, Receipt


class Channel(Protocol):
    """Speaks one protocol to one destination; used by one thread at a time."""

    def send(self, alert: Alert) -> Receipt:
        """Bring `alert` to the other party; the receipt proves that it has it.

        ChannelUnavailable: not now, try again. ChannelRefused: it said no, a person must act. Sending the same alert
        again is allowed at any time: the other party knows it by its id.
        """
        ...
