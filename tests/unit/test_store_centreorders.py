"""Work orders from the centre to a site, on both databases: each change counts once there, and nothing older then."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.centre_orders import DOOR, DOORS, HOUR, SITE, Pair
from tests.fakes import FakeClock
from vigilanza.domain.errors import DispatchRefused, InstructionRefused, WorkOrderRefused
from vigilanza.domain.instruction import Answer, Instruction, Outcome
from vigilanza.domain.workorder import Passage
from vigilanza.store.centreorders import CentreOrders
from vigilanza.store.database import open_database
from vigilanza.store.siteorders import TOO_LATE, Owed, SiteOrders
from vigilanza.store.workorders import WorkOrders


@pytest.fixture
def pair(engine: Engine, tmp_path: Path) -> Iterator[Pair]:
    """The database under test is the site's and, in its own file or beside it, the centre's."""
    clock, there, centre = FakeClock(), FakeClock(), open_database(f"sqlite:///{tmp_path}/centre.db")
    inbox = CentreOrders(engine=engine, centre="centrale", doors=DOORS, clock=there)
    known, granted = WorkOrders(engine=engine, clock=there), WorkOrders(engine=centre, clock=clock)
    yield Pair(granted, SiteOrders(engine=centre, clock=clock), clock, known, inbox, engine, there)
    centre.dispose()


def test_an_order_counts_at_the_site_under_the_names_of_the_centre(pair: Pair) -> None:
    order = pair.grant()
    assert (order.id, order.passage) == ("CO-0001", Passage(SITE, known=False))
    assert pair.tell() == [Outcome.TAKEN]
    [here] = pair.known.running(pair.there.now())
    assert here == replace(order, door=DOOR, granted_by="centrale/anna", centre="centrale", passage=None)
    assert here.covers(DOOR, pair.there.now())
    assert pair.granted.of(order.id).passage == Passage(SITE, known=True)
    assert pair.owed.owed() == {}
    assert pair.audited() == [("centrale/anna", "work_order.added")]


def test_it_is_extended_and_ended_from_the_centre_alone(pair: Pair) -> None:
    order = pair.grant()
    pair.tell()
    with pytest.raises(WorkOrderRefused, match="centrale granted it"):
        pair.known.end(order.id, by="bruno")
    with pytest.raises(WorkOrderRefused, match="centrale granted it"):
        pair.known.extend(order.id, until=order.ends_at + HOUR, by="bruno")
    pair.advance(60.0)
    pair.granted.extend(order.id, until=order.ends_at + HOUR, by="carla")
    assert pair.tell() == [Outcome.TAKEN]
    assert pair.known.of(order.id).ends_at == order.ends_at + HOUR
    pair.advance(60.0)
    pair.granted.end(order.id, by="dora")
    assert [one.id for one in pair.granted.unconfirmed(pair.clock.now())] == [order.id]
    pair.advance(60.0)
    assert pair.tell() == [Outcome.TAKEN]
    assert pair.granted.unconfirmed(pair.clock.now()) == []
    assert pair.known.of(order.id).ends_at == pair.there.now(), "until then it did cover its door there"
    assert [(one.by, one.what) for one in pair.known.history(order.id)] == [
        ("centrale/anna", "added"),
        ("centrale/carla", "extended"),
        ("centrale/dora", "ended"),
    ]


def test_what_comes_again_changes_nothing_and_what_is_older_is_refused(pair: Pair) -> None:
    order = pair.grant()
    [added] = pair.told()
    pair.tell()
    pair.granted.end(order.id, by="anna")
    [ended] = pair.told()
    pair.tell()
    before = pair.audited()
    assert pair.inbox.take(ended) == Answer(SITE, order.id, 2, Outcome.TAKEN)
    with pytest.raises(InstructionRefused, match="change 2 of work order CO-0001 is known here already"):
        pair.inbox.take(added)
    assert pair.known.running(pair.there.now()) == []
    assert pair.audited() == before


def test_an_order_whose_end_was_heard_of_first_never_begins(pair: Pair) -> None:
    order = pair.grant()
    [added] = pair.told()
    pair.advance(60.0)
    pair.granted.end(order.id, by="anna")
    assert pair.tell() == [Outcome.LATE]
    with pytest.raises(InstructionRefused, match="known here already"):
        pair.inbox.take(added)
    assert pair.known.past(pair.there.now()) == []
    assert pair.audited() == [("centrale/anna", "work_order.late")]
    assert pair.granted.of(order.id).passage == Passage(SITE, known=True)
    now = pair.there.now()
    with pytest.raises(WorkOrderRefused, match="there is already a work order CO-0001"):
        pair.known.add(
            door=DOOR, starts_at=now, ends_at=now + 9, who="x", reason="y", granted_by="z", order_id=order.id
        )


def test_a_site_that_was_away_over_its_end_does_nothing(pair: Pair) -> None:
    order = pair.grant()
    pair.advance(2 * HOUR)
    assert pair.tell() == [Outcome.LATE]
    assert pair.known.past(pair.there.now()) == []
    assert pair.granted.of(order.id).passage == Passage(SITE, known=True)


def test_after_an_outage_the_latest_is_all_that_is_told(pair: Pair) -> None:
    order = pair.grant()
    for hours in (2, 3):
        pair.granted.extend(order.id, until=order.starts_at + hours * HOUR, by="anna")
    pair.advance(2.5 * HOUR)
    assert pair.tell() == [Outcome.TAKEN]
    [here] = pair.known.running(pair.there.now())
    assert here.ends_at == order.starts_at + 3 * HOUR
    assert [one.what for one in pair.known.history(order.id)] == ["added"]


def test_an_extension_that_comes_after_the_end_lets_it_run_again(pair: Pair) -> None:
    order = pair.grant()
    pair.tell()
    pair.granted.extend(order.id, until=order.ends_at + HOUR, by="anna")
    pair.advance(1.5 * HOUR)
    assert pair.tell() == [Outcome.TAKEN]
    assert [one.id for one in pair.known.running(pair.there.now())] == [order.id]


def test_a_site_whose_clock_is_ahead_is_told_of(pair: Pair) -> None:
    order = pair.grant()
    pair.there.advance(3 * HOUR)
    assert pair.tell() == [Outcome.LATE]
    assert pair.granted.of(order.id).passage == Passage(SITE, known=False, why=TOO_LATE)
    pair.there.advance(-3 * HOUR)
    pair.granted.extend(order.id, until=order.ends_at + HOUR, by="anna")
    assert pair.tell() == [Outcome.TAKEN]


def test_an_extension_that_came_too_late_stays_so_however_often_it_is_told(pair: Pair) -> None:
    order = pair.grant()
    pair.tell()
    pair.there.advance(3 * HOUR)
    pair.granted.extend(order.id, until=order.ends_at + HOUR, by="anna")
    assert [pair.tell(), pair.tell()] == [[Outcome.LATE], [Outcome.LATE]]
    assert pair.granted.of(order.id).passage == Passage(SITE, known=False, why=TOO_LATE)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"door": f"{SITE}/attic"}, "door: there is no door 'attic'; sealed are B.03.12"),
        ({"door": f"{SITE}/B.03.13"}, "door: B.03.13 is not a sealed door"),
    ],
    ids=str,
)
def test_what_the_site_does_not_take_is_shown_at_the_centre(pair: Pair, changes: dict[str, Any], why: str) -> None:
    order = pair.grant(**changes)
    [told] = pair.told()
    with pytest.raises(InstructionRefused) as refused:
        pair.inbox.take(told)
    answer = Answer(SITE, order.id, 1, Outcome.REFUSED, str(refused.value))
    for _ in range(2):
        pair.owed.take(answer)
    passage = pair.granted.of(order.id).passage
    assert passage is not None
    assert (passage.known, passage.why) == (False, str(refused.value))
    assert why in str(refused.value)
    assert pair.owed.owed() == {SITE: Owed(1, order.granted_at, 1)}
    assert pair.audited() == []


BENT: dict[str, Callable[[Instruction], Instruction]] = {
    "another door": lambda told: replace(told, order=replace(told.order, door="B.03.13")),
    "another start": lambda told: replace(told, order=replace(told.order, starts_at=told.order.starts_at - 1)),
    "too long": lambda told: replace(told, order=replace(told.order, ends_at=told.order.ends_at + 1000 * HOUR)),
    "nobody": lambda told: replace(told, by=""),
}


@pytest.mark.parametrize("how", BENT)
def test_a_centre_that_says_what_cannot_be_changes_nothing(pair: Pair, how: str) -> None:
    order = pair.grant()
    pair.tell()
    pair.granted.extend(order.id, until=order.ends_at + HOUR, by="anna")
    [told] = pair.told()
    with pytest.raises(InstructionRefused):
        pair.inbox.take(BENT[how](told))
    assert pair.known.of(order.id).ends_at == order.ends_at
    assert pair.tell() == [Outcome.TAKEN]


def test_an_order_of_the_sites_own_is_not_the_centres(pair: Pair) -> None:
    now = pair.there.now()
    own = pair.known.add(
        door=DOOR, starts_at=now, ends_at=now + 60, who="x", reason="y", granted_by="z", order_id="CO-0001"
    )
    pair.grant()
    with pytest.raises(InstructionRefused, match="a work order CO-0001 here already that is not yours"):
        pair.inbox.take(pair.told()[0])
    assert pair.known.of("CO-0001") == own


def test_another_centre_changes_nothing_of_the_first(pair: Pair) -> None:
    pair.grant()
    [told] = pair.told()
    pair.tell()
    second = CentreOrders(engine=pair.engine, centre="region", doors=DOORS, clock=pair.there)
    with pytest.raises(InstructionRefused, match="not yours"):
        second.take(replace(told, revision=2))


def test_a_centre_that_was_put_back_to_an_older_database_is_told(pair: Pair) -> None:
    order = pair.grant()
    [told] = pair.told()
    pair.tell()
    other = replace(told, order=replace(told.order, ends_at=told.order.ends_at + 60.0))
    with pytest.raises(InstructionRefused, match="put back to an older one"):
        pair.inbox.take(other)
    with pytest.raises(DispatchRefused, match="put back to an older one"):
        pair.owed.take(Answer(SITE, order.id, 7, Outcome.TAKEN))
    with pytest.raises(DispatchRefused, match="of which it was not told"):
        pair.owed.take(Answer("0424", order.id, 1, Outcome.TAKEN))


def test_an_answer_about_what_was_changed_meanwhile_confirms_no_more_than_it_says(pair: Pair) -> None:
    order = pair.grant()
    [told] = pair.told()
    answer = pair.inbox.take(told)
    pair.granted.end(order.id, by="anna")
    pair.owed.take(answer)
    assert [one.revision for one in pair.told()] == [2]
    assert pair.owed.owed()[SITE].count == 1


def test_orders_at_doors_of_this_place_are_told_to_nobody(pair: Pair) -> None:
    pair.grant(door=DOOR)
    assert pair.told() == []
