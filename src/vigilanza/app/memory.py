"""The stores of one process, opened from the configuration."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, make_url

from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.store.database import open_database
from vigilanza.store.diskroom import DiskRoom
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.retention import Retention
from vigilanza.store.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class Memory:
    """What every part needs of the store."""

    engine: Engine
    journal: Journal
    media: MediaStore


def open_memory(config: Config, *, clock: Clock) -> Memory:
    """ConfigError if the database URL cannot be used; a database that is merely away is waited for later."""
    url = make_url(config.storage.database)
    if config.storage.database_password is not None:
        url = url.set(password=config.storage.database_password.reveal())
    engine = open_database(url.render_as_string(hide_password=False))
    destinations = [*(endpoint.destination for endpoint in config.destinations), *config.owed]
    site = config.site
    journal = Journal(
        engine=engine,
        destinations=destinations,
        clock=clock,
        site=site.id,
        zone=ZoneInfo(site.timezone),
        flagrante=site.flagrante_seconds,
    )
    return Memory(engine, journal, MediaStore(root=config.storage.media, engine=engine, clock=clock))


def open_withdrawal(memory: Memory, clock: Clock) -> Withdrawal:
    """What takes media away before their term."""
    return Withdrawal(engine=memory.engine, files=memory.media, clock=clock)


def open_room(config: Config, memory: Memory, clock: Clock) -> DiskRoom:
    """What keeps the reserve free that is configured."""
    return DiskRoom(
        engine=memory.engine,
        files=memory.media,
        withdrawal=open_withdrawal(memory, clock),
        clock=clock,
        reserve=reserve_of(config),
    )


def reserve_of(config: Config) -> int:
    """In bytes."""
    return config.storage.reserve_megabytes * 1_000_000


def open_retention(config: Config, memory: Memory, clock: Clock) -> Retention:
    """What deletes media at the end of the term that is configured."""
    term = config.storage.retention_hours * 3600.0
    return Retention(engine=memory.engine, files=memory.media, clock=clock, term=term)
