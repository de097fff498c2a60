"""Crouching is told of somebody who came upright and has raised hands on the sealed leaf, as before a lock."""

from tests.acted import Actor, Posture, told
from vigilanza.domain.observation import Fact


def kneeling(t: float) -> Posture:
    return Posture(crouch=1.4 if t > 2.0 else 0.0)


def test_somebody_who_kneels_down_to_the_lock_crouches_at_work() -> None:
    assert {Fact.WORKS_ON_LEAF, Fact.CROUCHES_AT_LEAF} <= told(Actor(kneeling))


def test_somebody_who_stands_there_at_work_does_not() -> None:
    said = told(Actor(lambda t: Posture(stoop=0.3)))
    assert Fact.WORKS_ON_LEAF in said
    assert Fact.CROUCHES_AT_LEAF not in said


def test_somebody_who_crouches_with_the_back_to_the_door_does_not_work_at_it() -> None:
    assert Fact.CROUCHES_AT_LEAF not in told(Actor(kneeling, facing=False))


def test_somebody_who_looks_short_from_the_first_look_on_may_be_seen_from_above() -> None:
    assert Fact.CROUCHES_AT_LEAF not in told(Actor(lambda t: Posture(crouch=1.4)))
