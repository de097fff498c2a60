"""The tap of a watching process: packets as the camera gave them, over a local socket."""

import os
import socket
import stat
import threading
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.live import RIGHT_HALF, Hidden, tapped
from tests.unit.test_ring import packet
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.ring import GopRing
from vigilanza.capture.tap import CLIENTS_MAX
from vigilanza.capture.tap_client import live, newest_key, seen
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import NoPictures
from vigilanza.localsocket import connect

CLOCK = SystemClock()
FORMAT = StreamFormat("hevc", 1280, 720, b"\0\0\0\1sets")


def filled(*, groups: int = 2, size: int = 10) -> GopRing:
    """A ring whose pictures were taken in the last second."""
    ring = GopRing(seconds=60.0, max_bytes=10**9)
    begun = CLOCK.now() - 1.0
    for number in range(groups * 10):
        ring.append(replace(packet(begun + number / 100, key=number % 10 == 0, size=size), format=FORMAT))
    return ring


def held(ring: GopRing) -> list[Packet]:
    return list(ring.recording(float("-inf"), float("inf")).packets)


def test_a_client_gets_the_newest_group_and_then_what_comes(tmp_path: Path) -> None:
    ring = filled()
    with tapped(tmp_path / "live.socket", ring) as tap:
        packets = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event())
        assert [next(packets).packet for _ in range(10)] == held(ring)[10:]
        wait_until("the tap to know its client", lambda: tap.counts.clients == 1)
        odd = Packet(b"more", CLOCK.now(), 1.5, -7, -9, Fraction(1, 90000), False, replace(FORMAT, width_px=640))
        ring.append(odd)
        assert next(packets).packet == odd
        packets.close()
        wait_until("the tap to forget its client", lambda: tap.counts.clients == 0 and not ring.followed)


def test_a_still_is_the_newest_key_frame(tmp_path: Path) -> None:
    ring = filled()
    with tapped(tmp_path / "live.socket", ring):
        assert newest_key(tmp_path / "live.socket", "c", clock=CLOCK).packet == held(ring)[10]
        assert not ring.followed


def test_what_the_detector_sees_now_is_told(tmp_path: Path) -> None:
    told: list[bytes | None] = [None]
    with tapped(tmp_path / "live.socket", filled(), seen=lambda: told[0]):
        with pytest.raises(NoPictures, match="nothing was looked at yet"):
            seen(tmp_path / "live.socket", "c", clock=CLOCK)
        for body in (b"{}", b'{"people":[]}'):
            told[0] = body
            assert seen(tmp_path / "live.socket", "c", clock=CLOCK) == body
        with pytest.raises(NoPictures, match="no such camera"):
            seen(tmp_path / "live.socket", "other", clock=CLOCK)


def test_only_our_user_may_ask_and_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "live.socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(NoPictures, match="not watched"):
        newest_key(path, "c", clock=CLOCK)
    ring, before = filled(), path.stat().st_ino
    with tapped(path, ring):
        wait_until("the name to be ours", lambda: path.stat().st_ino != before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert newest_key(path, "c", clock=CLOCK).packet.is_keyframe
    assert os.umask(0o022) == 0o022


def test_a_folder_may_have_a_name_longer_than_the_kernel_takes(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    with tapped(folder / "live.socket", filled()):
        assert newest_key(folder / "live.socket", "c", clock=CLOCK).packet.is_keyframe


def test_without_pictures_of_now_nothing_is_shown(tmp_path: Path) -> None:
    path, old = tmp_path / "live.socket", GopRing(seconds=60.0, max_bytes=10**6)
    with tapped(path, old):
        for name, why in (("c", "no picture yet"), ("other", "no such camera")):
            with pytest.raises(NoPictures, match=why):
                newest_key(path, name, clock=CLOCK)
        old.append(packet(CLOCK.now() - 30.0, key=True))
        with pytest.raises(NoPictures, match="no picture for 30 s"):
            newest_key(path, "c", clock=CLOCK)
        with pytest.raises(NoPictures, match="no picture for 30 s"):
            next(live(path, "c", clock=CLOCK, stop=threading.Event()))


def test_a_camera_that_falls_silent_ends_the_stream(tmp_path: Path) -> None:
    with tapped(tmp_path / "live.socket", filled()):
        packets = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event(), silent_s=0.5)
        with pytest.raises(NoPictures, match="no picture for"):
            list(packets)


def test_the_end_of_the_watch_ends_the_stream_and_a_new_one_can_be_asked(tmp_path: Path) -> None:
    path, ring = tmp_path / "live.socket", filled()
    with tapped(path, ring):
        packets = live(path, "c", clock=CLOCK, stop=threading.Event())
        next(packets)
    with pytest.raises(NoPictures, match="the watch has ended"):
        list(packets)
    with tapped(path, ring):
        assert next(live(path, "c", clock=CLOCK, stop=threading.Event())).packet == held(ring)[10]


def test_a_slow_client_costs_nothing_but_its_own_groups(tmp_path: Path) -> None:
    """It reads nothing while 30 MB come; what it then gets goes on with a key frame, and the ring has all."""
    ring = filled()
    with tapped(tmp_path / "live.socket", ring) as tap:
        packets = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event())
        next(packets)
        wait_until("the tap to serve", lambda: ring.followed)
        got = [next(packets).packet for _ in range(9)]  # what was held: else it may be given up with the rest
        sent = [replace(packet(CLOCK.now(), key=n % 10 == 0, size=100_000), pts=n, format=FORMAT) for n in range(300)]
        for one in sent:
            ring.append(one)
        while got[-1] != sent[-1]:
            got.append(next(packets).packet)
        places = [sent.index(one) for one in got[9:]]
        holes = [after for before, after in pairwise([-1, *places]) if after != before + 1]
        assert holes
        assert all(sent[place].is_keyframe for place in holes)
        assert held(ring)[-300:] == sent
        packets.close()
        wait_until("the tap to count", lambda: tap.counts.lost_packets == 300 - len(places))


