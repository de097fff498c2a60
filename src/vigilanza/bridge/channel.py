"""What a protocol must be able to do to carry alerts."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

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


class Path(Protocol):
    """One of several ways to the same party."""

    @property
    def name(self) -> str:
        """As the administrator calls it, e.g. "arc2.example.org:7700"."""
        ...

    def probe(self) -> SignOfLife:
        """Whether this way works now. ChannelError if not. At most 7 s."""
        ...


@runtime_checkable
class ManyPaths(Protocol):
    """A channel that may reach its destination in several ways, each of which is looked after."""

    @property
    def paths(self) -> Sequence[Path]:
        """All of them; none if there is but one way."""
        ...


@runtime_checkable
class HeldLine(Protocol):
    """A channel whose line is held open and opened again by itself, so that it knows when it is back."""

    def came_back(self) -> bool:
        """Whether the line was lost, or not there yet, when this was asked last, and is there now."""
        ...
