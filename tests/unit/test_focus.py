"""Which part of a window is looked at."""

from dataclasses import replace

import numpy as np
import pytest

from tests.drawn import Look, picture
from vigilanza.detect.focus import COLUMNS, ROWS, STILL_S, WHOLE_S, Focus
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window, size_of
from vigilanza.domain.frame import Frame

WINDOW: Window = (0, 0, 640, 360)
LEFT = 0.2
"""Where somebody stands, as a part of the picture."""
THERE = Look(person=LEFT)


def somebody(x: float) -> Pose:
    return Pose(0.9, np.zeros((17, 3), np.float32), (x - 0.06, 0.27, x + 0.06, 0.92))


def area(window: Window) -> float:
    """As a part of WINDOW."""
    width, height = size_of(window)
    return width * height / (640 * 360)


def holds(window: Window, pose: Pose) -> bool:
    left, top, right, bottom = np.array(pose.box) * (640, 360, 640, 360)
    return bool(window[0] < left and window[1] < top and right < window[2] and bottom < window[3])


def aimed(focus: Focus, frame: Frame, *known: Pose, window: Window = WINDOW) -> Window:
    part = focus.aim(frame, window, known)
    assert part is not None
    return part


def begun(look: Look = THERE) -> Focus:
    """A focus whose last look, at 0 s, was at the whole window."""
    focus = Focus()
    assert focus.aim(picture(look), WINDOW, []) == WINDOW
    return focus


def test_first_the_whole_window_is_looked_at() -> None:
    begun()


def test_then_where_somebody_was_and_is() -> None:
    moved = LEFT + 0.05
    part = aimed(begun(), picture(Look(person=moved), at=0.2), somebody(LEFT))
    assert holds(part, somebody(LEFT))
    assert holds(part, somebody(moved))
    assert area(part) < 0.5


def test_whoever_comes_meanwhile_is_looked_at_too() -> None:
    focus = begun(Look())
    part = aimed(focus, picture(Look(person=0.8), at=0.2), somebody(LEFT))
    assert holds(part, somebody(LEFT))
    assert holds(part, somebody(0.8))


def test_whoever_comes_first_is_looked_at_alone() -> None:
    part = aimed(begun(Look()), picture(Look(person=0.8), at=0.2))
    assert holds(part, somebody(0.8))
    assert area(part) < 0.75


@pytest.mark.parametrize("look", [Look(), Look(infrared=True, noise=6.0), Look(light=0.3, noise=3.0)], ids=str)
def test_noise_is_no_movement(look: Look) -> None:
    focus = begun(look)
    assert [focus.aim(picture(look, at=at), WINDOW, []) for at in (0.2, 0.4, 0.6, 0.8)] == [None] * 4


def test_somebody_who_hardly_shows_is_movement_while_nobody_is_known() -> None:
    before, faint = picture(Look(light=0.3, noise=0.5)), picture(Look(light=0.3, noise=0.5), at=0.2)
    luma = faint.luma.copy()
    luma[100:330, 100:170] += 3
    for known, seen in (((), True), ((somebody(0.8),), False)):
        focus = Focus()
        focus.aim(before, WINDOW, known)
        assert (focus.aim(replace(faint, luma=luma), WINDOW, known) is not None) is seen


def test_what_stands_still_is_looked_at_once_a_second() -> None:
    focus = begun()
    taken = [at for at in np.arange(0.2, 1.9, 0.2) if focus.aim(picture(THERE, at=at), WINDOW, [somebody(LEFT)])]
    assert taken == [pytest.approx(STILL_S)]


def test_where_nobody_was_found_and_nothing_moves_only_the_whole_window_is_looked_at_again() -> None:
    focus = begun()
    taken = {at: focus.aim(picture(THERE, at=at), WINDOW, []) for at in np.arange(0.2, 7.0, 0.2)}
    assert [(at, part) for at, part in taken.items() if part] == [(pytest.approx(WHOLE_S), WINDOW)]


def test_the_whole_window_is_looked_at_again_every_four_seconds() -> None:
    focus, parts = begun(), []
    for number in range(1, 41):
        x = LEFT + 0.02 * (number % 2)
        parts.append(focus.aim(picture(Look(person=x), at=number / 5), WINDOW, [somebody(x)]))
    assert [number / 5 for number, part in enumerate(parts, 1) if part == WINDOW] == [WHOLE_S, 2 * WHOLE_S]


def test_a_light_that_goes_on_is_movement_everywhere() -> None:
    part = aimed(begun(Look(light=0.5)), picture(Look(), at=0.2), somebody(LEFT))
    assert area(part) > 0.9


def test_another_window_is_looked_at_whole() -> None:
    other = (100, 20, 520, 260)
    assert aimed(begun(), picture(THERE, at=0.2), somebody(LEFT), window=other) == other


def test_a_clock_that_was_set_back_is_no_reason_to_wait() -> None:
    focus = begun()
    before = picture(THERE)
    assert focus.aim(replace(before, at=before.at - 3600), WINDOW, [somebody(LEFT)]) == WINDOW


@pytest.mark.parametrize("x", [0.0, LEFT, 0.47, 0.99])
def test_a_part_is_so_many_cells_wide_and_tall_and_inside_the_window(x: float) -> None:
    part = aimed(begun(), picture(Look(person=LEFT + 0.05), at=0.2), somebody(x))
    for length, cell in zip(size_of(part), (640 / COLUMNS, 360 / ROWS), strict=True):
        assert abs(length - cell * round(length / cell)) <= 1.5, "both borders are at whole pixels"
    assert 0 <= part[0] < part[2] <= 640
    assert 0 <= part[1] < part[3] <= 360
