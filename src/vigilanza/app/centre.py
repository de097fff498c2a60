"""`vigilanza centre`: takes what the sites send, and records it as if it had been seen here."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from vigilanza.app.fetching import picture_post
from vigilanza.app.figures import keep_figures
from vigilanza.app.memory import Memory, open_memory, open_retention, open_room
from vigilanza.app.sitewatch import SiteStatus, SiteWatch
from vigilanza.app.threads import run_all
from vigilanza.clock import Clock
from vigilanza.cluster.connection import NatsConnection
from vigilanza.cluster.intake import Intake
from vigilanza.cluster.orderpost import OrderPost
from vigilanza.cluster.reception import Reception
from vigilanza.cluster.stream import DISPATCH_STREAM, PULSE_STREAM
from vigilanza.config import CentreSettings, Config
from vigilanza.domain.errors import ConfigError
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.siteorders import SiteOrders


def centre(config: Config, *, clock: Clock, stop: threading.Event) -> int:
    """Until `stop` is set; 0, or 70 if a part of it ended by itself. ConfigError if it is the centre of no sites."""
    settings = settings_of(config)
    config.storage.state.mkdir(parents=True, exist_ok=True)
    memory = open_memory(config, clock=clock)
    reception, registry = open_reception(config, memory, clock), CollectorRegistry()
    watch = SiteWatch(settings, engine=memory.engine, clock=clock)
    registry.register(watch)
    with ExitStack() as opened:
        connection = opened.enter_context(NatsConnection(settings.nats, name="vigilanza-centre"))
        dispatches = Intake(connection=connection, stream=DISPATCH_STREAM, take=reception.take_dispatches, clock=clock)
        pulses = Intake(connection=connection, stream=PULSE_STREAM, take=reception.take_pulses, clock=clock)
        runs = {
            "dispatches": dispatches.run,
            "pulses": pulses.run,
            "sites": watch.run,
            "figures": keep_figures(registry, config.storage.state, "centre", clock),
            # Whether or not there is a key now: there may be pictures of when there was one.
            "retention": open_retention(config, memory, clock).run,
            "room": open_room(config, memory, clock).run,
        }
        if settings.key is not None:
            runs["orders"] = _order_post(settings, settings.key, connection, memory, clock).run
            # By a line of its own: what the sites tell does not wait behind pictures.
            fetching = opened.enter_context(NatsConnection(settings.nats, name="vigilanza-centre-pictures"))
            runs["pictures"] = picture_post(config, settings, settings.key, fetching, memory, clock).run
        return run_all(runs, clock=clock, stop=stop)


def _order_post(
    settings: CentreSettings, key: SigningKey, connection: NatsConnection, memory: Memory, clock: Clock
) -> OrderPost:
    return OrderPost(
        connection=connection,
        key=key,
        keys={one.id: one.keys for one in settings.sites},
        orders=SiteOrders(engine=memory.engine, clock=clock),
        quarantine=Quarantine(memory.engine),
        clock=clock,
    )


def settings_of(config: Config) -> CentreSettings:
    """ConfigError if it is the centre of no sites."""
    if config.centre is None:
        raise ConfigError(f"{config.path}: centre: names no sites; config/cameras.yaml shows how")
    return config.centre


def open_reception(config: Config, memory: Memory, clock: Clock) -> Reception:
    """What judges and records what the sites send."""
    return Reception(
        keys={one.id: one.keys for one in settings_of(config).sites},
        arrivals=Arrivals(engine=memory.engine, journal=memory.journal, clock=clock),
        quarantine=Quarantine(memory.engine),
        clock=clock,
    )


def centre_status(config: Config, *, wanted: Mapping[str, str], clock: Clock, console: Console) -> int:
    """Print a line per site; 0 if all is well, 1 if somebody should look at one.

    `wanted`: the configuration that each site is to run, where that is known.
    """
    engine = open_memory(config, clock=clock).engine
    watch = SiteWatch(settings_of(config), engine=engine, clock=clock, wanted=wanted)
    columns = ("site", "name", "last heard", "lag", "taken", "open", "missing", "refused", "orders", "runs", "state")
    table, statuses = Table(*columns, box=None, pad_edge=False), watch.statuses()
    for one in statuses:
        table.add_row(*_row(one))
    console.print(table)
    return int(any(one.complaints for one in statuses))


def _row(one: SiteStatus) -> Sequence[str]:
    standing, state = one.standing, "; ".join(one.complaints) or "ok"
    heard = "never" if one.silent_s is None else f"{one.silent_s:.0f} s ago"
    owed = str(0 if one.owed is None else one.owed.count)
    if standing is None:
        return one.id, one.name, heard, "-", "0", "0", "0", "0", owed, "-", state
    lag = "-" if standing.lag is None else f"{standing.lag:.1f} s"
    counts = (standing.taken, standing.open_incidents, standing.missing, standing.refused)
    runs = "-" if standing.runs is None else f"{standing.runs.version} {standing.runs.configuration}"
    return one.id or "?", one.name, heard, lag, *map(str, counts), owed, runs, state
