"""A leaf is spared the looks that can say nothing new, and no others."""

from collections.abc import Sequence

from tests.drawn import LEAF, Look, facts, film, picture, watched
from vigilanza.detect.door import DoorDetector
from vigilanza.detect.gate import Gate
from vigilanza.detect.tamper import ViewDetector
from vigilanza.detect.unrest import HOLD_S, Unrest
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

SIZE_PX = (320, 180)
LEARNED = (12.0, Look())


def unrest(looks: Sequence[Look], *, looked_at_each: bool) -> list[bool]:
    """Whether it stirs or did lately in each of these pictures, 0.2 s apart, after five seconds of rest."""
    gate, leaf = Gate(), Unrest(LEAF)
    said = []
    for number, look in enumerate([*[Look()] * 25, *looks]):
        frame = picture(look, at=number / 5, size_px=SIZE_PX)
        activity = gate.look(frame)
        said.append(leaf.stirs(activity, frame.at) or leaf.lasts(frame.at))
        if looked_at_each or number < 25:
            leaf.look(activity)
    return said[25:]


def test_a_still_leaf_has_none() -> None:
    assert not any(unrest([Look()] * 20, looked_at_each=True))


def test_it_begins_with_the_first_movement_and_outlasts_the_last() -> None:
    walks = [Look(person=0.40 + 0.02 * number) for number in range(6)]
    lasts = unrest([*walks, *[Look(person=0.50)] * 10], looked_at_each=True)
    still_after = 6 + round(HOLD_S * 5)
    assert all(lasts[:6])
    assert not any(lasts[still_after:])


def test_what_creeps_is_seen_against_the_last_look() -> None:
    creeps = [Look(light=1.0 - 0.01 * number) for number in range(12)]
    assert not any(unrest(creeps[:2], looked_at_each=False))
    assert any(unrest(creeps, looked_at_each=False))


def looks(said: Sequence[Sequence[Observation]]) -> int:
    """How often something new was said: an answer that stands is the same object."""
    return len({id(observation) for observations in said for observation in observations})


def pacing(seconds: float, *, began: float) -> list[Frame]:
    """Somebody who walks to and fro before the leaf."""
    times = [number / 5 for number in range(round(seconds * 5))]
    return [picture(Look(person=0.44 + 0.01 * (round(at * 5) % 8)), at=began + at, size_px=SIZE_PX) for at in times]


def test_a_still_leaf_is_looked_at_about_once_a_second_and_one_with_somebody_before_it_in_every_picture() -> None:
    gate, detector = Gate(), DoorDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX), gate=gate)
    quiet = watched(detector, film((10.0, Look()), began=12.0, size_px=SIZE_PX), gate=gate)
    busy = watched(detector, pacing(10.0, began=22.0), gate=gate)
    assert 9 <= looks(quiet) <= 12
    assert looks(busy) == len(busy)


def test_a_leaf_that_comes_to_rest_is_looked_at_once_more_soon_and_not_in_every_picture() -> None:
    gate, detector = Gate(), DoorDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX), gate=gate)
    watched(detector, pacing(4.0, began=12.0), gate=gate)
    gone = watched(detector, film((0.6, Look()), began=16.0, size_px=SIZE_PX), gate=gate)
    assert 1 < looks(gone) <= len(gone)
    assert looks(watched(detector, film((0.6, Look()), began=16.6, size_px=SIZE_PX), gate=gate)) < len(gone)


def test_a_still_view_is_looked_at_less_than_once_a_second_and_a_cover_is_seen_at_once() -> None:
    gate, detector = Gate(), ViewDetector()
    watched(detector, film(LEARNED, size_px=SIZE_PX), gate=gate)
    quiet = watched(detector, film((10.0, Look()), began=12.0, size_px=SIZE_PX), gate=gate)
    covered = watched(detector, film((1.0, Look(covered=True)), began=22.0, size_px=SIZE_PX), gate=gate)
    assert 6 <= looks(quiet) <= 8
    assert [Fact.VIEW_COVERED in facts([said]) for said in covered][-2:] == [True, True]
