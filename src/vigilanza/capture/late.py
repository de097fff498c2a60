"""Late decoding: of a quiet scene only key frames are decoded; once something wakes it, what was left out as well."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from vigilanza.capture.decode import Decoder
from vigilanza.capture.economy import Economy
from vigilanza.capture.gop import LONGEST_S, GopMeter
from vigilanza.capture.packet import Packet
from vigilanza.capture.surge import Surge
from vigilanza.domain.frame import Frame

GLANCE_S = 4.0
"""Asleep, one is looked at at least so often, if key frames come so often: the last one that comes within."""
THRIFTY_GLANCE_S, PARKED_GLANCE_S = 0.95, 10.0
"""While nothing but key frames is looked at, those that come sooner are left out (Motion JPEG is all key)."""
_JITTER_S = 0.25
"""By how much a key frame may come late."""
HELD_MAX_BYTES = 16_000_000
"""More than four seconds of any stream worth analysing."""


class Sentry(Protocol):
    """Says whether a camera may sleep; asked on the thread that decodes."""

    def wakes(self, frame: Frame) -> bool:
        """True if this key frame, taken while asleep and not analysed yet, shows that the pictures before it count."""
        ...

    @property
    def may_sleep(self) -> bool:
        """True if, by the pictures analysed so far, key frames are enough."""
        ...


class Sleepless:
    """A Sentry that lets nobody sleep."""

    may_sleep = False

    def wakes(self, frame: Frame) -> bool:  # noqa: ARG002 - the protocol's signature
        return True


class LateDecoder:
    """A Decoder that sleeps. What it gives while awake is what the decoder alone gives, from the last glance on.

    Asleep, the packets since the last picture given are held (at most LONGEST_S and HELD_MAX_BYTES); whatever wakes
    the camera, they are decoded before anything else. A stream whose groups of pictures do not suit never sleeps.
    """

    def __init__(self, *, decoder: Decoder, sentry: Sentry) -> None:
        self._decoder, self._sentry = decoder, sentry
        self._held: list[Packet] = []
        self._held_bytes = 0
        self._called = False
        self._economy = Economy.NONE
        self._given_at = float("-inf")
        self._surge = Surge()
        self._surged_at: float | None = None
        """When packets far larger than before woke it last, while it is awake for them."""
        self.gops = GopMeter()
        self.awake = True
        self.catching_up = False
        """True while pictures come that were left out before."""
        self.wakes = 0
        """How often something woke the camera."""
        self.surges = 0
        """Of these, how often it was the size of packets alone."""

    @property
    def decode_errors(self) -> int:
        """See Decoder."""
        return self._decoder.decode_errors

    @property
    def corrupt_frames(self) -> int:
        """See Decoder."""
        return self._decoder.corrupt_frames

    @property
    def decoded_frames(self) -> int:
        """See Decoder; pictures decoded twice count twice."""
        return self._decoder.decoded_frames

    def call(self) -> None:
        """Wake the camera with its next packet; any thread may call this."""
        self._called = True

    def spend(self, economy: Economy) -> None:
        """Spend no more than that from the next key frame on; any thread may call this."""
        self._economy = economy

    @property
    def economy(self) -> Economy:
        """What it may spend."""
        return self._economy

    def reset(self) -> None:
        """See Decoder.reset. Every connection begins awake."""
        self._decoder.reset()
        self.gops.reset()
        self._forget()
        self._surge.reset()
        self.awake, self.catching_up, self._given_at, self._surged_at = True, False, float("-inf"), None

    def frames(self, packet: Packet) -> Iterable[Frame]:
        """See Decoder.frames; the analysis of each picture may decide whether the camera sleeps after it."""
        self.gops.measure(packet)
        if self._surge.rises(packet, asleep=not self.awake) and self._economy < Economy.KEY_FRAMES:
            self._called, self._surged_at = True, packet.at
            self.surges += 1
        if self._sleeps_through(packet):
            self._hold(packet)
            return ()
        return self._frames(packet)

    def _sleeps_through(self, packet: Packet) -> bool:
        """True for nearly all packets of a quiet camera, and soon found out."""
        idle = not self.awake and not packet.is_keyframe and self._economy < Economy.KEY_FRAMES
        return idle and not self._must_wake(packet)

    def _frames(self, packet: Packet) -> Iterator[Frame]:
        self._decoder.coarse = self._economy >= Economy.COARSE
        if self._economy >= Economy.KEY_FRAMES:
            yield from self._thrift(packet)
        elif self.awake and packet.is_keyframe and self._may_sleep():
            if self._surged_at is not None:
                self._surge.learn(in_vain=packet.at - self._surged_at <= LONGEST_S)
                self._surged_at = None
            yield from self._fall_asleep()
            yield from self._glance(packet)
        elif self.awake:
            yield from self._new(self._decoder.frames(packet))
        elif self._must_wake(packet):
            yield from self._wake(packet)
        elif packet.is_keyframe and self._is_due(packet):
            yield from self._glance(packet)
        else:
            self._hold(packet)

    def flush(self) -> Iterator[Frame]:
        """See Decoder.flush; what was held is decoded too."""
        held = list(self._held)
        self._forget()
        for packet in held:
            yield from self._new(self._decoder.frames(packet))
        yield from self._new(self._decoder.flush())
        self.reset()

    def _may_sleep(self) -> bool:
        return self.gops.measured and self.gops.complaint is None and not self._called and self._sentry.may_sleep

    def _must_wake(self, packet: Packet) -> bool:
        since = packet.at - self._held[0].at if self._held else 0.0
        return self._called or since > LONGEST_S or self._held_bytes > HELD_MAX_BYTES or self.gops.open

    def _is_due(self, packet: Packet) -> bool:
        """Whether the key frame after this one would come too late."""
        return packet.at + self.gops.seconds - self._given_at > GLANCE_S + _JITTER_S

    def _fall_asleep(self) -> Iterator[Frame]:
        yield from self._new(self._decoder.flush())
        self._forget()
        self.awake = False

    def _thrift(self, packet: Packet) -> Iterator[Frame]:
        """Key frames and nothing else, whatever they show; what comes between is not held."""
        if self.awake and packet.is_keyframe:
            yield from self._fall_asleep()
        if self.awake:
            yield from self._new(self._decoder.frames(packet))
            return
        self._forget()
        every = PARKED_GLANCE_S if self._economy is Economy.PARKED else THRIFTY_GLANCE_S
        if packet.is_keyframe and packet.at - self._given_at >= every:
            frame = self._decoder.still(packet)
            yield from self._new([] if frame is None else [frame])

    def _glance(self, packet: Packet) -> Iterator[Frame]:
        frame = self._decoder.still(packet)
        if frame is None or self._sentry.wakes(frame):
            yield from self._wake(packet)
            return
        self._forget()
        self._hold(packet)
        yield from self._new([frame])
        if not self._sentry.may_sleep:
            yield from self._wake()

    def _wake(self, *packets: Packet) -> Iterator[Frame]:
        held = [*self._held, *packets]
        self._forget()
        self.awake, self._called = True, False
        self.wakes += 1
        self.catching_up = True
        for packet in held:
            yield from self._new(self._decoder.frames(packet))
        self.catching_up = False

    def _new(self, frames: list[Frame]) -> Iterator[Frame]:
        """Those not given yet: the picture of the last glance comes a second time when its group is decoded."""
        for frame in frames:
            if frame.at > self._given_at:
                self._given_at = frame.at
                yield frame

    def _hold(self, packet: Packet) -> None:
        self._held.append(packet)
        self._held_bytes += len(packet.data)

    def _forget(self) -> None:
        self._held, self._held_bytes = [], 0
