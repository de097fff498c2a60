"""Packing what has ended changes nothing for who asks, but that it is not kept in pieces."""

import gc
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vigilanza.capture.packed import BLOCK_BYTES
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.ring import GopRing

ALWAYS = (float("-inf"), float("inf"))


@dataclass
class Unpacked:
    """What a ring keeps, written down as simply as can be."""

    seconds: float
    max_bytes: int
    groups: list[list[Packet]] = field(default_factory=list)
    dropped: int = 0

    def append(self, packet: Packet) -> None:
        if packet.is_keyframe:
            self.groups.append([packet])
        elif self.groups:
            self.groups[-1].append(packet)
        else:
            self.dropped += 1
            return
        while len(self.groups) > 1 and self.groups[1][0].at <= packet.at - self.seconds:
            del self.groups[0]
        while self.size_bytes > self.max_bytes:
            self.dropped += len(self.groups.pop(0))

    @property
    def size_bytes(self) -> int:
        return sum(len(packet.data) for group in self.groups for packet in group)

    def recording(self, start: float, end: float) -> tuple[Packet, ...]:
        begun = [number for number, group in enumerate(self.groups) if group[0].at <= start]
        packets = [packet for group in self.groups[max(begun, default=0) :] for packet in group]
        while packets and packets[-1].at > end:
            packets.pop()
        return tuple(packets)


@st.composite
def streams(draw: st.DrawFn) -> list[Packet]:
    """Some connections of cameras with and without a clock, of small packets and large ones, also out of order."""
    packets: list[Packet] = []
    shape = st.tuples(st.integers(0, 12), st.sampled_from([7, 9_000, 50_000, 200_000]), st.floats(-0.3, 1.5))
    for others, size, step in draw(st.lists(shape, max_size=12)):
        connection = draw(st.integers(1, 3))
        for number in range(others + 1):
            at = (packets[-1].at if packets else 1000.0) + step
            data = (b"%d," % len(packets)) * (size // 4)
            told = at - 0.5 if draw(st.booleans()) else None
            key = number == 0 and (bool(packets) or draw(st.booleans()))
            base, kind = Fraction(1, 90_000 * connection), StreamFormat("h264", 16, 9 * connection, b"")
            packets.append(Packet(data, at, told, round(at * 1e4), -len(packets), base, key, kind))
    return packets


@given(streams(), st.floats(0.0, 30.0), st.integers(1, 2_000_000), st.data())
def test_a_ring_answers_as_if_nothing_were_packed(
    sent: list[Packet], seconds: float, max_bytes: int, data: st.DataObject
) -> None:
    times = st.sampled_from([1000.0, *(packet.at for packet in sent)])
    span = (data.draw(times), data.draw(times))
    ring, model = GopRing(seconds=seconds, max_bytes=max_bytes), Unpacked(seconds, max_bytes)
    for packet in sent:
        ring.append(packet)
        model.append(packet)
        newest = model.groups[-1] if model.groups else []
        assert (ring.size_bytes, ring.dropped_packets) == (model.size_bytes, model.dropped)
        assert ring.newest_key == (newest[0] if newest else None)
        assert ring.newest_at == (newest[-1].at if newest else float("-inf"))
        assert ring.reaches_back == (newest[-1].at - model.groups[0][0].at if newest else 0.0)
        for start, end in (ALWAYS, span):
            assert ring.recording(start, end).packets == model.recording(start, end)
    ring.clear()
    assert (ring.size_bytes, ring.recording(*ALWAYS).packets) == (0, ())


def test_what_has_ended_is_not_kept_in_pieces() -> None:
    ring = GopRing(seconds=1000.0, max_bytes=10**9)
    kind = StreamFormat("h264", 16, 9, b"")
    key = Packet(bytes(BLOCK_BYTES // 10), 0.0, None, 0, 0, Fraction(1, 10), is_keyframe=True, format=kind)
    before = _packets()
    for number in range(600):
        ring.append(replace(key, at=float(number), is_keyframe=number % 6 == 0))
    assert ring.reaches_back == 599.0
    assert _packets() - before < 60


def _packets() -> int:
    return sum(type(one) is Packet for one in gc.get_objects())
