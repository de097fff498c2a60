"""How often people are looked for."""

import numpy as np
import pytest

from tests.drawn import NEIGHBOUR, SEALED
from vigilanza.detect.pace import BRISK_S, LOOKS_HZ, URGENT_S, Pace
from vigilanza.detect.pose import Pose

AT_THE_DOOR = (0.42, 0.3, 0.5, 0.9)
A_STEP_BESIDE_IT = (0.6, 0.3, 0.68, 0.9)
FAR_OFF = (0.75, 0.3, 0.83, 0.9)


def looks(pace: Pace, began: float, seconds: float, fps: float = 25.0) -> int:
    return sum(pace.takes(began + number / fps) for number in range(round(seconds * fps)))


def person(box: tuple[float, float, float, float]) -> Pose:
    return Pose(0.9, np.zeros((17, 3), np.float32), box)


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
def test_five_looks_in_two_seconds_when_it_begins_then_half_of_them(fps: float) -> None:
    pace = Pace()
    pace.begin(100.0)
    assert looks(pace, 100.0, BRISK_S, fps) == 5
    assert looks(pace, 100.0 + BRISK_S, 8.0, fps) == 10


@pytest.mark.parametrize(
    ("box", "expected"), [(AT_THE_DOOR, 10), (A_STEP_BESIDE_IT, 10), (FAR_OFF, 7)], ids=["at", "beside", "far"]
)
def test_it_stays_brisk_for_whoever_is_near_a_sealed_door(
    box: tuple[float, float, float, float], expected: int
) -> None:
    pace = Pace()
    pace.begin(100.0)
    taken = looks(pace, 100.0, BRISK_S)
    pace.saw([person(box)], [SEALED], 100.0 + BRISK_S)
    assert taken + looks(pace, 100.0 + BRISK_S, 2.0) == expected


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
def test_none_is_left_out_while_somebody_works_at_a_sealed_door_and_a_while_after(fps: float) -> None:
    pace = Pace()
    pace.urge(100.0)
    assert looks(pace, 100.0, URGENT_S, fps) == URGENT_S * LOOKS_HZ
    assert looks(pace, 100.0 + URGENT_S, 8.0, fps) == 10


def test_another_door_does_not_count() -> None:
    pace = Pace()
    pace.saw([person((0.72, 0.2, 0.84, 0.9))], [SEALED], 100.0)
    calm = looks(pace, 100.0, 2.0)
    pace.saw([person((0.72, 0.2, 0.84, 0.9))], [SEALED, NEIGHBOUR], 104.0)
    assert (calm, looks(pace, 104.0, 2.0)) == (3, 5)


def test_a_camera_of_one_picture_a_second_is_looked_at_each_time() -> None:
    assert looks(Pace(), 100.0, 10.0, fps=1.0) == 10


def test_a_clock_that_was_set_back_is_no_reason_to_wait() -> None:
    pace = Pace()
    assert pace.takes(3600.0)
    assert pace.takes(1800.0)
