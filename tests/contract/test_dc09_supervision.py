"""An alarm centre that falls silent is a fault long before the 180 s of grade SP4; so is one of its two paths."""

from sqlalchemy import Engine

from tests.dc09 import ENOUGH, centre, channel, receiver
from tests.fakes import FakeClock
from tests.relayed import pass_time
from tests.samples import BEGAN, ROOM
from vigilanza.bridge.dc09 import DEADLINE_SECONDS, Dc09Channel
from vigilanza.bridge.lookout import PROBE_SECONDS
from vigilanza.bridge.relay import Relay
from vigilanza.lab.alarm_centre_acts import Silence
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

FAULT_WITHIN_S = 180.0


def relay(engine: Engine, clock: FakeClock, spoken: Dc09Channel) -> Relay:
    return Relay(
        destination=ROOM,
        channel=spoken,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
    )


def test_the_first_null_that_nobody_acknowledges_is_a_fault(sqlite: Engine) -> None:
    assert PROBE_SECONDS + DEADLINE_SECONDS < FAULT_WITHIN_S
    clock = FakeClock(BEGAN)
    with centre() as there:
        carrier = relay(sqlite, clock, channel(sqlite, receiver(there.port), deadline=ENOUGH))
        pass_time(carrier, clock, 130)
        assert there.requests == 3, "NULL at the start and once a minute"
        assert [line.up for line in Lines(sqlite).all()] == [True]
        there.script(*[Silence()] * 20)
        pass_time(carrier, clock, 60)
        [line] = Lines(sqlite).all()
        assert not line.up
        assert "no answer that counts" in line.why


def test_one_silent_path_of_two_is_a_fault_and_named(sqlite: Engine) -> None:
    clock = FakeClock(BEGAN)
    with centre() as first, centre() as second:
        spoken = channel(sqlite, receiver(first.port), receiver(second.port), deadline=2 * ENOUGH)
        carrier = relay(sqlite, clock, spoken)
        pass_time(carrier, clock, 2)
        assert [line.up for line in Lines(sqlite).all()] == [True]
        second.script(*[Silence()] * 20)
        pass_time(carrier, clock, 62)
        [line] = Lines(sqlite).all()
        assert not line.up
        assert f"{second.port}" in line.why
        assert f"{first.port}:" not in line.why
