"""What a technician reads about a camera's view and a door."""

import pytest

from vigilanza.detect.belief import Belief
from vigilanza.domain.attack import Attack
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.incident import Incident, Policy
from vigilanza.domain.meter import Meter
from vigilanza.domain.observation import Fact, Observation
from vigilanza.lab.explanation import explain_door, explain_view

AT = 1_795_000_000.0
DOOR = "B.03.12"


def ran(seconds: float, count: int = 1) -> Meter:
    return Meter(AT - seconds, AT, seconds, 0.9, count)


def believed(
    *seen: Observation, incident: Incident | None = None, attack: Attack | None = None, infrared: bool = False
) -> Belief:
    return Belief(AT, infrared, seen, attack or Attack("cam"), (incident or Incident("cam", DOOR, at=AT),))


def told(belief: Belief) -> list[str]:
    return explain_door(belief, belief.incidents[0], Policy())


@pytest.mark.parametrize(
    ("seen", "compares"), [(Fact.LEAF_SEALED, True), (Fact.LEAF_CHANGED, True), (Fact.LEAF_HIDDEN, False)]
)
def test_a_hidden_leaf_is_not_compared(seen: Fact, compares: bool) -> None:
    assert believed(Observation(seen, 0.9, DOOR)).compares(DOOR) is compares
    assert not believed(Observation(seen, 0.9, DOOR)).compares("another")
    assert not believed().compares(DOOR)


def test_the_view_says_light_state_and_how_near_an_attack_is() -> None:
    clear = believed(Observation(Fact.VIEW_CLEAR, 0.97), Observation(Fact.PERSON, 0.5), Observation(Fact.PERSON, 0.4))
    assert explain_view(clear) == "colour; view clear 0.97; 2 people in the picture"
    near = Attack("cam", at=AT, meters=((Fact.VIEW_COVERED, ran(0.6)),))
    covered = believed(Observation(Fact.VIEW_COVERED, 0.9), attack=near, infrared=True)
    assert explain_view(covered).startswith(
        "infrared; view covered 0.90; nobody in the picture; camera_covered alarm: 0.6 of"
    )


def test_an_attack_that_was_raised_lacks_nothing() -> None:
    raised = Attack("cam", at=AT, raised=frozenset({EventKind.CAMERA_COVERED}), meters=((Fact.VIEW_COVERED, ran(9.0)),))
    assert "of" not in explain_view(believed(attack=raised)).split()


def test_a_door_says_phase_leaf_people_deeds_and_what_is_lacking() -> None:
    meters = (
        *((Fact.PERSON_AT_DOOR, ran(7.0, 2)), (Fact.HAND_ON_LEAF, ran(6.5))),
        *((Fact.WORKS_ON_LEAF, ran(6.2)), (Fact.CROUCHES_AT_LEAF, ran(1.2))),
    )
    raised = frozenset({(EventKind.TAMPERING, Severity.ATTENTION)})
    incident = Incident("cam", DOOR, phase=Phase.SUSPECTED, at=AT, meters=meters, raised=raised)
    people = [Observation(Fact.PERSON_AT_DOOR, 0.5, DOOR)] * 2
    assert told(believed(*people, Observation(Fact.LEAF_SEALED, 0.96, DOOR), incident=incident)) == [
        "phase suspected; leaf sealed, 0.04 unlike; 2 people; hands 6.5 s, works 6.2 s, crouches 1.2 s",
        "seal_changed attention: leaf partly changed 0.0 of 6.0 s and hands seen",
        "tampering alarm: straining not seen, or leaf shaken not seen and stays seen, or crouches 1.2 of 5.0 s,"
        " or works 6.2 of 10.0 s",
    ]


def test_a_leaf_that_was_shaken_says_how_often() -> None:
    incident = Incident("cam", DOOR, phase=Phase.SUSPECTED, at=AT, meters=((Fact.LEAF_SHAKEN, ran(1.4, 4)),))
    first, *_ = told(believed(Observation(Fact.LEAF_SEALED, 0.96, DOOR), incident=incident))
    assert first == "phase suspected; leaf sealed, 0.04 unlike; nobody; leaf shaken 1.4 s (4 times)"


def test_a_leaf_that_does_not_differ_enough_says_by_how_much() -> None:
    door, reason = told(believed(Observation(Fact.LEAF_PARTLY_CHANGED, 0.18, DOOR)))
    assert door == "phase quiet; leaf partly changed, 0.18 unlike; nobody"
    assert reason.startswith("door_opened alarm: leaf changed 0.0 of 1.0 s (leaf share 0.18 of 0.22 to 0.35), or ")
    assert " and went in not seen, or " in reason
    assert reason.endswith(" and came out not seen")


def test_hidden_or_unknown_leaves_and_quiet_doors_are_told_as_such() -> None:
    assert told(believed(Observation(Fact.LEAF_HIDDEN, 1.0, DOOR)))[0] == "phase quiet; leaf hidden; nobody"
    assert told(believed()) == ["phase quiet; leaf unknown; nobody", "nothing seen that could rise"]
