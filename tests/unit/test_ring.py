from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.ring import GopRing

FORMAT = StreamFormat("h264", 320, 180, b"")


def packet(at: float, *, key: bool, size: int = 10) -> Packet:
    return Packet(b"x" * size, at, None, round(at * 10), round(at * 10), Fraction(1, 10), key, FORMAT)


def stream(seconds: int, gop: int = 10) -> list[Packet]:
    return [packet(i / 10, key=i % gop == 0) for i in range(seconds * 10)]


streams = st.lists(st.tuples(st.booleans(), st.integers(1, 60), st.floats(0.01, 3.0)), max_size=80)


@given(streams, st.floats(0.0, 10.0), st.integers(1, 300))
def test_the_ring_never_exceeds_its_bytes_and_loses_nothing_in_silence(
    shape: list[tuple[bool, int, float]], seconds: float, max_bytes: int
) -> None:
    ring = GopRing(seconds=seconds, max_bytes=max_bytes)
    at, sent = 0.0, []
    for key, size, gap in shape:
        at += gap
        sent.append(packet(at, key=key, size=size))
        ring.append(sent[-1])
        assert ring.size_bytes <= max_bytes
        kept = ring.recording(float("-inf"), float("inf"))
        assert ring.size_bytes == kept.size_bytes
        assert not kept.packets or kept.packets[0].is_keyframe
        # What is kept is the newest, without a hole, and what is missing and young was counted.
        assert kept.packets == tuple(sent[len(sent) - len(kept.packets) :]) or ring.dropped_packets
        young = [p for p in sent if p.at > at - seconds]
        assert sum(p not in kept.packets for p in young) <= ring.dropped_packets


@given(streams, st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_a_recording_is_a_piece_without_holes_from_a_key_frame_to_its_end(
    shape: list[tuple[bool, int, float]], start: float, length: float
) -> None:
    ring = GopRing(seconds=1000.0, max_bytes=10**6)
    at, sent = 0.0, []
    for key, size, gap in [(True, 1, 0.1), *shape]:
        at += gap
        sent.append(packet(at, key=key, size=size))
        ring.append(sent[-1])
    piece = ring.recording(start, start + length).packets
    if piece:
        first = sent.index(piece[0])
        assert piece == tuple(sent[first : first + len(piece)])
        assert piece[0].is_keyframe
        assert piece[-1].at <= start + length
        assert not any(p.is_keyframe and piece[0].at < p.at <= start for p in sent)
    else:
        assert start + length < sent[0].at


def test_the_ring_keeps_at_least_its_seconds_and_ages_by_whole_groups() -> None:
    ring = GopRing(seconds=3.0, max_bytes=10**6)
    assert ring.newest_at == float("-inf")
    for one in stream(10):
        ring.append(one)
        assert ring.newest_at == one.at
    kept = ring.recording(0.0, 100.0)
    assert kept.start == 6.0
    assert kept.end == 9.9
    assert ring.reaches_back == 9.9 - 6.0
    assert ring.dropped_packets == 0


def test_packets_before_any_key_frame_are_counted_not_kept() -> None:
    ring = GopRing(seconds=3.0, max_bytes=10**6)
    for one in stream(2)[3:]:
        ring.append(one)
    assert ring.dropped_packets == 7
    assert ring.recording(0.0, 100.0).start == 1.0


def test_a_group_larger_than_the_ring_is_dropped_whole() -> None:
    ring = GopRing(seconds=3.0, max_bytes=55)
    for one in stream(1):
        ring.append(one)
    assert not ring.recording(0.0, 100.0).packets
    assert ring.dropped_packets == 10
    ring.append(packet(1.0, key=True))
    assert ring.recording(0.0, 100.0).start == 1.0
