"""SIA DC-09: alarms to an alarm receiving centre, SIA-DCS or ADM-CID, clear or encrypted, over TCP or UDP.

What an answer means:

ACK with the right crc, length, number and account (and encrypted, if we are)    acknowledged
NAK           its time becomes the one we stamp with, and the frame is sent once more; NAK again: unavailable
DUH           refused: the receiver understood, and can do nothing with it
all else      as if nothing had been said: the frame is sent again under its number, then the next receiver is tried
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vigilanza.bridge.dc09_frame import Message, Token
from vigilanza.bridge.dc09_message import Wording, messages
from vigilanza.bridge.dc09_numbers import Numbers, Owed
from vigilanza.bridge.dc09_receiver import Numbered, Receiver
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import Clock
from vigilanza.domain.delivery import Alert, Destination, Receipt, SignOfLife
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.domain.premises import Premises
from vigilanza.store.notebook import Notebook

DEADLINE_SECONDS = 13.0
"""For a whole attempt, over all receivers."""
_SIGN_OF_LIFE = Numbered(Message(Token.NULL), 0)


@dataclass(frozen=True, slots=True)
class ReceiverPath:
    """The way to one receiver, for at most `seconds`."""

    receiver: Receiver
    clock: Clock
    seconds: float

    @property
    def name(self) -> str:
        """HOST:PORT."""
        return self.receiver.name

    def probe(self) -> SignOfLife:
        """A NULL message. ChannelUnavailable or ChannelRefused if it is not acknowledged."""
        began = self.clock.monotonic()
        self.receiver.deliver([_SIGN_OF_LIFE], Transcript(), until=began + self.seconds)
        return SignOfLife(self.clock.monotonic() - began)


class Dc09Channel:
    """One account at a centre with one or two receivers, the first of which is asked first."""

    def __init__(
        self,
        *,
        destination: Destination,
        receivers: Sequence[Receiver],
        wording: Wording,
        premises: Premises,
        notebook: Notebook,
        owed: Owed,
        clock: Clock,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        """`notebook` keeps the sequence numbers of the alerts that are `owed`."""
        self._name, self._receivers, self._wording = destination.id, receivers, wording
        self._premises, self._clock, self._deadline = premises, clock, deadline
        self._numbers = Numbers(notebook, owed=owed)
        self._ways = [ReceiverPath(receiver, clock, deadline / len(receivers)) for receiver in receivers]

    def send(self, alert: Alert, transcript: Transcript) -> Receipt:
        """All messages of the alert to one receiver: the first, or if it does not take them all the next. Of what has
        no code, the receipt says so.

        JournalUnavailable if the numbers cannot be kept: then nothing is sent.
        """
        try:
            told = messages(alert, premises=self._premises, wording=self._wording)
        except (KeyError, ValueError) as error:
            raise ChannelRefused(f"{self._name}: cannot be told in this protocol ({error})") from error
        if not told:
            receiver = self._deliver([_SIGN_OF_LIFE], transcript)
            return Receipt(f"there is no code for it; {receiver.name} answers")
        numbers = self._numbers.take(alert.id, len(told))
        receiver = self._deliver([Numbered(*pair) for pair in zip(told, numbers, strict=True)], transcript)
        named = " ".join(f"{number:04d}" for number in numbers)
        return Receipt(f"ACK {named} from {receiver.name}")

    def probe(self) -> SignOfLife:
        """A NULL message to each receiver. ChannelUnavailable if any is silent: it says which, and which answers."""
        began, failures, answering = self._clock.monotonic(), [], []
        for path in self._ways:
            try:
                path.probe()
                answering.append(path.name)
            except (ChannelUnavailable, ChannelRefused) as error:
                failures.append(str(error))
        if failures:
            well = f"; {', '.join(answering)} answers" if answering else ""
            raise ChannelUnavailable(f"{self._name}: {'; '.join(failures)}{well}")
        return SignOfLife(self._clock.monotonic() - began)

    @property
    def paths(self) -> Sequence[ReceiverPath]:
        """Both receivers, if there are two."""
        return self._ways if len(self._ways) > 1 else ()

    def close(self) -> None:
        """Nothing is held open between attempts."""

    def _deliver(self, told: Sequence[Numbered], transcript: Transcript) -> Receiver:
        """The receiver that acknowledged all of it."""
        began, failures = self._clock.monotonic(), []
        for index, receiver in enumerate(self._receivers):
            try:
                receiver.deliver(told, transcript, until=self._until(began, index))
                return receiver
            except ChannelUnavailable as error:
                failures.append(str(error))
        raise ChannelUnavailable(f"{self._name}: {'; '.join(failures)}")

    def _until(self, began: float, index: int) -> float:
        """What time is left is shared by the receivers that are still to be asked."""
        now, end = self._clock.monotonic(), began + self._deadline
        return now + max(0.0, end - now) / (len(self._receivers) - index)
