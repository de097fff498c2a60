"""Both ends of CAP, with certificates of their own, and alerts as the journal owes them."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import httpx
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.app.cap import cap_channel, cap_office
from vigilanza.bridge.cap import CapWriter
from vigilanza.bridge.cap_channel import CapChannel
from vigilanza.bridge.cap_office import CapOffice
from vigilanza.clock import SystemClock
from vigilanza.config import CapLink, CapOfficeSettings, Endpoint
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Delivery, Destination, DestinationKind, Receipt
from vigilanza.domain.premises import Position, Premises, Unit
from vigilanza.lab.cap_party import CapParty, make_party
from vigilanza.store.journal import Journal
from vigilanza.store.mailbox import Mailbox
from vigilanza.store.outbox import Outbox

ROOM = Destination("room", DestinationKind.CONTROL_ROOM, minimum_avs=1, reply_within=60.0)
OTHER = replace(ROOM, id="other")
SENDER = "vigilanza@aler.example.it"
PREMISES = Premises(
    site="0423",
    name="via Esempio 4",
    address="via Esempio 4",
    municipality="Milano",
    istat="015146",
    manager="ALER",
    position=Position(45.4642, 9.19, 122.0),
    units={"B.03.12": Unit("B.03.12", "B", "3", "12", 12)},
)
NOW = BEGAN + 100.0


@dataclass(frozen=True, slots=True)
class Parties:
    """We, two control rooms, and somebody else; certificates hold for a day around now."""

    ours: CapParty
    room: CapParty
    other: CapParty
    stranger: CapParty


def parties(folder: Path) -> Parties:
    now = SystemClock().now()
    return Parties(*(make_party(folder, name, at=now) for name in ("ours", "room", "other", "stranger")))


def endpoint(destination: Destination, all_of: Parties, *, url: str = "https://localhost:1/cap") -> Endpoint:
    peer = getattr(all_of, destination.id)
    link = CapLink(
        url=url,
        sender=SENDER,
        addresses=(f"{destination.id}@comune.example.it",),
        signing_certificate=all_of.ours.file,
        peer_certificate=peer.public_file,
        client_certificate=all_of.ours.file,
        ca_file=peer.public_file,
        allow_loopback=True,
    )
    return Endpoint(destination, "cap", link)


def channel(engine: Engine, all_of: Parties, url: str, *, premises: Premises = PREMISES) -> CapChannel:
    return cap_channel(endpoint(ROOM, all_of, url=url), premises, engine, SystemClock())


def office(
    engine: Engine,
    all_of: Parties,
    registry: CollectorRegistry,
    *,
    premises: Premises = PREMISES,
    on_listening: Callable[[int], None] | None = None,
) -> CapOffice:
    both = (endpoint(ROOM, all_of), endpoint(OTHER, all_of))
    settings = CapOfficeSettings("127.0.0.1", 0, all_of.ours.file)
    return cap_office(settings, both, premises, engine, SystemClock(), registry, on_listening=on_listening)


def confirmed(engine: Engine, *, name: str = "a", avs: int | None = 3, count: int = 4, at: float = NOW) -> UUID:
    """A break-in that an operator confirmed, owed to both rooms; its id."""
    journal = Journal(engine=engine, destinations=[ROOM, OTHER], clock=FakeClock(at), site="0423")
    journal.record(break_in(name, count=count, began=at - 100))
    journal.decide(Decision(incident_id(name), "operator-017", at, avs=avs))
    return incident_id(name)


def claimed(engine: Engine, destination: str = "room", now: float = NOW) -> Delivery:
    delivery = Outbox(engine).claim(destination, now)
    assert delivery is not None
    return delivery


def paid(engine: Engine, incident: UUID, *, now: float = NOW, destination: str = "room") -> Delivery:
    """The first alert of the incident, with a receipt."""
    delivery = claimed(engine, destination, now)
    assert delivery.alert.incident == incident
    Outbox(engine).acknowledge(delivery, Receipt("200 OK"), now)
    return delivery


def reference(engine: Engine, incident: UUID, sequence: int = 0, room: str = "room") -> str:
    """The triple by which a message is known."""
    letter = Mailbox(engine, room).find(incident, sequence)
    assert letter is not None
    writer = CapWriter(premises=PREMISES, destination=room, sender=SENDER, addresses=("x",))
    return str(writer.name(incident, sequence, letter.alert.at))


def caller(who: CapParty, server: CapParty) -> httpx.Client:
    """Somebody who calls at our office with a certificate of their own."""
    context = ssl.create_default_context(cafile=str(server.public_file))
    context.load_cert_chain(who.file)
    return httpx.Client(verify=context, trust_env=False, timeout=10.0)
