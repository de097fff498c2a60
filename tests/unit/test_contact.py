"""Contacts at the doors, between a camera that tells and pictures that ask."""

import pytest

from vigilanza.detect.contact import Contacts
from vigilanza.domain.door import Contact, Door, Role
from vigilanza.domain.observation import Fact, Observation

LEAF = ((0.4, 0.2), (0.6, 0.2), (0.6, 0.7))
OPEN = [Observation(Fact.CONTACT_OPEN, 1.0, "B.03.12")]


def contacts(*, open_when: bool = True, role: Role = Role.SEALED) -> Contacts:
    doors = [Door("B.03.12", role, LEAF, contact=Contact("DI1", open_when)), Door("B.03.13", Role.SEALED, LEAF)]
    return Contacts(doors)


@pytest.mark.parametrize("source", ["di1", "DI1", "vs0/di1"])
def test_an_input_is_known_by_its_name_and_stands_until_told_otherwise(source: str) -> None:
    one = contacts()
    assert one.observations() == []
    one.hear(source, True)
    assert [one.observations(), one.observations()] == [OPEN, OPEN]
    one.hear(source, False)
    assert one.observations() == []


@pytest.mark.parametrize("source", ["di10", "di", "vs0/di11", ""])
def test_another_input_says_nothing(source: str) -> None:
    one = contacts()
    one.hear(source, True)
    assert one.observations() == []
    assert one.untold == ("B.03.12",)


def test_an_input_may_be_off_while_the_door_is_open() -> None:
    one = contacts(open_when=False)
    one.hear("di1", True)
    assert (one.observations(), one.untold) == ([], ())
    one.hear("di1", False)
    assert one.observations() == OPEN


def test_one_that_opened_and_closed_between_two_pictures_is_seen_once() -> None:
    one = contacts()
    one.hear("di1", True)
    one.hear("di1", False)
    assert [one.observations(), one.observations()] == [OPEN, []]


def test_only_sealed_doors_have_one() -> None:
    one = contacts(role=Role.NEIGHBOUR)
    one.hear("di1", True)
    assert (one.observations(), one.untold) == ([], ())
