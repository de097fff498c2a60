"""What comes in from a centre at a site: work orders, and requests for pictures."""

from collections.abc import Callable
from functools import partial
from threading import Event as Stop

from prometheus_client import CollectorRegistry, Counter

from vigilanza.app.memory import Memory
from vigilanza.app.orderdesk import door_roles
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.orderinbox import OrderInbox
from vigilanza.cluster.pictureinbox import PictureInbox
from vigilanza.config import CentreLink, Config
from vigilanza.store.audit import AuditChain
from vigilanza.store.centreorders import CentreOrders
from vigilanza.store.lending import Lending
from vigilanza.store.viewings import ViewingBook


def inboxes(
    config: Config, memory: Memory, clock: Clock, registry: CollectorRegistry
) -> dict[str, Callable[[Stop], None]]:
    """Two for each destination that is a centre whose key is known. Each has a line of its own: neither alerts nor
    orders wait behind a picture.
    """
    ordered = _counter(registry, "instructions", "What came from the centre about work orders, by what became of it")
    asked = _counter(registry, "picture_requests", "What the centre asked of pictures, by what became of it")
    runs: dict[str, Callable[[Stop], None]] = {}
    for endpoint in config.destinations:
        name, link = endpoint.destination.id, endpoint.link
        if isinstance(link, CentreLink) and link.centre_keys:
            orders = OrderInbox(
                connection=NatsConnection(link.nats, name=f"vigilanza-{config.site.id}-orders"),
                site=config.site.id,
                keys=link.centre_keys,
                key=link.key,
                take=CentreOrders(engine=memory.engine, centre=name, doors=door_roles(config), clock=clock).take,
                count=partial(_count, ordered, name),
                clock=clock,
            )
            pictures = PictureInbox(
                connection=NatsConnection(link.nats, name=f"vigilanza-{config.site.id}-pictures"),
                site=config.site.id,
                keys=link.centre_keys,
                key=link.key,
                lending=_lending(config, memory, clock, name),
                count=partial(_count, asked, name),
                clock=clock,
            )
            runs |= {f"orders of {name}": orders.run, f"pictures for {name}": pictures.run}
    return runs


def _lending(config: Config, memory: Memory, clock: Clock, centre: str) -> Lending:
    book = ViewingBook(audit=AuditChain(engine=memory.engine, clock=clock), clock=clock)
    term = config.storage.retention_hours * 3600.0
    return Lending(engine=memory.engine, media=memory.media, centre=centre, term=term, book=book, clock=clock)


def _counter(registry: CollectorRegistry, name: str, what: str) -> Counter:
    return Counter(f"vigilanza_bridge_{name}", what, ["destination", "outcome"], registry=registry)


def _count(counted: Counter, name: str, outcome: str) -> None:
    counted.labels(name, outcome).inc()
