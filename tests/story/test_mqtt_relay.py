"""A broker goes away in the middle of a message: nothing is lost, order holds, what comes twice has the same id."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid5

import pytest
from sqlalchemy import Engine

from tests.broker import Listener, Mosquitto
from tests.mqtt import mqtt_channel
from tests.samples import VMS, break_in
from vigilanza.bridge.mqtt import MqttChannel
from vigilanza.bridge.relay import Relay
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Delivery, DeliveryState
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

ALERTS = "vigilanza/v1/0423/+"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path}/vigilanza.db")
    yield opened
    opened.dispose()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as broker:
        yield broker


class Carried:
    """A relay at work, and what it makes of each alert."""

    def __init__(self, engine: Engine, channel: MqttChannel) -> None:
        self.journal = Journal(engine=engine, destinations=[VMS], clock=SystemClock(), site="0423")
        self._stop, self._changed = threading.Event(), threading.Condition()
        self._states: list[DeliveryState] = []
        relay = Relay(
            destination=VMS,
            channel=channel,
            outbox=Outbox(engine),
            lines=Lines(engine),
            replies=Replies(engine),
            clock=SystemClock(),
            idle=0.05,
            on_state=self._note,
        )
        self._channel, self._thread = channel, threading.Thread(target=relay.run, args=(self._stop,))

    def wait_for(self, state: DeliveryState, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._states.count(state) >= count, 60), self._states

    def __enter__(self) -> "Carried":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._channel.close()

    def _note(self, _delivery: Delivery, state: DeliveryState) -> None:
        with self._changed:
            self._states.append(state)
            self._changed.notify_all()


class Wire:
    """Between us and the broker: cuts the connection instead of bringing the PUBACKs that it is told to keep."""

    def __init__(self, port: int) -> None:
        self._port, self._keep = port, set[int]()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._heard = 0

    def keep(self, *numbers: int) -> None:
        """Of all PUBACKs, counted from 1."""
        self._keep = set(numbers)

    def run(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                with near, socket.create_connection(("127.0.0.1", self._port)) as far:
                    threading.Thread(target=self._forward, args=(near, far), daemon=True).start()
                    self._bring_back(far, near)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65_536):
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _bring_back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while head := far.recv(2, socket.MSG_WAITALL):
                self._heard += head[0] == 0x40
                if head[0] == 0x40 and self._heard in self._keep:
                    near.shutdown(socket.SHUT_RDWR)
                    return
                near.sendall(head + far.recv(head[1], socket.MSG_WAITALL))


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    between = Wire(port)
    thread = threading.Thread(target=between.run)
    thread.start()
    try:
        yield between
    finally:
        between.close()
        thread.join()


def ids(city: Listener, count: int) -> list[str]:
    """In the order of first arrival, until so many different ones came."""
    seen: dict[str, int] = {}
    while len(seen) < count:
        came = city.next(timeout=60.0)
        if "/status/" in came.topic:
            continue
        event = json.loads(came.payload)["id"]
        seen[event] = seen.get(event, 0) + 1
    return list(seen)


def owed(name: str) -> list[str]:
    """Ids of the alerts of one break-in, in its order."""
    return [str(uuid5(event.id, "alert/vms")) for event in break_in(name)]


def test_a_broker_that_dies_with_a_message_on_its_way_gets_it_after_its_restart(
    engine: Engine, mosquitto: Mosquitto
) -> None:
    channel = mqtt_channel(mosquitto, deadline=1.0)
    with Listener(mosquitto, ALERTS, name="city") as city, Carried(engine, channel) as carried:
        carried.journal.record(break_in("a", count=1))
        carried.wait_for(DeliveryState.ACKNOWLEDGED, 1)
        mosquitto.stop(signal.SIGSTOP)
        carried.journal.record(break_in("a")[1:])
        carried.wait_for(DeliveryState.PENDING, 1)
        mosquitto.stop(signal.SIGKILL)
        mosquitto.start()
        carried.wait_for(DeliveryState.ACKNOWLEDGED, 5)
        assert ids(city, 5) == owed("a")


def test_what_the_broker_has_though_we_were_not_told_comes_again_with_the_same_id(
    engine: Engine, mosquitto: Mosquitto
) -> None:
    with wire(mosquitto.plain_port) as between:
        # 1 is for the birth, 2 for the first alert; after the cut 3 is for the birth again.
        between.keep(2, 6)
        carried = Carried(engine, mqtt_channel(mosquitto, url=f"mqtt://localhost:{between.port}"))
        carried.journal.record(break_in("a"))
        with Listener(mosquitto, ALERTS, name="city") as city, carried:
            carried.wait_for(DeliveryState.ACKNOWLEDGED, 5)
            came = [city.next() for _ in range(2)]
            while sum("/status/" not in one.topic for one in came) < 7:
                came.append(city.next())
    told = [json.loads(one.payload)["id"] for one in came if "/status/" not in one.topic]
    assert list(dict.fromkeys(told)) == owed("a")
    assert len(told) == 7, "two came twice"


def test_many_at_once_through_a_restart(engine: Engine, mosquitto: Mosquitto) -> None:
    names = [f"{number}" for number in range(8)]
    with Listener(mosquitto, ALERTS, name="city") as city, Carried(engine, mqtt_channel(mosquitto)) as carried:
        for name in names:
            carried.journal.record(break_in(name))
        carried.wait_for(DeliveryState.ACKNOWLEDGED, 5)
        mosquitto.stop()
        mosquitto.start()
        carried.wait_for(DeliveryState.ACKNOWLEDGED, 40)
        came = ids(city, 40)
    for name in names:
        mine = owed(name)
        assert [one for one in came if one in mine] == mine
