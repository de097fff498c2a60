import threading
from dataclasses import replace

import pytest

from tests.fakes import FakeClock
from tests.videos import video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.drought import Drought
from vigilanza.capture.economy import Economy
from vigilanza.capture.file import FileSource
from vigilanza.capture.late import LateDecoder, Sleepless
from vigilanza.capture.packet import Packet
from vigilanza.domain.errors import SourceUnavailable

LONG = 1200
"""Packets: two minutes."""


def lasts(decoder: Decoder | LateDecoder, *, damaged: bool) -> float:
    """Seconds for which nothing is said against a stream of ten pictures a second, each tenth a key frame."""
    clock = FakeClock()
    drought = Drought(seconds=10.0, decoder=decoder, clock=clock)
    begun = clock.monotonic()
    whole = list(FileSource(path=video(), start_at=begun).packets(threading.Event()))
    for number in range(LONG):
        packet = whole[number % len(whole)]
        clock.advance(0.1)
        list(decoder.frames(shown(packet, number, clock.now(), damaged)))
        try:
            drought.check()
        except SourceUnavailable:
            break
    return clock.monotonic() - begun


def shown(packet: Packet, number: int, at: float, damaged: bool) -> Packet:
    """The packet as the `number`-th of an endless stream."""
    data = b"\0\0\0\1\x65nonsense" if damaged else packet.data
    return replace(packet, data=data, at=at, pts=number * 512, dts=number * 512)


def test_pictures_are_no_outage() -> None:
    assert lasts(Decoder(camera="c", rate_hz=10), damaged=False) == pytest.approx(120.0)


def test_packets_without_pictures_are_an_outage_after_the_time_allowed() -> None:
    assert lasts(Decoder(camera="c", rate_hz=10), damaged=True) == pytest.approx(10.0, abs=0.3)


def test_a_parked_camera_is_not_taken_for_one_that_cannot_be_decoded() -> None:
    late = LateDecoder(decoder=Decoder(camera="c", rate_hz=10), sentry=Sleepless())
    late.spend(Economy.PARKED)
    assert lasts(late, damaged=False) == pytest.approx(120.0), "a picture every ten seconds"
    assert lasts(late, damaged=True) <= 61.0


def test_where_nothing_fails_and_nothing_comes_there_is_an_end_too() -> None:
    silent = Decoder(camera="c", rate_hz=10)
    clock = FakeClock()
    drought = Drought(seconds=10.0, decoder=silent, clock=clock)
    for _ in range(600):
        clock.advance(0.1)
        drought.check()
    clock.advance(0.2)
    with pytest.raises(SourceUnavailable, match="no picture that can be decoded"):
        drought.check()
    drought.end()
    drought.check()
