"""Whoever follows a ring gets all of it, or whole groups less, and never holds up the camera."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_ring import packet, stream
from vigilanza.capture.follower import Follower
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing


def taken(follower: Follower) -> list[Packet]:
    """All that waits."""
    found = []
    while (one := follower.take(0.0)) is not None:
        found.append(one)
    return found


def test_who_follows_begins_with_the_newest_key_frame_and_misses_nothing() -> None:
    ring, packets = GopRing(seconds=60.0, max_bytes=10**6), stream(3)
    for one in packets[:25]:
        ring.append(one)
    follower = ring.follow()
    assert ring.followed
    assert ring.sought.is_set(), "whose packets gather is not told"
    assert ring.newest_key == packets[20]
    for one in packets[25:]:
        ring.append(one)
    got = taken(follower)
    assert got == packets[20:]
    assert all(mine is theirs for mine, theirs in zip(got, packets[20:], strict=True)), "a packet was copied"
    assert follower.lost_packets == 0
    ring.leave(follower)
    assert not ring.followed
    ring.append(packets[0])
    assert taken(follower) == []


def test_who_follows_an_empty_ring_begins_with_the_first_key_frame_that_comes() -> None:
    ring, packets = GopRing(seconds=60.0, max_bytes=10**6), stream(2)
    assert ring.newest_key is None
    follower = ring.follow()
    for one in packets[4:]:
        ring.append(one)
    assert taken(follower) == packets[10:]


def test_who_follows_goes_on_when_a_group_is_too_large_for_the_ring() -> None:
    ring = GopRing(seconds=60.0, max_bytes=55)
    follower = ring.follow()
    packets = stream(1)
    for one in packets:
        ring.append(one)
    assert ring.dropped_packets
    assert taken(follower) == packets


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=80),
    st.integers(1, 200),
    st.sets(st.integers(0, 80)),
)
def test_a_slow_one_holds_no_more_than_its_bytes_and_loses_up_to_a_key_frame(
    shape: list[tuple[bool, int]], max_bytes: int, takes: set[int]
) -> None:
    follower, sent, got = Follower(max_bytes=max_bytes), [], []
    for number, (key, size) in enumerate(shape):
        sent.append(packet(float(number), key=key, size=size))
        follower.put(sent[-1])
        if number in takes and (one := follower.take(0.0)) is not None:
            got.append(one)
    waiting = taken(follower)
    assert sum(len(one.data) for one in waiting) <= max_bytes
    got += waiting
    assert len(got) + follower.lost_packets == len(sent)
    places = [sent.index(one) for one in got]
    assert places == sorted(places)
    for before, after in zip([-2, *places], places, strict=False):
        assert after == before + 1 or sent[after].is_keyframe, "behind a hole comes a key frame"


def test_taking_waits_for_what_comes() -> None:
    follower, key = Follower(), packet(0.0, key=True)
    got: list[Packet | None] = []
    thread = threading.Thread(target=lambda: got.append(follower.take(20.0)))
    thread.start()
    follower.put(key)
    thread.join(20)
    assert got == [key]


def test_who_is_behind_goes_on_with_the_newest_key_frame_and_who_is_not_misses_nothing() -> None:
    packets = stream(3)
    follower = Follower(packets)
    behind = packets[20].at - packets[0].at
    follower.skip(behind + 0.01)
    assert follower.lost_packets == 0
    follower.skip(behind)
    assert taken(follower) == packets[20:]
    assert follower.lost_packets == 20
    joined = Follower(packets[20:])
    joined.skip(0.0)
    assert taken(joined) == packets[20:], "one who joins gets the whole group, however old its beginning"
