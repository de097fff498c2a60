from random import Random

import pytest

from tests.fakes import whole_waits
from vigilanza.capture.backoff import Backoff


def test_waits_double_up_to_their_bound_and_begin_anew_after_a_picture() -> None:
    backoff = whole_waits()
    assert [backoff.outage(0.0) for _ in range(4)] == [1, 2, 2, 2]
    assert [backoff.refusal() for _ in range(5)] == [4, 8, 16, 30, 30]
    backoff.saw()
    assert (backoff.outage(0.0), backoff.refusal()) == (1, 4)


def test_the_time_of_the_attempt_counts_as_waited_but_some_wait_remains() -> None:
    backoff = whole_waits()
    assert [backoff.outage(spent) for spent in (0.5, 0.5, 3.0)] == [0.5, 1.5, 0.25]


def test_a_camera_waits_the_same_each_time_and_each_camera_differently() -> None:
    def waits(camera: str) -> list[float]:
        backoff = Backoff.of(camera)
        return [backoff.outage(0.0) for _ in range(20)]

    assert waits("b3") == waits("b3")
    firsts = [waits(f"camera-{index}")[0] for index in range(32)]
    assert len(set(firsts)) == 32
    assert max(firsts) - min(firsts) > 0.3


@pytest.mark.parametrize("seed", range(5))
def test_chance_only_shortens(seed: int) -> None:
    backoff = Backoff(Random(seed))
    waits = [backoff.outage(0.0) for _ in range(200)][1:]
    assert min(waits) >= 1.2
    assert max(waits) <= 2.0
