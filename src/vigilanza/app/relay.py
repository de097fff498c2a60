"""`vigilanza relay`: one thread per destination, so that a slow one holds up no other."""

import threading
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.cap import cap_office
from vigilanza.app.channels import CHANNELS, ChannelNeeds
from vigilanza.app.edition import edition
from vigilanza.app.figures import keep_figures
from vigilanza.app.inboxes import inboxes
from vigilanza.app.memory import Memory, open_memory
from vigilanza.app.onvif_device import open_onvif_device
from vigilanza.app.pictures import PictureDesk
from vigilanza.app.premises import premises
from vigilanza.app.pulse import Pulse
from vigilanza.app.threads import run_all
from vigilanza.bridge.lookout import ESCALATE_AFTER_SECONDS, LOOK_SECONDS
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.bridge.relay import Relay
from vigilanza.clock import Clock
from vigilanza.config import Config, Endpoint
from vigilanza.domain.delivery import Delivery, DeliveryState, Destination
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.lines import Lines
from vigilanza.store.notebook import Notebook
from vigilanza.store.outbox import Outbox
from vigilanza.store.replies import Replies
from vigilanza.store.soundness import Soundness

log = structlog.get_logger(__name__)


def relay(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Carry until `stop` is set; 0, or EXIT_ENDED if a part of it ended by itself.

    ConfigError if a destination cannot be used.
    """
    config.storage.state.mkdir(parents=True, exist_ok=True)
    memory = open_memory(config, clock=clock)
    registry, place = CollectorRegistry(), premises(config)
    metrics = BridgeMetrics(registry)
    desk = PictureDesk(config, engine=memory.engine, media=memory.media, clock=clock)
    pulse = Pulse.of(config, clock=clock)
    relays = [
        Relay(
            destination=endpoint.destination,
            channel=CHANNELS[endpoint.channel](_needs(endpoint, config, memory, desk, clock, pulse)),
            outbox=Outbox(memory.engine),
            lines=Lines(memory.engine),
            replies=Replies(memory.engine, flagrante=config.site.flagrante_seconds),
            clock=clock,
            zone=ZoneInfo(config.site.timezone),
            on_state=_tell,
            metrics=metrics,
        )
        for endpoint in config.destinations
    ]
    runs: dict[str, Callable[[threading.Event], None]] = {
        endpoint.destination.id: carrier.run for endpoint, carrier in zip(config.destinations, relays, strict=True)
    }
    if config.onvif_device is not None:
        parts = open_onvif_device(config, config.onvif_device, memory.engine, clock, registry)
        runs["onvif_device"] = parts.device.run
        if parts.announcer is not None:
            runs["onvif_discovery"] = parts.announcer.run
    if config.cap_office is not None:
        office = cap_office(
            config.cap_office, config.destinations, place, memory.engine, clock, registry, pictures=desk.for_
        )
        runs["cap_office"] = office.run
    runs |= inboxes(config, memory, clock, registry)
    runs["soundness"] = Soundness(memory.engine, clock=clock).run
    runs["figures"] = keep_figures(registry, config.storage.state, "relay", clock)
    return run_all(runs | _callers(config, memory, clock), clock=clock, stop=stop)


def _needs(
    endpoint: Endpoint, config: Config, memory: Memory, desk: PictureDesk, clock: Clock, pulse: Pulse
) -> ChannelNeeds:
    return ChannelNeeds(
        endpoint,
        premises(config),
        Notebook(memory.engine, endpoint.destination.id),
        clock,
        memory.engine,
        desk.for_(endpoint),
        pulse.silent,
        edition(config),
    )


def _callers(config: Config, memory: Memory, clock: Clock) -> dict[str, Callable[[threading.Event], None]]:
    """One for each destination that is owed alerts, and cannot be reached."""
    return {f"owed {one.id}": partial(_call_out, one, Outbox(memory.engine), clock) for one in config.owed}


def _call_out(unreachable: Destination, outbox: Outbox, clock: Clock, stop: threading.Event) -> None:
    """What nobody can carry to it goes to its fallback, or a person is asked to telephone."""
    away = False
    while not clock.wait(LOOK_SECONDS, stop):
        try:
            overdue = outbox.escalate(unreachable, clock.now(), after=ESCALATE_AFTER_SECONDS)
        except JournalUnavailable as error:
            if not away:
                log.error("journal is away", destination=unreachable.id, why=str(error))
            away = True
            continue
        away = False
        for alert_id in overdue:
            log.error("alert overdue", destination=unreachable.id, alert=str(alert_id))


def _tell(delivery: Delivery, state: DeliveryState) -> None:
    alert = delivery.alert
    log.info("delivery", state=state.value, destination=alert.destination, type=alert.type, attempt=delivery.attempt)
