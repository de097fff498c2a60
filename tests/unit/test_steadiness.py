"""When a camera that was lost is back: the limits, to the picture."""

import pytest

from vigilanza.capture.steadiness import MEMORY_S, POOR_SHARE, TOLD_AFTER, TOLD_SHARE, Steadiness

START = 1_795_000_000.0
PICTURE_S = 0.125
"""Exact in binary: thirty seconds of them are thirty seconds, not a hair less."""


class Stream:
    """A camera that gives eight pictures a second, or none, and its steadiness."""

    def __init__(self) -> None:
        self.now, self.steadiness = START, Steadiness()
        self.good = self.damaged = 0

    def give(self, pictures: int, *, damaged: bool = False) -> None:
        for _ in range(pictures):
            self.good, self.damaged = self.good + (not damaged), self.damaged + damaged
            self.steadiness.count(self.now, good=self.good, damaged=self.damaged)
            if not damaged:
                self.steadiness.see(self.now)
            self.now += PICTURE_S

    def lose(self, *, away: float = 1.0) -> None:
        self.steadiness.lose(self.now)
        self.now += away

    def until_steady(self) -> float:
        """Seconds of good pictures from the first to the one with which it is steady."""
        first = self.now
        while not self.steadiness.steady:
            self.give(1)
            assert self.now - first < 3600.0
        return self.now - PICTURE_S - first


@pytest.fixture
def stream() -> Stream:
    return Stream()


def test_a_camera_that_was_never_lost_is_steady(stream: Stream) -> None:
    assert stream.steadiness.steady
    stream.give(100, damaged=True)
    stream.give(1)
    assert stream.steadiness.steady


def test_the_first_return_counts_with_the_first_picture(stream: Stream) -> None:
    stream.give(80)
    stream.lose(away=20.0)
    assert not stream.steadiness.steady
    assert stream.until_steady() == 0.0


def test_the_second_must_last_half_a_minute_and_each_further_one_twice_as_long_up_to_five(stream: Stream) -> None:
    waits = []
    for _ in range(7):
        stream.lose()
        waits.append(stream.until_steady())
    assert waits == [0.0, 30.0, 60.0, 120.0, 240.0, 300.0, 300.0]


def test_a_loss_meanwhile_begins_the_wait_anew_and_makes_it_longer(stream: Stream) -> None:
    stream.lose()
    stream.lose()
    stream.give(239)
    assert not stream.steadiness.steady
    stream.lose()
    assert stream.until_steady() == 60.0


@pytest.mark.parametrize(("apart", "wait"), [(MEMORY_S - 1.0, 30.0), (MEMORY_S, 0.0)])
def test_what_was_a_quarter_of_an_hour_before_is_forgotten(stream: Stream, apart: float, wait: float) -> None:
    stream.lose(away=0.0)
    stream.give(round(apart / PICTURE_S))
    stream.lose()
    assert stream.until_steady() == wait


@pytest.mark.parametrize(("damaged", "steady"), [(20, True), (21, False)])
def test_a_camera_is_not_back_while_more_than_a_fifth_is_damaged(stream: Stream, damaged: int, steady: bool) -> None:
    stream.give(79)
    stream.give(damaged, damaged=True)
    assert POOR_SHARE == 20 / (79 + 20 + 1)
    stream.lose()
    stream.give(1)
    assert stream.steadiness.steady is steady


def test_damage_before_an_outage_counts_however_long_that_was(stream: Stream) -> None:
    stream.give(400, damaged=True)
    stream.lose(away=3600.0)
    stream.give(80)
    assert not stream.steadiness.steady


def test_a_line_that_was_mended_is_believed_within_a_minute(stream: Stream) -> None:
    stream.give(480, damaged=True)
    stream.lose(away=1.0)
    assert stream.until_steady() == 48.0 - PICTURE_S  # then a fifth of a minute is left


def test_once_back_it_is_back_until_it_is_lost_again(stream: Stream) -> None:
    stream.lose()
    stream.until_steady()
    stream.give(400, damaged=True)
    stream.give(1)
    assert stream.steadiness.steady
    stream.lose()
    assert not stream.steadiness.steady


def test_a_time_that_fell_back_far_does_not_keep_a_camera_away(stream: Stream) -> None:
    stream.lose()
    stream.lose()
    stream.now -= 86_400.0
    stream.lose()
    assert stream.until_steady() <= 300.0


@pytest.mark.parametrize(("damaged", "complains"), [(0, False), (10, False), (11, True)])
def test_the_technician_is_told_from_a_twentieth_on(stream: Stream, damaged: int, complains: bool) -> None:
    stream.give(190)
    stream.give(damaged, damaged=True)
    assert TOLD_SHARE == 10 / (190 + 10)
    complaint = stream.steadiness.complaint
    assert (complaint is not None) is complains
    assert complaint is None or ("5% of its pictures" in complaint and "transport: tcp" in complaint)


@pytest.mark.parametrize(("seconds", "complains"), [(TOLD_AFTER - 1, False), (TOLD_AFTER, True)])
def test_a_moment_of_damage_is_not_told(stream: Stream, seconds: int, complains: bool) -> None:
    stream.give(8 * seconds, damaged=True)
    assert (stream.steadiness.complaint is not None) is complains


def test_no_picture_is_no_damage(stream: Stream) -> None:
    assert (stream.steadiness.damaged_share, stream.steadiness.complaint) == (0.0, None)
