"""Relays are killed, race each other and lose their database: nothing is lost, ids stay, order holds.

Run as a program (`python -m tests.story.test_relay_kill …`) this file is the process that gets killed.
"""

import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.samples import VMS, break_in, incident_id
from tests.webhook import SECRET
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.relay import Relay
from vigilanza.bridge.webhook import WebhookChannel
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import DeliveryState
from vigilanza.lab.city import ReceivedAlert, StubCity
from vigilanza.lab.misbehaviour import CutAfterAccept, Hang
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import DeliveryView, Queries
from vigilanza.store.replies import Replies
from vigilanza.store.schema import events
from vigilanza.store.schema_bridge import deliveries, transitions

LEASE = 0.5
NAMES = ("a", "b", "c")


def make_relay(engine: Engine, url: str, ca_file: Path) -> Relay:
    clock = SystemClock()
    line = HttpsLine(name=VMS.id, url=url, clock=clock, ca_file=ca_file, allow_loopback=True, idempotent=True)
    channel = WebhookChannel(line=line, secret=SECRET, site="0423", clock=clock)
    return Relay(
        destination=VMS,
        channel=channel,
        outbox=Outbox(engine, lease=LEASE),
        lines=Lines(engine),
        replies=Replies(engine),
        clock=clock,
        idle=0.05,
    )


def main(task: str, database_url: str, *rest: str) -> None:
    """`relay URL CA-FILE`: carry for ever. `record`: record one break-in after the other for ever."""
    engine = open_database(database_url)
    if task == "relay":
        make_relay(engine, rest[0], Path(rest[1])).run(threading.Event())
    journal = Journal(engine=engine, destinations=[VMS], clock=SystemClock(), site="0423")
    for number in range(1_000_000):
        journal.record(break_in(f"{number}"))
        print(number, flush=True)


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """This file as a process of its own; killed at the end at the latest."""
    command = [sys.executable, "-m", "tests.story.test_relay_kill", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        try:
            yield child
        finally:
            child.kill()


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal(engine=engine, destinations=[VMS], clock=SystemClock(), site="0423")


def city(tmp_path: Path, on_alert: Callable[[ReceivedAlert], None] | None = None) -> StubCity:
    return StubCity(directory=tmp_path / "city", secret=SECRET, on_alert=on_alert)


def wait_until_paid(engine: Engine, carrier: Relay) -> None:
    """Carry on until nothing is owed."""
    stop = threading.Event()
    for _ in range(1200):
        if not carrier.run_once():
            if Outbox(engine).standing("vms").owed == 0:
                return
            SystemClock().wait(0.05, stop)
    raise AssertionError("debts remain")


def assert_all_arrived_in_order(engine: Engine, received: list[ReceivedAlert]) -> list[DeliveryView]:
    views = [view for one in Queries(engine).incidents() for view in one.deliveries]
    assert {alert.id for alert in received} == {str(view.alert_id) for view in views}
    assert {view.state for view in views} == {DeliveryState.ACKNOWLEDGED}
    order = defaultdict(list)
    for alert in received:
        order[alert.event["subject"]].append(int(alert.event["sequence"]))
    assert order == {str(incident_id(name)): [0, 1, 2, 3, 4] for name in NAMES}
    return views


def test_a_relay_killed_after_the_receiver_accepted_loses_nothing(
    engine: Engine, database_url: str, journal: Journal, tmp_path: Path
) -> None:
    for name in NAMES:
        journal.record(break_in(name))
    children: list[subprocess.Popen[bytes]] = []
    kill_at = {1, 5, 9}

    def kill(alert: ReceivedAlert) -> None:
        # The receiver has it, its answer is not yet sent: exactly between claim and acknowledge.
        if len(stub.received) in kill_at:
            children[-1].send_signal(signal.SIGKILL)
            children[-1].wait()

    with city(tmp_path, kill) as stub:
        for _ in kill_at:
            with process("relay", database_url, stub.url, str(stub.ca_file)) as child:
                children.append(child)
                assert child.wait(60) == -signal.SIGKILL
        wait_until_paid(engine, make_relay(engine, stub.url, stub.ca_file))
        views = assert_all_arrived_in_order(engine, stub.received)
        assert stub.duplicates == len(kill_at)
    assert sorted(view.attempt for view in views) == [1] * 12 + [2] * 3


def test_a_relay_killed_before_the_receiver_accepted_loses_nothing(
    engine: Engine, database_url: str, journal: Journal, tmp_path: Path
) -> None:
    for name in NAMES:
        journal.record(break_in(name))
    with city(tmp_path) as stub:
        stub.script(Hang())
        with process("relay", database_url, stub.url, str(stub.ca_file)) as child:
            stub.wait_for_requests(1)
            child.kill()
        assert stub.received == []
        wait_until_paid(engine, make_relay(engine, stub.url, stub.ca_file))
        views = assert_all_arrived_in_order(engine, stub.received)
        assert stub.duplicates == 0
    assert sorted(view.attempt for view in views) == [1] * 14 + [2]


def test_two_relays_on_one_outbox_deliver_in_order(
    engine: Engine, database_url: str, journal: Journal, tmp_path: Path
) -> None:
    stop = threading.Event()
    with city(tmp_path) as stub:
        stub.script(CutAfterAccept(), CutAfterAccept())
        engines = [open_database(database_url) for _ in range(2)]
        relays = [make_relay(own, stub.url, stub.ca_file) for own in engines]
        threads = [threading.Thread(target=carrier.run, args=(stop,)) for carrier in relays]
        for thread in threads:
            thread.start()
        for name in NAMES:
            journal.record(break_in(name))
        stub.wait_for(15, timeout=60)
        stop.set()
        for thread in threads:
            thread.join(30)
        wait_until_paid(engine, make_relay(engine, stub.url, stub.ca_file))
        assert_all_arrived_in_order(engine, stub.received)
        for own in engines:
            own.dispose()


def test_a_receiver_that_comes_back_gets_everything(engine: Engine, journal: Journal, tmp_path: Path) -> None:
    with city(tmp_path) as first:
        port = first.port
        carrier = make_relay(engine, first.url, first.ca_file)
    for name in NAMES:
        journal.record(break_in(name))
    for _ in range(3):
        assert carrier.run_once()
    with StubCity(directory=tmp_path / "city", secret=SECRET, port=port) as again:
        wait_until_paid(engine, carrier)
        assert_all_arrived_in_order(engine, again.received)


def test_a_writer_killed_at_any_moment_leaves_no_event_without_its_alert(engine: Engine, database_url: str) -> None:
    with process("record", database_url) as child:
        assert child.stdout is not None
        confirmed = [int(child.stdout.readline()) for _ in range(20)]
        child.kill()
        confirmed += [int(line) for line in child.stdout.readlines() if line.endswith(b"\n")]
    with reading(engine) as connection:
        recorded = connection.execute(select(events.c.id, events.c.incident)).all()
        owed = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
        logged = connection.execute(select(func.count()).select_from(transitions)).scalar_one()
    assert len(recorded) == owed == logged
    assert len(recorded) % 5 == 0
    known = {row.incident for row in recorded}
    assert {incident_id(str(number)) for number in confirmed} <= known


if __name__ == "__main__":
    main(*sys.argv[1:])
