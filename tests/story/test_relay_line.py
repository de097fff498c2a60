"""What is known of a line: probes, and what went over it in every attempt. On both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel, pass_time
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.bridge.lookout import WHYS_MAX
from vigilanza.bridge.relay import Relay
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Destination
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies
from vigilanza.store.schema_bridge import exchanges, line_changes
from vigilanza.store.tasks import Tasks

HOURS = 3600.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGAN + 100)


def relay(engine: Engine, clock: FakeClock, channel: ScriptedChannel, destination: Destination = VMS) -> Relay:
    return Relay(
        destination=destination,
        channel=channel,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
    )


def test_an_idle_line_is_probed_and_a_missed_probe_is_on_record(engine: Engine, clock: FakeClock) -> None:
    channel = ScriptedChannel(clock)
    carrier = relay(engine, clock, channel)
    pass_time(carrier, clock, 130)
    assert [at - BEGAN - 100 for at in channel.probes] == [0, 60, 120]
    [line] = Lines(engine).all()
    assert (line.up, line.certificate_until, line.seconds) == (True, 1.9e9, 0.02)
    channel.down = True
    pass_time(carrier, clock, 60)
    [line] = Lines(engine).all()
    assert (line.up, line.why) == (False, "no sign of life")
    channel.down = False
    pass_time(carrier, clock, 60)
    with engine.connect() as connection:
        told = connection.execute(select(line_changes.c.up, line_changes.c.why)).all()
    assert [tuple(row) for row in told] == [(True, ""), (False, "no sign of life"), (True, "")]


def test_a_line_that_answers_is_up_whatever_it_says_and_tells_how_long_it_took(
    engine: Engine, clock: FakeClock
) -> None:
    book = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423")
    channel = ScriptedChannel(clock, ChannelUnavailable("cut"), ChannelRefused("422"))
    channel.says = "422 unknown unit"
    carrier = relay(engine, clock, channel)
    book.record(break_in("a", count=1))
    carrier.run_once()
    assert [line.up for line in Lines(engine).all()] == [False]
    clock.advance(1.0)
    carrier.run_once()
    assert [line.up for line in Lines(engine).all()] == [True]
    book.record(break_in("b", count=1))
    channel.before_answer = lambda: clock.advance(31.0)
    carrier.run_once()
    assert [line.seconds for line in Lines(engine).all()] == [31.0]


def test_what_went_over_the_line_is_kept_of_every_attempt(engine: Engine, clock: FakeClock) -> None:
    channel = ScriptedChannel(clock)
    channel.down = True
    Journal(engine=engine, destinations=[VMS], clock=clock, site="0423").record(break_in("a", count=1))
    carrier = relay(engine, clock, channel)
    pass_time(carrier, clock, 2)
    channel.down = False
    pass_time(carrier, clock, 3)
    with engine.connect() as connection:
        rows = connection.execute(select(exchanges).order_by(exchanges.c.position)).all()
    assert [(row.attempt, row.sent_bytes, row.heard) for row in rows] == [
        (1, 36, "cable cut"),
        (2, 36, "cable cut"),
        (3, 36, ""),
    ]
    assert len({row.sent_sha256 for row in rows}) == 1


def test_an_alert_that_arrived_and_that_nobody_there_answered_is_to_be_telephoned(
    engine: Engine, clock: FakeClock
) -> None:
    room, replies, tasks = replace(ROOM, reply_within=60.0), Replies(engine), Tasks(engine)
    book = Journal(engine=engine, destinations=[room], clock=clock, site="0423")
    channel = ScriptedChannel(clock)
    carrier = relay(engine, clock, channel, room)
    for name in ("answered", "unanswered"):
        book.record(break_in(name, count=3))
        book.decide(Decision(incident_id(name), "Ada", clock.now(), avs=3))
    pass_time(carrier, clock, 2)
    answered, _ = channel.accepted
    replies.record([answered.id], kind="ack", who="co.pl", note="", sha256="0" * 64, now=clock.now())
    pass_time(carrier, clock, 57)
    assert tasks.open() == []
    pass_time(carrier, clock, 4)
    assert [task.incident for task in tasks.open()] == [incident_id("unanswered")]


def test_a_relay_that_was_down_for_a_day_still_calls_out_what_nobody_answered(engine: Engine, clock: FakeClock) -> None:
    room, tasks = replace(ROOM, reply_within=60.0), Tasks(engine)
    book = Journal(engine=engine, destinations=[room], clock=clock, site="0423")
    channel = ScriptedChannel(clock)
    book.record(break_in("a", count=3))
    book.decide(Decision(incident_id("a"), "Ada", clock.now(), avs=3))
    pass_time(relay(engine, clock, channel, room), clock, 2)
    assert len(channel.accepted) == 1
    clock.advance(24 * HOURS)
    pass_time(relay(engine, clock, channel, room), clock, 2)
    assert [task.incident for task in tasks.open()] == [incident_id("a")]


def test_what_keeps_a_line_down_is_told_though_it_went_down_for_another_reason(
    sqlite: Engine, clock: FakeClock
) -> None:
    refused, expired = ChannelUnavailable("refused"), ChannelUnavailable("certificate has expired")
    endless = [ChannelUnavailable(f"reason {number}") for number in range(2 * WHYS_MAX)]
    channel = ScriptedChannel(clock, refused, expired, refused, expired, *endless)
    Journal(engine=sqlite, destinations=[VMS], clock=clock, site="0423").record(break_in("a")[:1])
    carrier = relay(sqlite, clock, channel)
    with capture_logs() as logs:
        while len(channel.calls) < 2:
            pass_time(carrier, clock, 1)
        [line] = Lines(sqlite).all()
        assert (line.up, line.why) == (False, "certificate has expired")
        while not channel.accepted:
            pass_time(carrier, clock, 30)
        [line] = Lines(sqlite).all()
        assert (line.up, line.why) == (True, "")
        channel.down = True
        pass_time(carrier, clock, 130)
    down = [entry["why"] for entry in logs if "down" in entry["event"]]
    assert down[:2] == ["refused", "certificate has expired"]
    assert len(down) == WHYS_MAX + 1, "told once each while it lasts, and of an endless number so many"
    assert down[-1] == "no sign of life"
    with sqlite.connect() as connection:
        told = connection.execute(select(line_changes.c.up, line_changes.c.why)).all()
    assert [tuple(row) for row in told] == [(False, "refused"), (True, ""), (False, "no sign of life")]
