"""What a site withdraws later than anybody asks: it is heard of all the same, and nobody is told that they wait."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from tests.commands import wait_until
from tests.pictureoffice import DAY, FIRST, SITE, WHOLE, Office
from vigilanza.cluster.picturepost import SECOND_LOOK_S
from vigilanza.store.database import writing
from vigilanza.store.schema_centre import picture_wishes
from vigilanza.store.secondlook import AGAIN_S, EVERY_S
from vigilanza.store.sitepictures import LOOK_AGAIN_S, SETTLED_S


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """It has a copy, and asks no more."""
    office = Office(engine, tmp_path)
    office.line.files = [FIRST]
    settled(office)
    assert office.there() == {FIRST}
    return office


def settled(office: Office) -> None:
    office.wishes.want(office.incident, by="anna")
    for _ in range(int(SETTLED_S / LOOK_AGAIN_S) + 2):
        office.fetch()
        office.clock.advance(LOOK_AGAIN_S)
    assert not office.wishes.due([SITE])


def test_what_a_site_withdraws_later_is_heard_of_within_hours_and_nothing_is_fetched(office: Office) -> None:
    office.line.files, office.line.withdrawn = [WHOLE], [FIRST]
    before, asked = office.wishes.standing(office.incident), office.line.asked
    office.clock.advance(EVERY_S - 2 * LOOK_AGAIN_S - 1.0)
    office.look_again()
    assert (office.line.asked, office.there()) == (asked, {FIRST}), "not before its time"
    office.clock.advance(2 * LOOK_AGAIN_S + 1.0)
    office.look_again()
    assert (office.line.asked, office.there()) == (asked + 1, set())
    standing = office.wishes.standing(office.incident)
    assert before is not None
    assert standing == replace(before, until=None), "nobody is told that something comes, or should"
    assert office.wishes.overdue() == {}
    office.clock.advance(EVERY_S)
    assert office.looks.due([SITE]) == {}, "there is no copy any more"


def test_a_site_that_is_away_is_asked_again_soon_and_does_not_count_as_away(office: Office) -> None:
    other = office.hear("two", SITE)
    first, office.incident = office.incident, other
    office.line.files = [FIRST, WHOLE]
    settled(office)
    office.line.withdrawn, office.line.is_away = [FIRST], True
    office.clock.advance(EVERY_S)
    office.look_again()
    assert office.looks.due([SITE]) == {}, "nor is it asked about the other incident"
    standing = office.wishes.standing(first)
    assert standing is not None
    assert (standing.away, standing.is_open, standing.why) == (False, False, None)
    office.line.is_away = False
    office.clock.advance(AGAIN_S)
    for _ in range(2):
        office.look_again()
    assert office.there() == {WHOLE}
    assert not office.media.for_incident(first)


def test_each_incident_has_its_turn_and_is_left_alone_until_the_next_one(office: Office) -> None:
    turns = [office.incident]
    for name in ("two", "three"):
        office.incident = office.hear(name, SITE)
        turns.append(office.incident)
        settled(office)
    office.clock.advance(EVERY_S)
    looked = []
    while due := office.looks.due([SITE]):
        looked.append(due[SITE].incident)
        office.look_again()
    assert looked == turns


def test_what_is_over_or_is_asked_for_anyway_needs_no_look(office: Office) -> None:
    office.clock.advance(EVERY_S)
    office.wishes.want(office.incident, by="bruna")
    assert office.looks.due([SITE]) == {}
    settled(office)
    office.clock.advance(DAY)
    assert office.looks.due([SITE]) == {}


def test_a_clock_that_was_ahead_puts_no_look_off_for_long(office: Office) -> None:
    office.clock.advance(EVERY_S)
    office.look_again()
    office.clock.advance(-EVERY_S)
    assert list(office.looks.due([SITE])) == [SITE]


def test_a_site_of_which_much_is_to_be_looked_at_holds_up_no_other(office: Office) -> None:
    for number in range(600):
        office.copy(f"many {number}", SITE)
    office.clock.advance(1.0)
    alone = office.copy("alone", "0424")
    office.clock.advance(EVERY_S)
    found = {site: wish.incident for site, wish in office.looks.due([SITE, "0424"]).items()}
    assert found == {SITE: office.incident, "0424": alone}


def test_a_site_of_which_much_is_wanted_holds_up_no_other(office: Office) -> None:
    for number in range(600):
        office.copy(f"many {number}", SITE)
    office.clock.advance(1.0)
    alone = office.copy("alone", "0424")
    with writing(office.engine) as connection:
        connection.execute(update(picture_wishes).values(open=True))
    found = office.wishes.due([SITE, "0424"])
    assert list(found) == [SITE, "0424"], "who waits longest first"
    assert found["0424"].incident == alone


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_post_looks_by_itself(office: Office) -> None:
    office.line.files, office.line.withdrawn = [], [FIRST]
    office.clock.advance(EVERY_S)
    with office.running():
        wait_until("the copy to go", lambda: office.there() == set(), timeout=30)
    assert office.clock.monotonic() >= SECOND_LOOK_S
