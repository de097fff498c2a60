"""Where anything changed that light alone does not explain."""

import numpy as np
import pytest

from tests.drawn import LEAF, Look, film, in_picture, picture
from vigilanza.detect.gate import HEIGHT_PX, WIDTH_PX, Activity, Gate

SIZE_PX = (320, 180)
AROUND_THE_LEAF = in_picture((400, 100), (840, 100), (840, 710), (400, 710))
FAR_AWAY = in_picture((900, 100), (1270, 100), (1270, 590), (900, 590))


def seen(*looks: tuple[float, Look], gate: Gate | None = None) -> list[Activity]:
    gate = gate or Gate()
    return [gate.look(frame) for frame in film(*looks, size_px=SIZE_PX)]


@pytest.mark.parametrize("look", [Look(), Look(noise=3.0), Look(light=0.4), Look(infrared=True, noise=3.0)], ids=str)
def test_noise_is_no_activity(look: Look) -> None:
    for activity in seen((10.0, look)):
        assert activity.share(LEAF) < 0.004
        assert float(activity.changed.mean()) < 0.01
        assert not activity.light_jumped


@pytest.mark.parametrize("looks", [(Look(), Look(light=0.5)), (Look(light=0.5), Look())], ids=["off", "on"])
def test_switching_a_light_is_told_and_is_hardly_activity(looks: tuple[Look, Look]) -> None:
    activities = seen((5.0, looks[0]), (5.0, looks[1]))
    assert not any(activity.light_jumped for activity in activities[:25])
    assert any(activity.light_jumped for activity in activities[25:28])
    assert not any(activity.light_jumped for activity in activities[-10:])
    assert max(float(activity.changed.mean()) for activity in activities) < 0.1


def test_infrared_is_known_by_its_lack_of_colour_and_its_start_is_a_jump() -> None:
    activities = seen((3.0, Look()), (3.0, Look(infrared=True)))
    assert [activity.infrared for activity in activities] == [False] * 15 + [True] * 15
    assert activities[15].light_jumped


def test_somebody_who_moves_is_activity_where_they_are() -> None:
    gate = Gate()
    seen((5.0, Look()), gate=gate)
    for number in range(10):
        activity = gate.look(picture(Look(person=0.42 + 0.01 * number), at=5.0 + number / 5, size_px=SIZE_PX))
        assert activity.share(AROUND_THE_LEAF) > 0.05
        assert activity.share(FAR_AWAY) < 0.004


def test_an_opened_leaf_is_activity_until_it_is_usual() -> None:
    gate = Gate()
    activities = seen((5.0, Look()), (1.0, Look(opened=True)), gate=gate)
    assert activities[-1].share(LEAF) > 0.1
    for number in range(100):
        activity = gate.look(picture(Look(opened=True), at=6.0 + number, size_px=SIZE_PX))
    assert activity.share(LEAF) < 0.004


def test_the_first_picture_has_no_activity() -> None:
    assert not seen((0.2, Look()))[0].changed.any()


def test_in_pictures_that_come_sooner_the_last_answer_stands() -> None:
    gate = Gate()
    frames = film((4.0, Look()), (4.0, Look(light=0.5)), fps=25.0, size_px=SIZE_PX)
    activities = [gate.look(frame) for frame in frames]
    assert 40 <= len({id(activity) for activity in activities}) <= 60
    assert any(activity.light_jumped for activity in activities[100:105])


def test_share_is_the_changed_part_of_a_region() -> None:
    changed = np.zeros((HEIGHT_PX, WIDTH_PX), np.bool_)
    changed[:, : WIDTH_PX // 2] = True
    looked_at = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    activity = Activity(0.0, changed, 0.0, light_jumped=False, infrared=False, small=looked_at, coarse=looked_at)
    assert activity.share(((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0))) == 1.0
    assert activity.share(((0.6, 0.0), (1.0, 0.0), (1.0, 1.0), (0.6, 1.0))) == 0.0
    assert activity.share(((0.3, 0.2), (0.7, 0.2), (0.7, 0.8), (0.3, 0.8))) == pytest.approx(0.5, abs=0.02)
