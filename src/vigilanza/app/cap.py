"""CAP in the relay: the channel to each destination, and the office where they answer."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from vigilanza.bridge.cap import CapWriter
from vigilanza.bridge.cap_channel import CapChannel
from vigilanza.bridge.cap_desk import CapDesk, CapPeer
from vigilanza.bridge.cap_feed import CapFeed
from vigilanza.bridge.cap_office import CapMetrics, CapOffice, CapVisitor
from vigilanza.bridge.cap_signature import CapSigner, CapVerifier
from vigilanza.bridge.https import HttpsLine
from vigilanza.bridge.pictures import NoPictures, Pictures
from vigilanza.clock import Clock
from vigilanza.config import CapLink, CapOfficeSettings, Endpoint
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.premises import Premises
from vigilanza.store.mailbox import Mailbox
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies


def cap_channel(
    endpoint: Endpoint,
    premises: Premises,
    engine: Engine,
    clock: Clock,
    pictures: Pictures = NoPictures(),  # noqa: B008 - it has no state
) -> CapChannel:
    """ConfigError if a certificate cannot be used."""
    link, peer = _link(endpoint), cap_peer(endpoint, premises, clock, pictures)
    desk = CapDesk(peer=peer, mailbox=Mailbox(engine, peer.id), replies=Replies(engine), clock=clock)
    line = HttpsLine(
        name=peer.id,
        url=link.url,
        clock=clock,
        ca_file=link.ca_file,
        client_certificate=link.client_certificate,
        allow_loopback=link.allow_loopback,
        idempotent=True,  # by sender, identifier and sent
    )
    return CapChannel(line=line, peer=peer, desk=desk)


def cap_office(
    settings: CapOfficeSettings,
    endpoints: tuple[Endpoint, ...],
    premises: Premises,
    engine: Engine,
    clock: Clock,
    registry: CollectorRegistry,
    *,
    pictures: Callable[[Endpoint], Pictures] = lambda _: NoPictures(),
    on_listening: Callable[[int], None] | None = None,
) -> CapOffice:
    """Open to every destination that speaks CAP; `on_listening` is told the port.

    ConfigError if a certificate cannot be used, or two destinations have the same.
    """
    visitors = list(_visitors(endpoints, premises, engine, clock, pictures))
    seen: dict[bytes, str] = {}
    for visitor in visitors:
        for fingerprint in visitor.peer.verifier.fingerprints:
            if fingerprint in seen:
                raise ConfigError(f"{visitor.peer.id}: has a certificate of {seen[fingerprint]}: which one calls?")
            seen[fingerprint] = visitor.peer.id
    return CapOffice(
        host=settings.host,
        port=settings.port,
        certificate=settings.certificate,
        visitors=visitors,
        clock=clock,
        metrics=CapMetrics(registry),
        on_listening=on_listening,
    )


def cap_peer(endpoint: Endpoint, premises: Premises, clock: Clock, pictures: Pictures) -> CapPeer:
    """One destination's words and certificates."""
    link, name = _link(endpoint), endpoint.destination.id
    writer = CapWriter(premises=premises, destination=name, sender=link.sender, addresses=link.addresses)
    signer = CapSigner(name, link.signing_certificate)
    return CapPeer(name, writer, signer, CapVerifier(name, link.peer_certificate, clock), pictures)


def _visitors(
    endpoints: tuple[Endpoint, ...],
    premises: Premises,
    engine: Engine,
    clock: Clock,
    pictures: Callable[[Endpoint], Pictures],
) -> Iterator[CapVisitor]:
    for endpoint in endpoints:
        if endpoint.channel != "cap":
            continue
        peer, mailbox = (
            cap_peer(endpoint, premises, clock, pictures(endpoint)),
            Mailbox(engine, endpoint.destination.id, reach=premises.flagrante_seconds),
        )
        desk = CapDesk(peer=peer, mailbox=mailbox, replies=Replies(engine), clock=clock, outbox=Outbox(engine))
        yield CapVisitor(peer, desk, CapFeed(peer=peer, mailbox=mailbox))


def _link(endpoint: Endpoint) -> CapLink:
    assert isinstance(endpoint.link, CapLink)
    return endpoint.link
