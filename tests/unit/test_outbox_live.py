"""A line comes back after days: the alarm of now does not wait for what piled up, which keeps its order."""

from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel, pass_time
from tests.samples import BEGAN, VMS, break_in, incident_id
from vigilanza.bridge.relay import Relay
from vigilanza.domain.delivery import Delivery, Receipt
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

DAYS = 3 * 86_400.0


def next_of(outbox: Outbox, now: float) -> Delivery:
    """The next one, brought at once."""
    delivery = outbox.claim("vms", now)
    assert delivery is not None
    outbox.acknowledge(delivery, Receipt("200 OK"), now)
    return delivery


def piled_up(engine: Engine, clock: FakeClock, names: list[str]) -> Journal:
    """Break-ins of which nothing was brought, the first of each tried once; then days pass."""
    journal, outbox = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423"), Outbox(engine)
    for name in names:
        journal.record(break_in(name))
        tried = outbox.claim("vms", clock.now())
        assert tried is not None
        outbox.postpone(tried, "cable cut", clock.now() + 60.0, now=clock.now())
    clock.advance(DAYS)
    return journal


def test_an_alarm_of_now_goes_before_what_piled_up(engine: Engine) -> None:
    clock, outbox = FakeClock(BEGAN), Outbox(engine)
    journal = piled_up(engine, clock, ["a", "b", "c"])
    assert next_of(outbox, clock.now()).alert.incident == incident_id("a")
    journal.record(break_in("now", count=4, began=BEGAN + DAYS))
    came = [next_of(outbox, clock.now()).alert for _ in range(4)]
    assert [(one.incident, one.sequence) for one in came] == [(incident_id("now"), number) for number in range(4)]
    rest = [next_of(outbox, clock.now()).alert for _ in range(14)]
    assert [one.sequence for one in rest if one.incident == incident_id("a")] == [1, 2, 3, 4]
    assert outbox.claim("vms", clock.now()) is None


def test_an_alarm_in_an_old_incident_takes_what_it_waits_behind_along(engine: Engine) -> None:
    clock, outbox = FakeClock(BEGAN), Outbox(engine)
    journal = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423")
    for name in ("a", "b", "c"):
        journal.record(break_in(name, count=3))
    clock.advance(DAYS)
    journal.record(break_in("c")[3:4])
    came = [next_of(outbox, clock.now()).alert for _ in range(4)]
    assert [(one.incident, one.sequence) for one in came] == [(incident_id("c"), number) for number in range(4)]


def test_what_can_wait_goes_in_its_turn_and_an_alarm_that_was_not_brought_becomes_old(engine: Engine) -> None:
    clock, outbox = FakeClock(BEGAN), Outbox(engine)
    journal = piled_up(engine, clock, ["a"])
    journal.record(break_in("calm", count=1))
    assert next_of(outbox, clock.now()).alert.incident == incident_id("a")
    journal.record(break_in("b"))
    clock.advance(61.0)
    rest = [next_of(outbox, clock.now()).alert.incident for _ in range(6)]
    assert rest == [incident_id(name) for name in ("a", "a", "a", "a", "calm", "b")]


class Held(ScriptedChannel):
    """Its line comes back by itself."""

    back = False

    def came_back(self) -> bool:
        came, self.back = self.back, False
        return came


def test_a_line_that_says_it_is_back_is_not_waited_for(engine: Engine) -> None:
    clock = FakeClock(BEGAN)
    channel = Held(clock)
    journal = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423")
    outbox, lines, replies = Outbox(engine), Lines(engine), Replies(engine)
    relay = Relay(destination=VMS, channel=channel, outbox=outbox, lines=lines, replies=replies, clock=clock)
    channel.down = True
    for name in ("a", "b"):
        journal.record(break_in(name, count=2))
    pass_time(relay, clock, 120)
    channel.down = False
    assert not relay.run_once(), "the line is tried once a minute"
    channel.back = True
    while relay.run_once():
        pass
    assert len(channel.accepted) == 4
    assert outbox.standing("vms").owed == 0
