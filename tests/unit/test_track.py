"""People are followed from look to look, each by one track, and forgotten when they are gone."""

import numpy as np

from vigilanza.detect.pose import Pose
from vigilanza.detect.track import GONE_S, PATH_SIGHTINGS, Track, Tracks

SIZE_PX = (640, 360)


def standing(x: float) -> Pose:
    joints = np.zeros((17, 3), np.float32)
    joints[5:7, :2] = [(x - 0.02, 0.4), (x + 0.02, 0.4)]
    return Pose(0.5, joints, (x - 0.05, 0.3, x + 0.05, 0.9))


def look(tracks: Tracks, at: float, *xs: float) -> list[Track]:
    return tracks.follow([standing(x) for x in xs], at=at, size_px=SIZE_PX)


def test_two_people_side_by_side_keep_their_own_tracks_whatever_the_order() -> None:
    tracks = Tracks()
    near, far = look(tracks, 0.0, 0.40, 0.52)
    assert look(tracks, 0.2, 0.53, 0.41) == [far, near]
    assert [round(float(seen.shoulders[0])) for seen in near.path] == [256, 262]


def test_a_second_pose_of_somebody_is_not_taken_for_a_jump() -> None:
    tracks = Tracks()
    (one,) = look(tracks, 0.0, 0.40)
    seen = look(tracks, 0.2, 0.45, 0.40)
    assert seen[1] is one
    assert seen[0] is not one


def test_somebody_missed_for_a_moment_is_the_same_and_gone_later() -> None:
    tracks = Tracks()
    (one,) = look(tracks, 0.0, 0.40)
    assert tracks.dismiss(0.9) == []
    assert look(tracks, 0.9, 0.42) == [one]
    assert tracks.dismiss(0.9 + GONE_S + 0.1) == [one]
    assert look(tracks, 2.2, 0.42) != [one]


def test_somebody_far_away_is_somebody_else() -> None:
    tracks = Tracks()
    (one,) = look(tracks, 0.0, 0.1)
    assert look(tracks, 0.2, 0.9) != [one]


def test_a_long_visit_is_remembered_only_in_part() -> None:
    tracks = Tracks()
    for number in range(3 * PATH_SIGHTINGS):
        (one,) = look(tracks, number / 5, 0.5)
    assert len(one.path) == PATH_SIGHTINGS
    assert one.sightings == 3 * PATH_SIGHTINGS
