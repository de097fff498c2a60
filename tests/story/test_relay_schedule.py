"""The relay insists: it never gives up, keeps order, escalates, and forgets no receipt. On both databases."""

import threading

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.relayed import ScriptedChannel
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.relay import Relay
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Delivery, DeliveryState, Destination, Receipt
from vigilanza.domain.errors import ChannelRefused, ChannelUnavailable, JournalUnavailable
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.replies import Replies


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGAN + 100)


@pytest.fixture
def journal(engine: Engine, clock: FakeClock) -> Journal:
    return Journal(engine=engine, destinations=[VMS, ROOM], clock=clock, site="0423")


def relay(engine: Engine, clock: FakeClock, channel: ScriptedChannel, destination: Destination = VMS) -> Relay:
    return Relay(
        destination=destination,
        channel=channel,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
    )


def carry(carrier: Relay, clock: FakeClock, calls: int, channel: ScriptedChannel) -> None:
    """Let time pass until the channel was called so often."""
    for _ in range(100_000):
        if len(channel.calls) >= calls:
            return
        if not carrier.run_once():
            clock.advance(1.0)
    raise AssertionError("the relay gave up")


def test_attempts_follow_the_schedule_and_then_one_a_minute_for_ever(
    engine: Engine, clock: FakeClock, journal: Journal
) -> None:
    journal.record(break_in("a", count=1))
    channel = ScriptedChannel(clock, *[ChannelUnavailable("503") for _ in range(12)])
    carry(relay(engine, clock, channel), clock, 13, channel)
    gaps = [round(later - earlier, 1) for earlier, later in zip(channel.calls, channel.calls[1:], strict=False)]
    assert gaps == [1, 2, 5, 10, 20, 30] + [60] * 6
    assert len(channel.accepted) == 1
    assert Queries(engine).deliveries_open() == []


def test_a_receiver_may_ask_for_more_patience_but_not_for_hours(
    engine: Engine, clock: FakeClock, journal: Journal
) -> None:
    journal.record(break_in("a", count=1))
    channel = ScriptedChannel(
        clock,
        ChannelUnavailable("429", retry_after=17.0),
        ChannelUnavailable("429", retry_after=0.0),
        ChannelUnavailable("503", retry_after=86_400.0),
    )
    carry(relay(engine, clock, channel), clock, 4, channel)
    gaps = [round(later - earlier, 1) for earlier, later in zip(channel.calls, channel.calls[1:], strict=False)]
    assert gaps == [17, 2, 300]


def test_order_holds_per_incident_through_failures(engine: Engine, clock: FakeClock, journal: Journal) -> None:
    journal.record([*break_in("a"), *break_in("b")])
    channel = ScriptedChannel(clock, *[ChannelUnavailable("cut") for _ in range(7)])
    carry(relay(engine, clock, channel), clock, 17, channel)
    for name in ("a", "b"):
        sent = [alert.sequence for alert in channel.accepted if alert.incident == incident_id(name)]
        assert sent == [0, 1, 2, 3, 4]


def test_a_refusal_stops_its_incident_only_and_a_person_starts_it_again(
    engine: Engine, clock: FakeClock, journal: Journal
) -> None:
    journal.record([*break_in("a", count=2), *break_in("b", count=2)])
    channel = ScriptedChannel(clock, ChannelRefused("410"))
    carrier = relay(engine, clock, channel)
    while carrier.run_once():
        pass
    assert [alert.incident for alert in channel.accepted] == [incident_id("b")] * 2
    [refused, waiting] = Queries(engine).deliveries_open()
    assert (refused.state, refused.why) == (DeliveryState.REFUSED, "410")
    assert waiting.state is DeliveryState.PENDING
    Outbox(engine).requeue(refused.alert_id, "anna", "mended", clock.now())
    while carrier.run_once():
        pass
    assert [alert.incident for alert in channel.accepted[2:]] == [incident_id("a")] * 2


def test_a_slow_destination_holds_up_no_other(engine: Engine, clock: FakeClock, journal: Journal) -> None:
    journal.record(break_in("a", count=2))
    journal.decide(Decision(incident_id("a"), "anna", BEGAN + 60, avs=3))
    dead, alive = ScriptedChannel(clock, *[ChannelUnavailable("away")] * 5), ScriptedChannel(clock)
    to_vms, to_room = relay(engine, clock, dead), relay(engine, clock, alive, ROOM)
    to_vms.run_once()
    assert to_room.run_once()
    assert [alert.type for alert in alive.accepted] == ["it.aler.vigilanza.incident.confirmed.v1"]


