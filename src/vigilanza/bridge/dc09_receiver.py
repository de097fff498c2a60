"""One receiver of an alarm centre: a place to reach, and a clock of its own."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from vigilanza.bridge.address import Resolve, pin_addresses, system_resolve
from vigilanza.bridge.dc09_frame import Answer, Line, Message, Word, encode_frame, parse_answer
from vigilanza.bridge.dc09_wire import Transport, Wire
from vigilanza.bridge.transcript import Transcript, printable
from vigilanza.clock import Clock
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable

TRIES = 3
"""So often a frame is sent to one receiver within an attempt, besides once more with the receiver's own time."""

OFFSET_MAX_SECONDS = 60 * 366 * 86_400.0
"""A receiver without a battery believes that it is 1970; one that is further off than that tells no time."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message and the sequence number it keeps."""

    message: Message
    number: int


class Receiver:
    """Remembers how far the receiver's clock is from ours, once it said so. Spoken to by one thread at a time."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        transport: Transport,
        line: Line,
        clock: Clock,
        allow_loopback: bool = False,
        resolve: Resolve = system_resolve,
    ) -> None:
        """The name is resolved once per attempt, and only addresses that a receiver can have are contacted."""
        self.name = f"{host}:{port}"
        self._host, self._port, self._transport, self._line = host, port, transport, line
        self._clock, self._allow_loopback, self._resolve = clock, allow_loopback, resolve
        self._offset = 0.0
        """Seconds to add to our time for theirs."""
        self._turn = threading.Lock()

    def deliver(self, told: Sequence[Numbered], transcript: Transcript, *, until: float) -> None:
        """Return once every message is acknowledged. A frame that stays without answer is sent again under its number.

        ChannelUnavailable if that did not happen before `until` (the clock's monotonic seconds); ChannelRefused if the
        receiver says that it has no use for a message.
        """
        if not self._turn.acquire(timeout=max(0.0, until - self._clock.monotonic())):
            raise ChannelUnavailable(f"{self.name}: it is still being asked for a sign of life")
        try:
            self._deliver(list(told), transcript, until)
        finally:
            self._turn.release()

    def _deliver(self, waiting: list[Numbered], transcript: Transcript, until: float) -> None:
        addresses = self._addresses(until)
        failure = "no answer"
        for _ in range(TRIES):
            try:
                wire = self._open(addresses, until)
            except OSError as error:
                raise ChannelUnavailable(f"{self.name}: cannot be reached ({_why(error)})") from error
            with wire:
                try:
                    while waiting:
                        left = until - self._clock.monotonic()
                        share = self._clock.monotonic() + left / len(waiting)
                        self._bring(wire, waiting[0], transcript, share)
                        waiting.pop(0)
                    return
                except OSError as error:
                    failure = _why(error)
        raise ChannelUnavailable(f"{self.name}: {failure}")

    def _open(self, addresses: Sequence[str], until: float) -> Wire:
        return Wire(addresses, self._port, transport=self._transport, clock=self._clock, until=until)

    def _addresses(self, until: float) -> list[str]:
        left = max(0.001, until - self._clock.monotonic())
        return pin_addresses(
            self._host, self._port, resolve=self._resolve, allow_loopback=self._allow_loopback, timeout=left
        )

    def _bring(self, wire: Wire, one: Numbered, transcript: Transcript, until: float) -> None:
        """ChannelUnavailable if the receiver stays silent, or does not take its own time; else as `deliver`."""
        patience = max(0.0, until - self._clock.monotonic()) / TRIES
        stamped_anew, tries = False, 0
        while tries < TRIES:
            frame = encode_frame(self._line, one.message, number=one.number, at=self._clock.now() + self._offset)
            transcript.sent(frame)
            wire.send(frame, until=until)
            answer = self._answer(wire, one.number, transcript, min(until, self._clock.monotonic() + patience))
            if answer is None:
                tries += 1
                continue
            match answer.word:
                case Word.ACK:
                    return
                case Word.DUH:
                    raise ChannelRefused(f"{self.name}: says DUH: it cannot process what it was told")
                case Word.NAK if stamped_anew:
                    raise ChannelUnavailable(f"{self.name}: says NAK, to its own time too: look at account and key")
                case Word.NAK:
                    stamped_anew = True
                    self._set_clock(answer.at)
                case _:
                    assert_never(answer.word)
        raise ChannelUnavailable(f"{self.name}: no answer that counts")

    def _set_clock(self, theirs: float | None) -> None:
        if theirs is not None and abs(theirs - self._clock.now()) <= OFFSET_MAX_SECONDS:
            self._offset = theirs - self._clock.now()

    def _answer(self, wire: Wire, number: int, transcript: Transcript, until: float) -> Answer | None:
        """The next answer to this very message; whatever else is said counts as silence."""
        while (frame := wire.receive(until=until)) is not None:
            transcript.heard(frame)
            try:
                answer = parse_answer(frame, self._line.key)
            except ValueError:
                continue
            if answer.word is Word.NAK or self._is_ours(answer, number):
                return answer
        return None

    def _is_ours(self, answer: Answer, number: int) -> bool:
        """A NAK is about a frame that was not understood, and has no number to know it by; all else names ours."""
        if answer.number != number or answer.account != self._line.account.upper():
            return False
        # Who knows the key says so; a DUH is never encrypted.
        return answer.word is Word.DUH or answer.encrypted == (self._line.key is not None)


def _why(error: OSError) -> str:
    return printable(str(error), longest=100) or type(error).__name__
