"""Where work orders of a centre come in at a site."""

from collections.abc import Callable
from functools import partial
from threading import Event as Stop

from prometheus_client import CollectorRegistry, Counter

from vigilanza.app.memory import Memory
from vigilanza.app.orderdesk import door_roles
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.orderinbox import OrderInbox
from vigilanza.config import CentreLink, Config
from vigilanza.store.centreorders import CentreOrders


def order_inboxes(
    config: Config, memory: Memory, clock: Clock, registry: CollectorRegistry
) -> dict[str, Callable[[Stop], None]]:
    """One for each destination that is a centre whose work orders are taken."""
    counted = Counter(
        "vigilanza_bridge_instructions",
        "What came from the centre about work orders, by what became of it",
        ["destination", "outcome"],
        registry=registry,
    )
    runs: dict[str, Callable[[Stop], None]] = {}
    for endpoint in config.destinations:
        name, link = endpoint.destination.id, endpoint.link
        if isinstance(link, CentreLink) and link.centre_keys:
            orders = CentreOrders(engine=memory.engine, centre=name, doors=door_roles(config), clock=clock)
            inbox = OrderInbox(
                connection=NatsConnection(link.nats, name=f"vigilanza-{config.site.id}-orders"),
                site=config.site.id,
                keys=link.centre_keys,
                key=link.key,
                take=orders.take,
                count=partial(_count, counted, name),
                clock=clock,
            )
            runs[f"orders of {name}"] = inbox.run
    return runs


def _count(counted: Counter, name: str, outcome: str) -> None:
    counted.labels(name, outcome).inc()