def test_a_debt_is_called_out_after_half_a_minute(engine: Engine, clock: FakeClock, journal: Journal) -> None:
    journal.record(break_in("a", count=2))
    channel = ScriptedChannel(clock, *[ChannelUnavailable("away")] * 50)
    registry = CollectorRegistry()
    carrier = Relay(
        destination=VMS,
        channel=channel,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
        metrics=BridgeMetrics(registry),
    )

    def metric(name: str) -> float | None:
        return registry.get_sample_value(f"vigilanza_bridge_{name}", {"destination": "vms"})

    carry(carrier, clock, 4, channel)
    assert (metric("escalated_total"), metric("owed")) == (None, 2)
    carry(carrier, clock, 8, channel)
    assert (metric("escalated_total"), metric("owed"), metric("unavailable_total")) == (2, 2, 8)
    assert metric("oldest_seconds") == pytest.approx(clock.now() - (BEGAN + 100))
    assert all(view.escalated for view in Queries(engine).deliveries_open())


def test_a_receipt_is_not_forgotten_while_the_database_is_away(
    engine: Engine, clock: FakeClock, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record(break_in("a", count=1))
    channel, outbox, told = ScriptedChannel(clock), Outbox(engine), list[DeliveryState]()
    working = Outbox.acknowledge
    carrier = Relay(
        destination=VMS,
        channel=channel,
        outbox=outbox,
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
        on_state=lambda _, state: told.append(state),
    )

    def away(outbox: Outbox, delivery: Delivery, receipt: Receipt, now: float, **_: object) -> bool:
        raise JournalUnavailable("away")

    monkeypatch.setattr(Outbox, "acknowledge", away)
    for _ in range(3):
        with pytest.raises(JournalUnavailable):
            carrier.run_once()
        clock.advance(60.0)
    assert told == []
    monkeypatch.setattr(Outbox, "acknowledge", working)
    assert carrier.run_once()
    assert not carrier.run_once()
    assert len(channel.calls) == 1
    assert told == [DeliveryState.ACKNOWLEDGED]


@pytest.mark.parametrize("odd", ["\ud800", "\0"], ids=["surrogate", "nul"])
def test_an_odd_receipt_counts_and_holds_up_nothing(
    engine: Engine, clock: FakeClock, journal: Journal, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    journal.record(break_in("a", count=2))
    channel = ScriptedChannel(clock)
    monkeypatch.setattr(channel, "receipt", lambda: Receipt(odd))
    carrier = relay(engine, clock, channel)
    while carrier.run_once():
        pass
    assert [alert.sequence for alert in channel.accepted] == [0, 1]
    assert Queries(engine).deliveries_open() == []


def test_a_receipt_that_can_never_be_stored_holds_up_no_other_incident(
    engine: Engine, clock: FakeClock, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record([*break_in("a", count=1), *break_in("b", count=1)])
    channel, working = ScriptedChannel(clock), Outbox.acknowledge

    def faulty(outbox: Outbox, delivery: Delivery, receipt: Receipt, now: float) -> bool:
        if delivery.alert.incident == incident_id("a"):
            raise RuntimeError("a bug")
        return working(outbox, delivery, receipt, now)

    monkeypatch.setattr(Outbox, "acknowledge", faulty)
    carrier = relay(engine, clock, channel)
    with pytest.raises(RuntimeError):
        carrier.run_once()
    assert carrier.run_once()
    assert [view.incident for view in Queries(engine).deliveries_open()] == [incident_id("a")]


def test_the_thread_survives_everything_and_ends_when_told(engine: Engine, clock: FakeClock, journal: Journal) -> None:
    journal.record(break_in("a", count=3))
    stop = threading.Event()
    channel = ScriptedChannel(clock, ChannelUnavailable("cut"), ChannelUnavailable("503"))
    channel.after_accept = lambda: stop.set() if len(channel.accepted) == 3 else None
    told: list[DeliveryState] = []

    def complain(delivery: Delivery, state: DeliveryState) -> None:
        told.append(state)
        raise RuntimeError("a bug in whoever listens")

    carrier = Relay(
        destination=VMS,
        channel=channel,
        outbox=Outbox(engine),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
        on_state=complain,
    )
    carrier.run(stop)
    assert [alert.sequence for alert in channel.accepted] == [0, 1, 2]
    assert told == [DeliveryState.PENDING] * 2 + [DeliveryState.ACKNOWLEDGED] * 3
    assert Queries(engine).deliveries_open() == []
