"""A centre that grants work orders for a site, and the site that takes them: with a NATS server between, or nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine

from tests.centre import new_key
from tests.fakes import FakeClock
from vigilanza.clock import SystemClock
from vigilanza.cluster.accounts import accounts
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.orderinbox import OrderInbox
from vigilanza.cluster.orderpost import OrderPost
from vigilanza.domain.door import Role
from vigilanza.domain.instruction import Answer, Instruction, Outcome, encode_instruction, read_instruction
from vigilanza.domain.message import instructions
from vigilanza.domain.workorder import Passage, WorkOrder
from vigilanza.lab.nats_server import NatsServer
from vigilanza.store.audit import AuditChain
from vigilanza.store.centreorders import CentreOrders
from vigilanza.store.database import open_database
from vigilanza.store.evidence.signature import PublicKey, SigningKey
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.seal import seal
from vigilanza.store.siteorders import SiteOrders
from vigilanza.store.standings import Standings
from vigilanza.store.workorders import WorkOrders

SITE, OTHER, DOOR, HOUR = "0423", "north.0424", "B.03.12", 3600.0
DOORS = {DOOR: Role.SEALED, "B.03.13": Role.NEIGHBOUR}
PASSWORDS = {"CENTRE_PASSWORD": "of-centre", "SITE_0423_PASSWORD": "of-0423", "SITE_NORTH_0424_PASSWORD": "of-0424"}
"""The environment of `nats_server`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A centre and one of its sites, each with a database and a clock, and nothing between them."""

    granted: WorkOrders
    owed: SiteOrders
    clock: FakeClock
    known: WorkOrders
    inbox: CentreOrders
    engine: Engine
    there: FakeClock

    def grant(self, **changes: Any) -> WorkOrder:
        now = self.clock.now()
        values = {
            "door": f"{SITE}/{DOOR}",
            "starts_at": now,
            "ends_at": now + HOUR,
            "who": "Edil, 2",
            "reason": "boiler",
        }
        return self.granted.add(**{**values, "granted_by": "anna", **changes})

    def told(self) -> list[Instruction]:
        """What the centre owes, over the wire and back."""
        return [read_instruction(encode_instruction(one)) for one in self.owed.unconfirmed()]

    def tell(self) -> list[Outcome]:
        """As long as the line is up."""
        answered = [self.inbox.take(one) for one in self.told()]
        for answer in answered:
            self.owed.take(answer)
        return [answer.outcome for answer in answered]

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.there.advance(seconds)

    def audited(self) -> list[tuple[str, str]]:
        """At the site, oldest first."""
        records = AuditChain(engine=self.engine, clock=self.there).latest()
        return [(record.who, record.action) for record in reversed(records)]


def nats_server(folder: Path) -> NatsServer:
    """With the accounts of both sites; not started."""
    return NatsServer(folder / "nats", settings=accounts([SITE, OTHER]))


class Centre:
    """Its orders and what tells them, on the database under test."""

    def __init__(self, engine: Engine, server: NatsServer, folder: Path) -> None:
        clock = SystemClock()
        self.key = SigningKey.read(new_key(folder, "centre").read_bytes())
        self.keys = {site: [public(new_key(folder, site))] for site in (SITE, OTHER)}
        self.orders, self.owed = WorkOrders(engine=engine, clock=clock), SiteOrders(engine=engine, clock=clock)
        self.standings = Standings(engine)
        self.connection = NatsConnection(NatsLink((server.url,), "centre", "of-centre"), name="centre")
        self.post = OrderPost(
            connection=self.connection,
            key=self.key,
            keys=self.keys,
            orders=self.owed,
            quarantine=Quarantine(engine),
            clock=clock,
        )

    def grant(self, site: str = SITE) -> WorkOrder:
        now = SystemClock().now()
        return self.orders.add(
            door=f"{site}/{DOOR}", starts_at=now, ends_at=now + HOUR, who="x", reason="y", granted_by="anna"
        )

    def passage(self, order: WorkOrder) -> Passage | None:
        return self.orders.of(order.id).passage


def public(key: Path) -> PublicKey:
    return PublicKey.read(key.with_suffix(".pub").read_bytes())


class Running:
    """A thread that runs until the block ends."""

    def __init__(self, run: Callable[[threading.Event], None]) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._stop,))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


class Serving(Protocol):
    """A part of a centre with a connection of its own: `post.run` is what it does."""

    connection: NatsConnection
    post: Any


C = TypeVar("C", bound=Serving)


@contextmanager
def serving(centre: C) -> Iterator[C]:
    """It runs until the block ends."""
    with Running(centre.post.run):
        yield centre
    centre.connection.close()


class Site:
    """Its orders and where they come in, on an SQLite database."""

    def __init__(self, folder: Path, server: NatsServer, name: str, keys: list[PublicKey]) -> None:
        self.name, self.key = name, SigningKey.read((folder / f"{name}.pem").read_bytes())
        self._server, self._keys = server, keys
        self.engine = open_database(f"sqlite:///{folder}/{name}.db")
        self.known = WorkOrders(engine=self.engine, clock=SystemClock())
        self.counted: list[str] = []
        self.take = CentreOrders(engine=self.engine, centre="centrale", doors=DOORS, clock=SystemClock()).take

    def running(self, take: Callable[[Instruction], Answer] | None = None) -> Running:
        """As its relay does, with a connection of its own."""
        inbox = OrderInbox(
            connection=NatsConnection(site_link(self._server, self.name), name=self.name),
            site=self.name,
            keys=self._keys,
            key=self.key,
            take=take or self.take,
            count=self.counted.append,
            clock=SystemClock(),
        )
        return Running(inbox.run)

    def ids(self) -> list[str]:
        return [order.id for order in self.known.running(SystemClock().now())]


def site_link(server: NatsServer, site: str) -> NatsLink:
    return NatsLink((server.url,), site, f"of-{site[-4:]}")


def told(order: WorkOrder, site: str = SITE) -> Instruction:
    """The grant of `order`."""
    return Instruction(site, replace(order, door=DOOR, passage=None), 1, "anna")


def sealed(key: SigningKey, site: str, body: bytes) -> tuple[bytes, str]:
    """An instruction and its signature."""
    return body, seal(key, instructions(site), body)
