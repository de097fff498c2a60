"""Whether somebody may look through a door now, picture by picture."""

import pytest

from vigilanza.domain.doorway import SHUT_S, Doorway, doorway_after
from vigilanza.domain.observation import Fact, Observation

NEW = Doorway("B.03.12")


def seen(known: Doorway, fact: Fact | None, at: float, *, where: str = "B.03.12") -> Doorway:
    return doorway_after(known, [] if fact is None else [Observation(fact, 1.0, where)], at)


@pytest.fixture
def shut() -> Doorway:
    return seen(NEW, Fact.LEAF_SEALED, 100.0)


def test_nobody_has_looked_yet_and_then_one_look_is_enough(shut: Doorway) -> None:
    assert NEW.hides(0.0)
    assert not shut.hides(0.0)


@pytest.mark.parametrize("fact", [None, Fact.LEAF_PARTLY_CHANGED, Fact.SEAL_GONE])
def test_a_door_that_is_not_known_or_lost_its_seal_is_not_open(fact: Fact | None) -> None:
    assert not seen(NEW, fact, 100.0).hides(100.0)


@pytest.mark.parametrize("fact", [Fact.LEAF_AJAR, Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN, Fact.CONTACT_OPEN])
def test_one_picture_is_enough_to_open_it(shut: Doorway, fact: Fact) -> None:
    assert seen(shut, fact, 101.0).hides(101.0)


def test_another_door_does_not_count(shut: Doorway) -> None:
    assert not seen(shut, Fact.LEAF_CHANGED, 101.0, where="B.03.13").hides(101.0)


def test_it_is_shut_when_it_was_seen_so_for_long_enough(shut: Doorway) -> None:
    now = seen(shut, Fact.LEAF_CHANGED, 101.0)
    for at in (102.0, 103.0, 102.0 + SHUT_S - 0.1):
        now = seen(now, Fact.LEAF_SEALED, at)
        assert now.hides(at)
    now = seen(now, Fact.LEAF_SEALED, 102.0 + SHUT_S)
    assert not now.hides(102.0)
    assert now.hides(101.9), "pictures of before may still be under way"


def test_whoever_stands_before_an_open_door_does_not_shut_it(shut: Doorway) -> None:
    now = seen(seen(shut, Fact.LEAF_CHANGED, 101.0), Fact.LEAF_SEALED, 102.0)
    now = seen(now, Fact.LEAF_HIDDEN, 103.0)
    now = seen(now, Fact.LEAF_SEALED, 102.0 + SHUT_S)
    assert now.hides(102.0 + SHUT_S)
    assert not seen(now, Fact.LEAF_SEALED, 102.0 + 2 * SHUT_S).hides(102.0 + 2 * SHUT_S)


def test_whoever_stands_before_a_shut_door_does_not_open_it(shut: Doorway) -> None:
    assert not seen(shut, Fact.LEAF_HIDDEN, 101.0).hides(101.0)
    assert seen(NEW, Fact.LEAF_HIDDEN, 101.0).hides(101.0), "but nobody knows what is behind the first one"


def test_without_signal_nobody_looks(shut: Doorway) -> None:
    lost = doorway_after(shut, [Observation(Fact.SIGNAL_LOST, 1.0)], 101.0)
    assert lost.hides(101.0)
    assert not seen(lost, Fact.LEAF_SEALED, 102.0).hides(102.0)


@pytest.mark.parametrize(
    "fact", [Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DARK, Fact.VIEW_FROZEN, Fact.VIEW_DEFOCUSED]
)
def test_a_view_that_does_not_show_the_door_is_no_look_at_it(shut: Doorway, fact: Fact) -> None:
    blind = [Observation(fact, 1.0)]
    assert doorway_after(NEW, blind, 100.0).hides(100.0)
    later = doorway_after(shut, blind, 101.0)
    assert later.hides(101.0), "it may be opened meanwhile"
    assert not seen(later, Fact.LEAF_SEALED, 102.0).hides(102.0)
