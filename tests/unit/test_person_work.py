"""Work is told of raised, stretched hands on the leaf, of somebody near enough to reach it who is turned to it."""

import pytest

from tests.acted import Actor, Posture, told
from vigilanza.domain.observation import Fact


def test_somebody_with_stretched_arms_at_the_door_works_on_it() -> None:
    assert {Fact.HAND_ON_LEAF, Fact.WORKS_ON_LEAF} <= told(Actor(lambda t: Posture()))


@pytest.mark.parametrize(
    ("posture", "facing"),
    [(Posture(folded=True), True), (Posture(off=0.95), True), (Posture(), False)],
    ids=["arms folded before the chest, as with a mop or a telephone", "too far off", "with the back to the door"],
)
def test_hands_that_only_seem_to_be_on_the_leaf_do_not_work(posture: Posture, facing: bool) -> None:
    said = told(Actor(lambda t: posture, facing=facing))
    assert {Fact.PERSON_AT_DOOR, Fact.HAND_ON_LEAF} <= said
    assert Fact.WORKS_ON_LEAF not in said
