"""An account at an alarm centre, alerts to tell it, and a real receiver (pysiaalarm), for the tests of DC-09."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal
from uuid import uuid5

from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent
from pysiaalarm.sync.client import SIAClient
from pysiaalarm.utils.enums import CommunicationsProtocol
from sqlalchemy import Engine

from tests.samples import BEGAN, ROOM, incident_id
from vigilanza.bridge.dc09 import Dc09Channel
from vigilanza.bridge.dc09_frame import Line, Token
from vigilanza.bridge.dc09_message import Wording
from vigilanza.bridge.dc09_receiver import Receiver
from vigilanza.bridge.dc09_wire import Transport
from vigilanza.clock import Clock, SystemClock
from vigilanza.domain.alert import TYPE_PREFIX
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Premises, Unit
from vigilanza.lab.alarm_centre import AlarmCentre
from vigilanza.store.debts import owed_among
from vigilanza.store.notebook import Notebook

HASTY = 0.3
"""Seconds for an attempt that is to fail: a third of it for each try."""
ENOUGH = 1.5
"""The same for one that is to succeed after a try that fails."""
ACCOUNT = "04230312"
KEY = b"0123456789ABCDEF"
DOOR = "0423.B.03.12"
PREMISES = Premises(
    "0423",
    "via Esempio 4",
    address="via Esempio 4",
    municipality="Milano",
    units={DOOR: Unit(DOOR, stair="B", floor="3", number="12", zone=12)},
    cameras=("b3-landing",),
    production=True,
)


def alert(what: str, /, *, name: str = "a", sequence: int = 0, **data: Any) -> Alert:
    """An alert of type `what` (e.g. "incident.confirmed") about the sealed door, `data` besides."""
    incident = incident_id(name)
    about = {"site": "0423", "incident": str(incident), "unit": DOOR, "camera": "b3-landing", "severity": "alarm"}
    return Alert(
        id=uuid5(incident, f"{what}/{sequence}"),
        destination="room",
        incident=incident,
        sequence=sequence,
        type=f"{TYPE_PREFIX}{what}.v1",
        at=BEGAN + 0.48,
        data={**about, "status": "unconfirmed", "kind": "door_opened", **data},
    )


CONFIRMED = alert("incident.confirmed", status="confirmed", avs=3)
RAISED = alert("detection.raised", name="b")


def receiver(
    port: int,
    *,
    transport: Literal["tcp", "udp"] = "tcp",
    key: bytes | None = None,
    account: str = ACCOUNT,
    clock: Clock | None = None,
    found: Sequence[str] = ("127.0.0.1",),
) -> Receiver:
    """A receiver on this machine."""
    return Receiver(
        host="arc.example.org",
        port=port,
        transport=Transport(transport),
        line=Line(account, key=key),
        clock=clock or SystemClock(),
        allow_loopback=True,
        resolve=lambda host, port: found,
    )


def channel(
    engine: Engine,
    *receivers: Receiver,
    token: Token = Token.SIA,
    where: bool = True,
    area: int = 1,
    camera_zones: Mapping[str, int] | None = None,
    premises: Premises = PREMISES,
    clock: Clock | None = None,
    deadline: float = 13.0,
) -> Dc09Channel:
    """A channel to these receivers, whose numbers are kept in the database of `engine`."""
    return Dc09Channel(
        destination=ROOM,
        receivers=receivers,
        wording=Wording(ACCOUNT, token, area=area, where=where, camera_zones=camera_zones or {}),
        premises=premises,
        notebook=Notebook(engine, "room"),
        owed=partial(owed_among, engine),
        clock=clock or SystemClock(),
        deadline=deadline,
    )


class Peer:
    """pysiaalarm and what it took."""

    def __init__(self, key: bytes | None, transport: Literal["tcp", "udp"]) -> None:
        self._events: list[SIAEvent] = []
        self._changed = threading.Condition()
        self.client = SIAClient(
            "127.0.0.1",
            0,
            [SIAAccount(ACCOUNT, key=None if key is None else key.decode())],
            function=self._take,
            protocol=CommunicationsProtocol(transport.upper()),
        )
        server = self.client.sia_server
        self.port = int(server.server_address[1])
        if transport == "udp":
            # Else each datagram has a thread, which answers before it tells: the next one may then be told first.
            server.process_request = server.process_request_thread  # type: ignore[method-assign]

    def events(self, count: int, timeout: float = 30.0) -> list[SIAEvent]:
        """All that came, once there are at least `count`: it answers before it tells. TimeoutError if there are not."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._events) >= count, timeout):
                raise TimeoutError(f"{len(self._events)} of {count} events came")
            return list(self._events)

    def told(self, count: int) -> list[tuple[str | None, str | None, int]]:
        """Code, what follows it, and number of each event, once there are at least `count`."""
        return [(event.code, event.message, int(event.sequence or -1)) for event in self.events(count)]

    def _take(self, event: SIAEvent) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()


@contextmanager
def peer(*, key: bytes | None = None, transport: Literal["tcp", "udp"] = "tcp") -> Iterator[Peer]:
    """A running one."""
    one = Peer(key, transport)
    one.client.start(poll_interval=0.05)
    try:
        yield one
    finally:
        one.client.stop()


def centre(
    *, key: bytes | None = None, transport: Literal["tcp", "udp"] = "tcp", ahead_seconds: float = 0.0
) -> AlarmCentre:
    """A stand-in centre that knows our account."""
    return AlarmCentre(clock=SystemClock(), accounts={ACCOUNT: key}, transport=transport, ahead_seconds=ahead_seconds)


def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])
