"""`vigilanza relay`: one thread per destination, so that a slow one holds up no other."""

import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.cap import cap_office
from vigilanza.app.channels import ChannelNeeds
from vigilanza.app.figures import keep_figures
from vigilanza.app.memory import open_memory
from vigilanza.app.onvif_device import open_onvif_device
from vigilanza.app.premises import premises
from vigilanza.app.registry import CHANNELS
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.relay import Relay
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.delivery import Delivery, DeliveryState
from vigilanza.store.lines import Lines
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies

log = structlog.get_logger(__name__)


def relay(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Carry until `stop` is set; 0. ConfigError if a destination cannot be used."""
    config.storage.state.mkdir(parents=True, exist_ok=True)
    memory = open_memory(config, clock=clock)
    registry, place = CollectorRegistry(), premises(config)
    metrics = BridgeMetrics(registry)
    relays = [
        Relay(
            destination=endpoint.destination,
            channel=CHANNELS[endpoint.channel](
                ChannelNeeds(endpoint, place, Notebook(memory.engine, endpoint.destination.id), clock, memory.engine)
            ),
            outbox=Outbox(memory.engine),
            lines=Lines(memory.engine),
            replies=Replies(memory.engine),
            clock=clock,
            zone=ZoneInfo(config.site.timezone),
            on_state=_tell,
            metrics=metrics,
        )
        for endpoint in config.destinations
    ]
    runs: list[Callable[[threading.Event], None]] = [carrier.run for carrier in relays]
    if config.onvif_device is not None:
        runs.append(open_onvif_device(config, config.onvif_device, memory.engine, clock, registry).run)
    if config.cap_office is not None:
        office = cap_office(config.cap_office, config.destinations, place, memory.engine, clock, registry)
        runs.append(office.run)
    runs.append(keep_figures(registry, config.storage.state, "relay", clock))
    threads = [threading.Thread(target=run, args=(stop,), daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=15.0)
    return 0


def _tell(delivery: Delivery, state: DeliveryState) -> None:
    alert = delivery.alert
    log.info("delivery", state=state.value, destination=alert.destination, type=alert.type, attempt=delivery.attempt)