def test_what_must_be_black_is_told_with_the_picture(tmp_path: Path) -> None:
    ring, stop = filled(), threading.Event()
    times = [one.at for one in held(ring)[10:]]
    with tapped(tmp_path / "live.socket", ring, hidden=Hidden(since=times[3], until=times[6])):
        sights = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=stop)
        assert [next(sights).hidden for _ in times] == [()] * 3 + [(RIGHT_HALF,)] * 3 + [()] * 4
        sights.close()
        assert newest_key(tmp_path / "live.socket", "c", clock=CLOCK).hidden == ()
    with tapped(tmp_path / "live.socket", ring, hidden=Hidden(since=times[0])):
        assert newest_key(tmp_path / "live.socket", "c", clock=CLOCK).hidden == (RIGHT_HALF,)


def test_a_main_stream_is_shown_as_far_as_the_one_beside_it_was_looked_at(tmp_path: Path) -> None:
    main, small, hidden = filled(), GopRing(seconds=60.0, max_bytes=10**9), Hidden()
    times = [one.at for one in held(main)[10:]]
    small.append(packet(times[2], key=True))
    with tapped(tmp_path / "live.socket", main, hidden=hidden, looked_at=small) as tap:
        sights = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event())
        assert [next(sights).packet.at for _ in range(3)] == times[:3]
        hidden.since = times[4]  # seen in a picture that comes only now
        small.append(packet(times[5], key=False))
        assert [next(sights).hidden for _ in range(3)] == [(), (RIGHT_HALF,), (RIGHT_HALF,)]
        small.append(packet(times[9], key=False))
        assert [next(sights).packet.at for _ in range(4)] == times[6:]
        sights.close()
        wait_until("the tap to forget its client", lambda: tap.counts.clients == 0)


def test_while_the_stream_beside_it_gives_nothing_what_must_be_black_is_shown_at_once(tmp_path: Path) -> None:
    main = filled()
    with tapped(tmp_path / "live.socket", main, hidden=Hidden(since=0.0), looked_at=GopRing(seconds=1.0, max_bytes=9)):
        sights = live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event())
        assert {next(sights).hidden for _ in range(10)} == {(RIGHT_HALF,)}
        sights.close()


def test_pictures_are_not_shown_while_nobody_looks_at_those_beside_them(tmp_path: Path) -> None:
    main, small = filled(), GopRing(seconds=60.0, max_bytes=10**9)
    small.append(packet(held(main)[0].at - 1.0, key=True))
    clock = FakeClock(CLOCK.now())
    with (
        tapped(tmp_path / "live.socket", main, hidden=Hidden(), looked_at=small, clock=clock),
        pytest.raises(NoPictures, match="nobody looks"),
    ):
        next(live(tmp_path / "live.socket", "c", clock=CLOCK, stop=threading.Event()))
    clock = FakeClock(CLOCK.now())
    with (
        tapped(tmp_path / "live.socket", main, hidden=Hidden(), looked_at=small, clock=clock),
        pytest.raises(NoPictures, match="nobody looks"),
    ):
        newest_key(tmp_path / "live.socket", "c", clock=CLOCK)
    assert small.sought.is_set(), "it was asked not to let its packets gather"


def test_who_asks_nonsense_is_sent_away(tmp_path: Path) -> None:
    with tapped(tmp_path / "live.socket", filled()) as tap:
        for said in (b"", b"GET / HTTP/1.1\r\n\r\n", b"vigilanza tap 1 live c\n", b"x" * 5000):
            with socket.socket(socket.AF_UNIX) as line:
                connect(line, tmp_path / "live.socket")
                line.sendall(said)
                line.shutdown(socket.SHUT_WR)
                line.settimeout(20)
                with suppress(ConnectionResetError):  # it did not even read all
                    assert line.recv(1) == b""
        wait_until("all to be counted", lambda: tap.counts.refused == 4)


def test_clients_are_bounded(tmp_path: Path) -> None:
    with tapped(tmp_path / "live.socket", filled()) as tap:
        lines = [socket.socket(socket.AF_UNIX) for _ in range(CLIENTS_MAX)]
        try:
            for line in lines:
                connect(line, tmp_path / "live.socket")
            wait_until("all to be in", lambda: tap.counts.clients == CLIENTS_MAX)
            with pytest.raises(NoPictures):
                newest_key(tmp_path / "live.socket", "c", clock=CLOCK)
        finally:
            for line in lines:
                line.close()
        wait_until("room to be", lambda: tap.counts.clients == 0)
        assert newest_key(tmp_path / "live.socket", "c", clock=CLOCK).packet.is_keyframe
