"""What happens at a door while a work order covers it, and at both ends of the order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.observed import AT_WORK, BEGAN, CALM, CAMERA, DOOR, OPENED, PRESENT, Scene, gap, pictures
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.incident import Incident, Policy, resumed
from vigilanza.domain.observation import Fact
from vigilanza.domain.workorder import WorkOrder, covering, step_under

FORCED_ENTRY = (Scene(5.0, CALM), Scene(12.0, AT_WORK), Scene(8.0, OPENED), Scene(2.0, (*OPENED, Fact.WENT_IN)))
LOUD = (Severity.ALARM, Severity.CRITICAL)


def order(begin: float, end: float, *, id: str = "WO-1", door: str = DOOR) -> WorkOrder:
    """Times in seconds of the film."""
    return WorkOrder(id, door, BEGAN + begin, BEGAN + end)


@dataclass
class Door:
    """One door and what was told about it so far."""

    now: Incident = field(default_factory=lambda: Incident(CAMERA, DOOR))
    under: str | None = None
    told: list[Event] = field(default_factory=list)

    def play(self, *film: Scene, orders: Sequence[WorkOrder] = (), fps: float = 5.0, began: float = 0.0) -> "Door":
        for at, observations in pictures(film, fps=fps, began=BEGAN + began):
            covers = covering(orders, DOOR, at)
            self.now, events, self.under = step_under(
                self.now, observations, at, Policy(), order=covers, under=self.under
            )
            self.told += events
        return self


def stories(events: Sequence[Event]) -> list[list[tuple[EventKind, Severity, str | None]]]:
    """Per incident, in the order of their beginning, what was told."""
    ids = list(dict.fromkeys(event.incident for event in events))
    return [[(one.kind, one.severity, one.order) for one in events if one.incident == incident] for incident in ids]


def test_while_an_order_runs_everything_is_told_as_info_and_names_it() -> None:
    usual = Door().play(*FORCED_ENTRY).told
    covered = Door().play(*FORCED_ENTRY, orders=[order(0.0, 60.0)]).told
    assert covered == [replace(event, severity=Severity.INFO, order="WO-1") for event in usual]
    assert {event.severity for event in usual} & set(LOUD)


def test_an_order_covers_its_own_door_from_its_start_until_before_its_end() -> None:
    visit = order(10.0, 20.0)
    assert [visit.covers(DOOR, BEGAN + at) for at in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]
    assert not visit.covers("B.03.13", BEGAN + 15.0)
    assert [visit.state(BEGAN + at) for at in (9.9, 10.0, 20.0)] == ["planned", "running", "past"]


def test_an_order_for_another_door_changes_nothing() -> None:
    assert Door().play(*FORCED_ENTRY, orders=[order(0.0, 60.0, door="B.03.13")]).told == Door().play(*FORCED_ENTRY).told


def test_of_several_orders_the_first_to_begin_is_named() -> None:
    early, late = order(0.0, 60.0, id="WO-2"), order(5.0, 60.0, id="WO-1")
    assert covering([late, early], DOOR, BEGAN + 10.0) is early


@pytest.mark.parametrize("facts", [OPENED, (*OPENED, Fact.PERSON_AT_DOOR)])
def test_a_door_still_open_when_the_order_ends_is_raised_at_once(facts: tuple[Fact, ...]) -> None:
    door = Door().play(Scene(5.0, CALM), Scene(60.0, facts), orders=[order(0.0, 40.0)])
    visit, after = stories(door.told)
    assert {(severity, named) for _, severity, named in visit} == {(Severity.INFO, "WO-1")}
    assert visit[-1][0] is EventKind.CLOSED
    assert (EventKind.DOOR_OPENED, Severity.ALARM, None) in after
    raised = next(event for event in door.told if event.order is None)
    assert BEGAN + 40.0 < raised.at <= BEGAN + 43.0
    assert door.now.phase is Phase.FORCED


def test_who_is_still_at_work_when_the_order_ends_is_raised_at_once() -> None:
    door = Door().play(Scene(5.0, CALM), Scene(60.0, AT_WORK), orders=[order(0.0, 40.0)])
    _, after = stories(door.told)
    assert (EventKind.TAMPERING, Severity.ALARM, None) in after
    assert next(event.at for event in door.told if event.severity in LOUD) <= BEGAN + 43.0


def test_a_door_sealed_again_before_the_order_ends_is_only_closed() -> None:
    door = Door().play(Scene(5.0, CALM), Scene(10.0, OPENED), Scene(60.0, CALM), orders=[order(0.0, 40.0)])
    [visit] = stories(door.told)
    assert visit[-1] == (EventKind.CLOSED, Severity.INFO, "WO-1")
    assert (door.told[-1].at, door.told[-1].phase) == (BEGAN + 40.0, Phase.CLOSED)
    assert not door.now.open


def test_a_visit_that_begins_before_its_order_is_ordinary_until_then() -> None:
    film = (Scene(5.0, CALM), Scene(8.0, AT_WORK), Scene(20.0, OPENED))
    door = Door().play(*film, orders=[order(12.0, 60.0)])
    [told] = stories(door.told)
    assert told[0] == (EventKind.TAMPERING, Severity.ATTENTION, None)
    assert told[1:] == [(EventKind.DOOR_OPENED, Severity.INFO, "WO-1")]


def test_an_order_granted_later_never_hides_an_alarm() -> None:
    film = (*FORCED_ENTRY, Scene(10.0, (*OPENED, Fact.PERSON_AT_DOOR)), Scene(3.0, (*OPENED, Fact.CAME_OUT)))
    alarmed = next(event.at for event in Door().play(*film).told if event.severity in LOUD) - BEGAN
    door = Door().play(*film, orders=[order(alarmed + 0.5, 600.0)])
    assert door.told == Door().play(*film).told
    assert door.told[-1].kind is EventKind.EXIT
    assert door.told[-1].at > BEGAN + alarmed + 0.5


def test_once_the_alarm_is_over_the_order_covers_what_comes_next() -> None:
    film = (Scene(5.0, CALM), Scene(5.0, OPENED), Scene(130.0, CALM), Scene(5.0, OPENED))
    first, second = stories(Door().play(*film, orders=[order(8.0, 600.0)]).told)
    assert {named for *_, named in first} == {None}
    assert second == [(EventKind.DOOR_OPENED, Severity.INFO, "WO-1")]


def test_an_extended_order_goes_on_without_a_break() -> None:
    door = Door().play(Scene(5.0, CALM), Scene(10.0, OPENED), orders=[order(0.0, 20.0)])
    door.play(Scene(60.0, OPENED), orders=[order(0.0, 200.0)], began=15.0)
    assert stories(door.told) == [[(EventKind.DOOR_OPENED, Severity.INFO, "WO-1")]]


def test_an_order_extended_too_late_does_not_take_the_alarm_back() -> None:
    door = Door().play(Scene(5.0, CALM), Scene(30.0, OPENED), orders=[order(0.0, 20.0)])
    door.play(Scene(60.0, (*OPENED, Fact.CAME_OUT)), orders=[order(0.0, 200.0)], began=35.0)
    _, after = stories(door.told)
    assert {named for *_, named in after} == {None}


def test_one_order_after_another_is_one_visit() -> None:
    orders = [order(0.0, 20.0, id="WO-1"), order(15.0, 60.0, id="WO-2")]
    door = Door().play(Scene(5.0, CALM), Scene(20.0, OPENED), Scene(5.0, (*OPENED, Fact.WENT_IN)), orders=orders)
    [told] = stories(door.told)
    assert told == [(EventKind.DOOR_OPENED, Severity.INFO, "WO-1"), (EventKind.ENTRY, Severity.INFO, "WO-2")]


def test_an_order_that_ended_while_no_pictures_came_is_over_when_they_come_again() -> None:
    film = (Scene(5.0, CALM), Scene(5.0, OPENED), gap(600.0), Scene(5.0, OPENED))
    visit, after = stories(Door().play(*film, orders=[order(0.0, 60.0)]).told)
    assert visit[-1] == (EventKind.CLOSED, Severity.INFO, "WO-1")
    assert after == [(EventKind.DOOR_OPENED, Severity.ALARM, None)]


def test_after_a_restart_the_incident_goes_on_under_its_order_and_ends_with_it() -> None:
    visit = order(0.0, 40.0)
    before = Door().play(Scene(5.0, CALM), Scene(5.0, OPENED), orders=[visit])
    after = Door(now=resumed(before.told), under=before.told[-1].order)
    after.play(Scene(5.0, (*OPENED, Fact.WENT_IN)), Scene(40.0, OPENED), orders=[visit], began=20.0)
    told = [*before.told, *after.told]
    assert [(one.kind, one.severity) for one in told if one.order == "WO-1"] == [
        (EventKind.DOOR_OPENED, Severity.INFO),
        (EventKind.ENTRY, Severity.INFO),
        (EventKind.CLOSED, Severity.INFO),
    ]
    assert [one.kind for one in told if one.order is None] == [EventKind.DOOR_OPENED]


def test_after_a_restart_what_an_order_made_info_is_not_told_again() -> None:
    visit = order(0.0, 60.0)
    before = Door().play(Scene(1.0, CALM), Scene(12.0, PRESENT), orders=[visit])
    after = Door(now=resumed(before.told), under=before.told[-1].order)
    after.play(Scene(12.0, PRESENT), orders=[visit], began=20.0)
    assert stories(before.told) == [[(EventKind.LOITERING, Severity.INFO, "WO-1")]]
    assert after.told == []


FACTS = st.sampled_from([CALM, PRESENT, AT_WORK, OPENED, (*OPENED, Fact.WENT_IN), (*OPENED, Fact.CAME_OUT), ()])
FILMS = st.lists(st.builds(Scene, st.sampled_from([1.0, 7.0, 15.0]), FACTS), max_size=8)


@given(film=FILMS, begin=st.sampled_from([0.0, 3.0, 11.0]), length=st.sampled_from([1.0, 9.0, 30.0]))
def test_no_order_makes_anything_louder_or_silent(film: list[Scene], begin: float, length: float) -> None:
    """An event is info if and only if an order or a closing makes it so; an unfinished level is raised all the same."""
    visit = order(begin, begin + length)
    usual = Door().play(*film, Scene(20.0, OPENED), fps=2.0)
    door = Door().play(*film, Scene(20.0, OPENED), orders=[visit], fps=2.0)
    for event in door.told:
        assert event.order in (None, "WO-1")
        if event.order is not None:
            assert event.severity is Severity.INFO
        elif event.kind is not EventKind.CLOSED:
            assert event.severity is not Severity.INFO
    ended = sum(scene.seconds for scene in film) + 20.0
    if begin + length < ended - 5.0:
        assert door.now.phase is usual.now.phase or {door.now.phase, usual.now.phase} == {Phase.FORCED, Phase.ENTERED}
        assert any(event.severity in LOUD and event.order is None for event in door.told)
    by_incident = [[event for event in door.told if event.incident == one] for one in {e.incident for e in door.told}]
    for story in by_incident:
        assert [event.sequence for event in story] == list(range(len(story)))
    assert len({event.id for event in door.told}) == len(door.told)
