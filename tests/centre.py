"""Sites and their centre, as processes and in this one, round a real NATS server."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine, make_url, select

from vigilanza.app.centre import open_reception
from vigilanza.app.channels import ChannelNeeds, make_centre
from vigilanza.app.memory import Memory
from vigilanza.bridge.channel import Channel
from vigilanza.bridge.relay import Relay
from vigilanza.clock import SystemClock
from vigilanza.cluster.link import NatsLink
from vigilanza.cluster.reception import Reception
from vigilanza.config import CentreLink, Config, Endpoint, load
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Delivery, DeliveryState, Destination, DestinationKind
from vigilanza.domain.edition import Edition
from vigilanza.domain.events import Event
from vigilanza.domain.premises import Premises
from vigilanza.store.database import open_database, reading
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.media import MediaStore
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies
from vigilanza.store.schema import decisions, events, feed
from vigilanza.store.schema_centre import site_incidents

CENTRE = Destination("centre", DestinationKind.CENTRE)


def new_key(folder: Path, name: str) -> Path:
    """PEM file of a new Ed25519 key; the public half beside it, as NAME.pub."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pem"
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.with_suffix(".pub").write_bytes(SigningKey.read(path.read_bytes()).public.pem)
    return path


def centre_file(
    folder: Path, *, nats: str, sites: Sequence[str], database: str, key: str | None = None, **keys: Any
) -> Path:
    """The configuration of a centre of `sites`, whose public keys are `folder`/SITE.pub; `key`: the file of its own."""
    document: dict[str, Any] = {
        "site": {"id": "centre", "name": "Centrale", "timezone": "Europe/Rome"},
        "centre": {
            "nats": {"servers": [nats], **keys},
            "sites": [{"id": one, "name": f"Site {one}", "public_key_files": [f"{one}.pub"]} for one in sites],
        },
        "storage": {**_database(database), "media": "media", "state": "state"},
        "web": {"host": "127.0.0.1", "port": 0},
    }
    if key is not None:
        document["centre"]["key_file"] = key
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def _database(url: str) -> dict[str, str]:
    """As the configuration says it."""
    parts = make_url(url)
    if parts.username is None:
        return {"database": url}
    return {"database": f"postgresql:///{parts.database}?host={parts.query['host']}", "database_user": parts.username}


def reception_of(config: Config, engine: Engine) -> Reception:
    """As `vigilanza centre` opens it, on a database that is open already."""
    clock = SystemClock()
    destinations = [endpoint.destination for endpoint in config.destinations]
    journal = Journal(engine=engine, destinations=destinations, clock=clock, site=config.site.id)
    media = MediaStore(root=config.storage.media, engine=engine, clock=clock)
    return open_reception(config, Memory(engine, journal, media), clock)


def read(path: Path) -> Config:
    """The configuration, with the environment of the tests."""
    return load(path, environ=os.environ)


@dataclass(frozen=True, slots=True)
class Known:
    """What the centre knows of a site: its events in the order of their commit, and its decisions."""

    told: list[tuple[str, int]]
    decided: list[tuple[str, int | None]]


def known_of(engine: Engine, site: str) -> Known:
    """Incidents by their ids at the site."""
    told = (
        select(site_incidents.c.incident, events.c.sequence)
        .join(feed, feed.c.event == events.c.id)
        .join(site_incidents, site_incidents.c.here == events.c.incident)
        .where(site_incidents.c.site == site)
        .order_by(feed.c.position)
    )
    decided = (
        select(decisions.c.operator, decisions.c.avs)
        .join(site_incidents, site_incidents.c.here == decisions.c.incident)
        .where(site_incidents.c.site == site)
        .order_by(decisions.c.position)
    )
    with reading(engine) as connection:
        return Known(
            [(str(row.incident), row.sequence) for row in connection.execute(told)],
            [(row.operator, row.avs) for row in connection.execute(decided)],
        )


class Site:
    """Journal, outbox and relay of one site; `others` are destinations besides the centre, with their channels."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        link: NatsLink,
        key: Path,
        others: Sequence[tuple[Destination, Channel]] = (),
    ) -> None:
        self.name = name
        self.engine = open_database(f"sqlite:///{folder}/{name}.db")
        clock = SystemClock()
        destinations = [CENTRE, *(one for one, _ in others)]
        self.journal = Journal(engine=self.engine, destinations=destinations, clock=clock, site=name)
        endpoint = Endpoint(CENTRE, "centre", CentreLink(link, SigningKey.read(key.read_bytes())))
        notebook = Notebook(self.engine, CENTRE.id)
        self.runs = Edition("0.1.0", "ab12cd34ef56")
        needs = ChannelNeeds(endpoint, Premises(name, name), notebook, clock, self.engine, runs=lambda: self.runs)
        self.channel = make_centre(needs)
        self.states: list[tuple[str, DeliveryState]] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._relay(one, channel).run, args=(self._stop,))
            for one, channel in [(CENTRE, self.channel), *others]
        ]

    def record(self, told: Sequence[Event]) -> None:
        """As its watch does."""
        self.journal.record(told)

    def decide(self, decision: Decision) -> None:
        """As its page does."""
        self.journal.decide(decision)

    def owes(self, destination: str = CENTRE.id) -> int:
        """Debts that are not paid."""
        return Outbox(self.engine).standing(destination).owed

    def __enter__(self) -> "Site":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.engine.dispose()

    def _relay(self, destination: Destination, channel: Channel) -> Relay:
        return Relay(
            destination=destination,
            channel=channel,
            outbox=Outbox(self.engine),
            lines=Lines(self.engine),
            replies=Replies(self.engine),
            clock=SystemClock(),
            idle=0.05,
            on_state=self._note,
        )

    def _note(self, delivery: Delivery, state: DeliveryState) -> None:
        self.states.append((delivery.alert.destination, state))


def all_there(engine: Engine, site: str, count: int) -> Callable[[], bool]:
    """Whether the centre knows `count` events of it."""
    return lambda: len(known_of(engine, site).told) >= count
