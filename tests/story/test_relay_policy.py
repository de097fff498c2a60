"""What each destination wants to hear and when, and who is called if it does not hear. On both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel, pass_time
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.bridge.relay import Relay
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import DeliveryState, Destination
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.domain.quiethours import QuietHours
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.replies import Replies
from vigilanza.store.schema import audit
from vigilanza.store.schema_bridge import deliveries
from vigilanza.store.tasks import Tasks

ROME = ZoneInfo("Europe/Rome")
NIGHT = QuietHours(time(23), time(6))
DAY = 86_400.0
Record = Callable[..., None]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGAN + 100)


def relay(engine: Engine, clock: FakeClock, channel: ScriptedChannel, destination: Destination = VMS) -> Relay:
    outbox, lines = Outbox(engine), Lines(engine)
    return Relay(
        destination=destination,
        channel=channel,
        outbox=outbox,
        lines=lines,
        replies=Replies(engine),
        clock=clock,
        zone=ROME,
    )


def journal(engine: Engine, clock: FakeClock, *destinations: Destination) -> Journal:
    return Journal(engine=engine, destinations=destinations, clock=clock, site="0423", zone=ROME)


def calm(name: str, count: int) -> list[Event]:
    """Events of one incident of which none is an alarm."""
    [first] = break_in(name, count=1)
    return [replace(event, severity=Severity.ATTENTION) for event in _numbered(first, count)]


def _numbered(first: Event, count: int) -> list[Event]:
    return [
        replace(first, id=type(first.id)(int=first.id.int + number), sequence=number, at=first.at + number)
        for number in range(count)
    ]


def test_a_line_that_was_down_for_a_day_gets_everything_in_order_without_a_stampede(
    engine: Engine, clock: FakeClock
) -> None:
    book, channel = journal(engine, clock, VMS), ScriptedChannel(clock)
    carrier = relay(engine, clock, channel)
    channel.down = True
    names = [f"night-{number}" for number in range(6)]
    for name in names:
        book.record(break_in(name))
        pass_time(carrier, clock, 30)
    before, began = len(channel.calls), clock.now()
    while clock.now() < began + 3600:
        clock.advance(29.0)
        pass_time(carrier, clock, 1)
    # One attempt a minute, however much is owed.
    assert len(channel.calls) - before <= 3600 / 60
    while clock.now() < began + DAY:
        clock.advance(600.0)
        pass_time(carrier, clock, 1)
    assert len(Queries(engine).deliveries_open()) == 30
    channel.down = False
    pass_time(carrier, clock, 61)
    assert len(channel.accepted) == 30
    for name in names:
        got = [alert.sequence for alert in channel.accepted if alert.incident == incident_id(name)]
        assert got == [0, 1, 2, 3, 4]


def test_a_new_alarm_finds_out_by_itself_whether_the_line_is_back(engine: Engine, clock: FakeClock) -> None:
    book, channel = journal(engine, clock, VMS), ScriptedChannel(clock)
    carrier = relay(engine, clock, channel)
    channel.down = True
    book.record(break_in("a", count=1))
    pass_time(carrier, clock, 200)
    channel.down = False
    book.record(break_in("b", count=1))
    assert carrier.run_once()
    assert [alert.incident for alert in channel.accepted] == [incident_id("b")]
    assert carrier.run_once() is False
    pass_time(carrier, clock, 61)
    assert len(channel.accepted) == 2


@pytest.mark.parametrize("day", ["2026-03-29", "2026-06-10", "2026-10-25"])
def test_in_quiet_hours_only_what_cannot_wait_is_sent_also_when_the_clocks_change(
    engine: Engine, clock: FakeClock, day: str
) -> None:
    destination = replace(VMS, quiet=NIGHT)
    clock.time = datetime.fromisoformat(f"{day}T01:30").replace(tzinfo=ROME).timestamp()
    ends = datetime.fromisoformat(f"{day}T06:00").replace(tzinfo=ROME).timestamp()
    book, channel = journal(engine, clock, destination), ScriptedChannel(clock)
    carrier = relay(engine, clock, channel, destination)
    book.record(calm("calm", 2))
    book.record(break_in("alarm", count=2, began=clock.now()))
    pass_time(carrier, clock, 3)
    # The attention before the alarm goes with it, so that the alerts of one incident stay in order.
    assert [(alert.incident, alert.sequence) for alert in channel.accepted] == [
        (incident_id("alarm"), 0),
        (incident_id("alarm"), 1),
    ]
    clock.time = ends - 2
    pass_time(carrier, clock, 1)
    assert len(channel.accepted) == 2
    assert not any(view.escalated for view in Queries(engine).deliveries_open())
    assert Outbox(engine).standing(destination.id).overdue == 0
    clock.time = ends
    channel.after_accept = lambda: clock.advance(1.1)
    pass_time(carrier, clock, 3)
    assert channel.sequences == [0, 1, 0, 1]
    # What waited all night on purpose was not late.
    with engine.connect() as connection:
        assert connection.execute(select(func.count(deliveries.c.escalated_at))).scalar() == 0


def test_a_destination_that_takes_few_a_minute_gets_every_alarm_and_the_last_word_on_the_rest(
    engine: Engine, clock: FakeClock
) -> None:
    destination = replace(VMS, per_minute=2)
    book, channel = journal(engine, clock, destination), ScriptedChannel(clock)
    carrier = relay(engine, clock, channel, destination)
    for number in range(2):
        book.record(calm(f"first-{number}", 1))
    pass_time(carrier, clock, 1)
    book.record(calm("long", 6))
    book.record(break_in("alarm", count=4))
    pass_time(carrier, clock, 2)
    alarms = [alert.sequence for alert in channel.accepted if alert.incident == incident_id("alarm")]
    assert alarms == [1, 2, 3]
    states = [view.state for view in Queries(engine).deliveries_open() if view.incident == incident_id("long")]
    assert states == [DeliveryState.MERGED] * 5 + [DeliveryState.PENDING]
    pass_time(carrier, clock, 60)
    [last] = [alert for alert in channel.accepted if alert.incident == incident_id("long")]
    assert (last.sequence, last.earlier) == (5, ())
    assert Queries(engine).deliveries_open() == []


def test_what_is_not_taken_in_time_goes_another_way_and_then_somebody_telephones(
    engine: Engine, clock: FakeClock
) -> None:
    room, reserve = replace(ROOM, fallback="reserve"), Destination("reserve", ROOM.kind, standby=True)
    book = journal(engine, clock, room, reserve)
    first, second = ScriptedChannel(clock), ScriptedChannel(clock)
    carriers = [relay(engine, clock, first, room), relay(engine, clock, second, reserve)]
    first.down = second.down = True
    book.record(break_in("a", count=3))
    book.decide(Decision(incident_id("a"), "Ada", clock.now(), avs=3))
    pass_time(carriers, clock, 29)
    assert second.calls == []
    pass_time(carriers, clock, 5)
    assert len(second.calls) > 0
    assert Tasks(engine).open() == []
    pass_time(carriers, clock, 35)
    [task] = Tasks(engine).open()
    assert (task.destination, task.incident, task.why) == ("reserve", incident_id("a"), "cable cut")
    second.down = False
    pass_time(carriers, clock, 61)
    assert Tasks(engine).open() == []
    assert [alert.type for alert in second.accepted] == ["it.aler.vigilanza.incident.confirmed.v1"]
    # What happens later in the incident is told there too, and once, while the first way is still down.
    book.record(break_in("a")[3:])
    pass_time(carriers, clock, 120)
    assert second.sequences == [0, 1, 2]
    first.down = False
    pass_time(carriers, clock, 61)
    assert first.sequences == [0, 1, 2]


def test_nobody_is_telephoned_about_what_no_person_confirmed_nor_about_a_test(engine: Engine, clock: FakeClock) -> None:
    book = journal(engine, clock, VMS, ROOM)
    channels = [ScriptedChannel(clock), ScriptedChannel(clock)]
    channels[0].down = channels[1].down = True
    book.record(break_in("a", count=3))
    book.test(ROOM, incident=incident_id("test"), by="Ivo")
    pass_time([relay(engine, clock, channels[0]), relay(engine, clock, channels[1], ROOM)], clock, 60)
    assert all(view.escalated for view in Queries(engine).deliveries_open())
    assert Tasks(engine).open() == []


def test_a_person_who_telephoned_says_so_and_the_debt_stays(engine: Engine, clock: FakeClock) -> None:
    book, channel = journal(engine, clock, ROOM), ScriptedChannel(clock)
    carrier = relay(engine, clock, channel, ROOM)
    channel.down = True
    book.record(break_in("a", count=3))
    book.decide(Decision(incident_id("a"), "Ada", clock.now(), avs=3))
    pass_time(carrier, clock, 35)
    tasks = Tasks(engine)
    [task] = tasks.open()
    with pytest.raises(ValueError, match="with whom"):
        tasks.done(task.alert, by="Ada", note=" ", now=clock.now())
    tasks.done(task.alert, by="Ada", note="03:20 centrale, agente 12", now=clock.now())
    assert tasks.open() == []
    with engine.connect() as connection:
        record = connection.execute(select(audit).where(audit.c.action == "alert.telephoned")).one()
    assert (record.who, record.subject) == ("Ada", str(task.alert))
    channel.down = False
    pass_time(carrier, clock, 61)
    assert len(channel.accepted) == 1


def test_a_destination_hears_only_of_the_events_it_asked_for_and_of_their_end(engine: Engine, clock: FakeClock) -> None:
    destination = replace(VMS, events=frozenset({EventKind.ENTRY}))
    book, channel = journal(engine, clock, destination), ScriptedChannel(clock)
    book.record([*break_in("a"), *calm("b", 2)])
    pass_time(relay(engine, clock, channel, destination), clock, 2)
    assert [alert.data["kind"] for alert in channel.accepted] == ["entry", "closed"]


def test_a_marked_test_goes_the_whole_way_to_one_destination_only(engine: Engine, clock: FakeClock) -> None:
    book = journal(engine, clock, VMS, ROOM)
    alert = book.test(ROOM, incident=incident_id("test"), by="Ivo")
    first, second = ScriptedChannel(clock), ScriptedChannel(clock)
    pass_time([relay(engine, clock, first), relay(engine, clock, second, ROOM)], clock, 2)
    assert first.accepted == []
    [got] = second.accepted
    assert (got.id, got.type, got.data["status"]) == (alert.id, "it.aler.vigilanza.bridge.test.v1", "test")
    assert "asked_by" in got.data
    assert Queries(engine).deliveries_open() == []
