"""People at the sealed doors are looked for only where something moved, and told as facts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.drawn import FLOOR, NEIGHBOUR, SEALED, Look, facts, film, watched
from vigilanza.detect.movenet import MoveNet
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.person import PeopleWatch
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window
from vigilanza.domain.door import Door, Role
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact

AT_THE_DOOR = {Fact.PERSON_AT_DOOR, Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF}
BESIDE_IT = 0.79
QUIET = (2.0, Look())


class Counted:
    """Counts how often people are looked for."""

    def __init__(self, people: PersonDetector) -> None:
        self._people = people
        self.runs = 0

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        self.runs += 1
        return self._people.find(frame, window, whole_px)


def out_of_memory(picture: NDArray[np.int32]) -> NDArray[np.float32]:
    """Black can be looked at, nothing else."""
    if picture.any():
        raise RuntimeError("out of memory")
    return np.zeros((1, 6, 56), np.float32)


@pytest.mark.parametrize("infrared", [False, True], ids=["colour", "infrared"])
def test_somebody_at_the_sealed_door_is_told_with_their_place(movenet: PersonDetector, infrared: bool) -> None:
    there = Look(person=0.48, infrared=infrared)
    said = watched(PeopleWatch(people=movenet), film((2.0, Look(infrared=infrared)), (1.4, there)))[-1]
    kinds = {observation.kind: observation for observation in said}
    assert kinds[Fact.PERSON_AT_DOOR].where == SEALED.id
    xs, ys = zip(*kinds[Fact.PERSON].region, strict=True)
    assert min(xs) < 0.48 < max(xs)
    assert min(ys) < 0.4
    assert max(ys) > 0.8


def test_somebody_at_another_door_is_not_at_the_sealed_one(movenet: PersonDetector) -> None:
    said = watched(PeopleWatch(people=movenet), film(QUIET, (1.4, Look(person=BESIDE_IT))))
    assert not AT_THE_DOOR & facts(said)


def test_somebody_who_left_is_not_there_any_more(movenet: PersonDetector) -> None:
    said = watched(PeopleWatch(people=movenet), film(QUIET, (1.0, Look(person=0.48)), (6.0, Look())))
    assert Fact.PERSON in facts(said[10:15])
    assert facts(said[-10:]) == set()


def test_in_a_quiet_corridor_nobody_is_looked_for(movenet: PersonDetector) -> None:
    counted = Counted(movenet)
    assert facts(watched(PeopleWatch(people=counted), film((5.0, Look()), (5.0, Look())))) == set()
    assert counted.runs == 0


@pytest.mark.parametrize(("begins_at", "most"), [(0.4, 11), (0.75, 6)], ids=["at the leaf", "farther off"])
def test_more_pictures_do_not_mean_more_looks_but_work_at_the_leaf_does(
    movenet: PersonDetector, begins_at: float, most: int
) -> None:
    counted = Counted(movenet)
    walking = [(0.04, Look(person=begins_at + 0.002 * number)) for number in range(50)]
    watched(PeopleWatch(people=counted), film((1.0, Look()), *walking, fps=25.0))
    assert most - 1 <= counted.runs <= most


def test_while_nothing_moves_the_last_look_stands_for_a_second(movenet: PersonDetector) -> None:
    counted = Counted(movenet)
    said = watched(PeopleWatch(people=counted), film(QUIET, (4.0, Look(person=0.48))))
    assert 4 <= counted.runs <= 6
    assert all(Fact.PERSON_AT_DOOR in facts([one]) for one in said[11:])


def test_without_a_sealed_door_nobody_is_looked_for(movenet: PersonDetector) -> None:
    counted = Counted(movenet)
    said = watched(PeopleWatch(people=counted), film(QUIET, (1.0, Look(person=0.48))), doors=[NEIGHBOUR])
    assert facts(said) == set()
    assert counted.runs == 0


def test_a_network_that_fails_is_said() -> None:
    detector = PeopleWatch(people=MoveNet(infer=out_of_memory, size_px=(448, 256)))
    with pytest.raises(DetectorError, match="RuntimeError"):
        watched(detector, film(QUIET, (1.0, Look(person=0.48))))


def test_each_sealed_door_has_its_own_facts(movenet: PersonDetector) -> None:
    other = Door("B.03.13", Role.SEALED, NEIGHBOUR.leaf)
    near = Door(SEALED.id, Role.SEALED, SEALED.leaf, FLOOR)
    said = watched(PeopleWatch(people=movenet), film(QUIET, (1.4, Look(person=0.48))), doors=[near, other])
    assert {one.where for one in said[-1] if one.kind in AT_THE_DOOR} == {SEALED.id}
