import pytest

from tests.fakes import FakeClock
from vigilanza.capture.drought import Drought
from vigilanza.domain.errors import SourceUnavailable


class Stream:
    """Packets every 0.1 s, each second a key frame; `lasts` is how long nothing is said against them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.drought = Drought(seconds=10.0, clock=self.clock)

    def lasts(self, *, keyframe_every: int, picture_every: int, packets: int = 2000) -> float:
        self.drought.end(0)
        begun = self.clock.monotonic()
        for number in range(1, packets + 1):
            self.clock.advance(0.1)
            try:
                pictures = number // picture_every
                self.drought.check(pictures=pictures, is_keyframe=number % keyframe_every == 0)
            except SourceUnavailable:
                break
        return self.clock.monotonic() - begun


def test_pictures_at_long_intervals_are_enough() -> None:
    assert Stream().lasts(keyframe_every=300, picture_every=300) == pytest.approx(200)


def test_packets_without_pictures_are_an_outage_after_the_time_allowed() -> None:
    assert Stream().lasts(keyframe_every=20, picture_every=10_000) == pytest.approx(10, abs=0.3)


def test_where_key_frames_are_rare_three_of_them_are_awaited() -> None:
    assert Stream().lasts(keyframe_every=150, picture_every=10_000) == pytest.approx(45, abs=0.3)


def test_without_key_frames_there_is_an_end_too() -> None:
    assert Stream().lasts(keyframe_every=10_000, picture_every=10_000) == pytest.approx(60, abs=0.3)


def test_a_new_connection_begins_anew() -> None:
    stream = Stream()
    for _ in range(2):
        assert stream.lasts(keyframe_every=20, picture_every=10_000) == pytest.approx(10, abs=0.3)
