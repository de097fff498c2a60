"""What every detector promises, whatever it looks at."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.drawn import BOTTOM, FLOOR, LEAF, LEFT, NEIGHBOUR, SEALED, TOP, Look, facts, film, in_picture, watched
from vigilanza.app.registry import DETECTORS, DetectorNeeds
from vigilanza.detect.detector import Detector
from vigilanza.detect.people import PersonDetector
from vigilanza.domain.door import Door, Role
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

STORY = (
    *((2.0, Look()), (0.6, Look(person=0.36)), (0.6, Look(person=0.42)), (0.8, Look(person=0.48))),
    *((1.0, Look(opened=True)), (0.6, Look(light=0.5)), (0.6, Look(light=0.02)), (0.6, Look(covered=True))),
)
VIEW_FACTS = {fact for fact in Fact if fact.value.startswith("view_")}
SOMEBODY = Observation(Fact.PERSON, 0.7, region=in_picture((LEFT, TOP), (LEFT + 120, TOP), (LEFT, BOTTOM)))
CLIPPED = Door("clipped", Role.SEALED, ((0.0, 0.2), (0.0, 0.9), (0.08, 1.0), (0.15, 1.0), (0.17, 0.3)), ())
TRIANGLE = Door("triangle", Role.SEALED, LEAF[:3], FLOOR)

Make = Callable[[], Detector]


@pytest.fixture(params=DETECTORS)
def make(request: pytest.FixtureRequest, movenet: PersonDetector, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes the detector anew, with a folder of its own."""

    def one() -> Detector:
        state: Path = tmp_path_factory.mktemp("state")
        return DETECTORS[request.param](DetectorNeeds(people=movenet, state=state))

    return one


def check(said: Sequence[Sequence[Observation]], doors: Sequence[Door]) -> None:
    """Every observation is well formed."""
    sealed = {door.id for door in doors if door.role is Role.SEALED}
    for observation in (one for observations in said for one in observations):
        assert isinstance(observation.kind, Fact)
        assert 0.0 <= observation.confidence <= 1.0
        assert (observation.where is None) == (observation.kind in VIEW_FACTS | {Fact.PERSON, Fact.SIGNAL_LOST})
        assert observation.where is None or observation.where in sealed
        corners = 1 if observation.kind is Fact.HAND_ON_LEAF else 3
        assert not observation.region or len(observation.region) >= corners
        assert bool(observation.region) or observation.kind is not Fact.PERSON


def look(make: Make, frames: Sequence[Frame], doors: Sequence[Door] = (SEALED, NEIGHBOUR)) -> list[list[Observation]]:
    said = watched(make(), frames, doors=doors)
    check(said, doors)
    return said


@pytest.mark.parametrize("size_px", [(320, 180), (640, 360), (704, 576), (1280, 720)], ids=str)
def test_any_usual_size_will_do_and_pictures_are_not_written_to(make: Make, size_px: tuple[int, int]) -> None:
    frames = film(*STORY, fps=2.5, size_px=size_px)
    before = [frame.luma.copy() for frame in frames]
    look(make, frames)
    assert all((frame.luma == copy).all() for frame, copy in zip(frames, before, strict=True))


def test_the_same_pictures_give_the_same_observations(make: Make) -> None:
    frames = film(*STORY, fps=2.5)
    assert look(make, frames) == look(make, frames)


def test_a_picture_without_colour_will_do(make: Make) -> None:
    grey = Look(infrared=True)
    look(make, film((2.0, grey), (0.8, Look(infrared=True, person=0.45)), (0.6, Look()), (0.6, grey)))


@pytest.mark.parametrize("doors", [[CLIPPED], [TRIANGLE], [SEALED, CLIPPED, NEIGHBOUR]], ids=len)
def test_any_outline_of_a_door_will_do(make: Make, doors: list[Door]) -> None:
    look(make, film(*STORY[:5], fps=2.5), doors)


@pytest.mark.parametrize("doors", [[], [NEIGHBOUR]], ids=["none", "not sealed"])
def test_without_a_sealed_door_nothing_is_said_of_doors(make: Make, doors: list[Door]) -> None:
    assert facts(look(make, film(*STORY[:4]), doors)) <= VIEW_FACTS | {Fact.PERSON}


@pytest.mark.parametrize("began", [160.0, 1e7, 40.0])
def test_a_gap_or_a_clock_set_back_will_do(make: Make, began: float) -> None:
    look(make, [*film((3.0, Look()), began=100.0), *film((1.6, Look(person=0.45)), (1.0, Look()), began=began)])


def test_pictures_may_change_their_size(make: Make) -> None:
    look(make, [*film((2.0, Look())), *film((2.0, Look(person=0.45)), began=2.0, size_px=(1280, 720))])


def test_what_others_saw_may_hide_the_door_or_the_view(make: Make) -> None:
    frames = film((3.0, Look()))
    for seen in ([SOMEBODY], [Observation(Fact.VIEW_COVERED, 1.0)], [SOMEBODY] * 6):
        check(watched(make(), frames, seen=seen), [SEALED])


def test_nothing_is_said_of_a_quiet_corridor_but_that_all_is_well(make: Make) -> None:
    assert facts(look(make, film((15.0, Look()), size_px=(320, 180)))) <= {Fact.VIEW_CLEAR, Fact.LEAF_SEALED}
