"""An alarm centre that falls silent is a fault long before the 180 s of grade SP4; so is one of its two paths."""

from dataclasses import replace

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.dc09 import ENOUGH, PREMISES, centre, channel, receiver
from tests.fakes import FakeClock
from tests.relayed import pass_time
from tests.samples import BEGAN, ROOM, break_in, incident_id
from vigilanza.bridge.dc09 import DEADLINE_SECONDS, Dc09Channel
from vigilanza.bridge.lookout import PROBE_SECONDS
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.relay import Relay
from vigilanza.domain.decision import Decision
from vigilanza.domain.premises import Unit
from vigilanza.lab.alarm_centre import AlarmCentre
from vigilanza.lab.alarm_centre_acts import Silence
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

FAULT_WITHIN_S = 180.0


def relay(engine: Engine, clock: FakeClock, spoken: Dc09Channel, metrics: BridgeMetrics | None = None) -> Relay:
    return Relay(
        destination=ROOM,
        channel=spoken,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
        metrics=metrics,
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
        settle(carrier, {"room": True, named(first): True, named(second): True}, sqlite)
        second.script(*[Silence()] * 20)
        pass_time(carrier, clock, 62)
        settle(carrier, {"room": True, named(first): True, named(second): False}, sqlite)
        [why] = [line.why for line in Lines(sqlite).all() if not line.up]
        assert f"{second.port}: no answer that counts" in why


def test_a_dead_second_path_is_known_though_alerts_go_to_the_first_all_the_time(sqlite: Engine) -> None:
    clock, registry = FakeClock(BEGAN), CollectorRegistry()
    book = Journal(engine=sqlite, destinations=[ROOM], clock=clock, site="0423")
    known = replace(PREMISES, units={"B.03.12": Unit("B.03.12", zone=12)}, cameras=("stairs-3",))
    with centre() as first, centre() as second:
        both = receiver(first.port), receiver(second.port)
        spoken = channel(sqlite, *both, premises=known, deadline=2 * ENOUGH)
        carrier = relay(sqlite, clock, spoken, BridgeMetrics(registry))
        for step in range(13):
            if step == 1:
                second.script(*[Silence()] * 20)
            book.record(break_in(f"{step}", count=3, began=clock.now()))
            book.decide(Decision(incident_id(f"{step}"), "Ada", clock.now(), avs=4))
            pass_time(carrier, clock, 10)
        assert Outbox(sqlite).standing("room").owed == 0
        assert len([one for one in first.received if one.number]) >= 13
        settle(carrier, {"room": True, named(first): True, named(second): False}, sqlite)
        for there, up in ((first, 1.0), (second, 0.0)):
            labels = {"destination": "room", "path": named(there).removeprefix("room/")}
            assert registry.get_sample_value("vigilanza_bridge_path_up", labels) == up


def test_no_alert_waits_for_the_sign_of_life_of_a_path_that_it_does_not_take(sqlite: Engine) -> None:
    clock = FakeClock(BEGAN)
    book = Journal(engine=sqlite, destinations=[ROOM], clock=clock, site="0423")
    known = replace(PREMISES, units={"B.03.12": Unit("B.03.12", zone=12)}, cameras=("stairs-3",))
    with centre() as first, centre() as second:
        second.script(*[Silence()] * 20)
        both = receiver(first.port), receiver(second.port)
        carrier = relay(sqlite, clock, channel(sqlite, *both, premises=known, deadline=240.0))
        settle(carrier, {"room": True, named(first): True}, sqlite)
        wait_until("the second path is asked", lambda: carrier.run_once() or second.requests)
        book.record(break_in("a", count=3, began=clock.now()))
        book.decide(Decision(incident_id("a"), "Ada", clock.now(), avs=4))
        pass_time(carrier, clock, 1)
        assert Outbox(sqlite).standing("room").owed == 0
        assert paths(sqlite) == {"room": True, named(first): True}, "the second is still being waited for"


def test_a_line_is_down_when_both_paths_are_and_up_when_one_is_back(sqlite: Engine) -> None:
    clock = FakeClock(BEGAN)
    with centre() as first, centre() as second:
        spoken = channel(sqlite, receiver(first.port), receiver(second.port), deadline=2 * ENOUGH)
        carrier = relay(sqlite, clock, spoken)
        first.script(*[Silence()] * 20)
        second.script(*[Silence()] * 3)
        settle(carrier, {"room": False, named(first): False, named(second): False}, sqlite)
        pass_time(carrier, clock, 61)
        settle(carrier, {"room": True, named(first): False, named(second): True}, sqlite)


def settle(carrier: Relay, expected: dict[str, bool], engine: Engine) -> None:
    """Work until the paths are known to be as expected: they are asked in a thread of their own."""

    def is_known() -> bool:
        carrier.run_once()
        return paths(engine) == expected

    wait_until(f"{expected}", is_known)


def named(there: AlarmCentre) -> str:
    return f"room/arc.example.org:{there.port}"


def paths(engine: Engine) -> dict[str, bool]:
    return {line.destination: line.up for line in Lines(engine).all()}
