"""One rate of events, from the commit at the sites to the page of the centre."""

import os
import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select, text

from vigilanza.clock import Clock
from vigilanza.domain.confidence import percentile
from vigilanza.lab.bench.contest import Stopped
from vigilanza.lab.sites.centre import Centre
from vigilanza.lab.sites.control_room import ControlRoom
from vigilanza.lab.sites.fleet import Fleet
from vigilanza.lab.sites.load import Look, cores_between, look, machine_between
from vigilanza.lab.sites.remote_site import Sent
from vigilanza.lab.sites.row import Delay, Row
from vigilanza.lab.sites.town import Town
from vigilanza.lab.sites.verdict import judge
from vigilanza.store.accounts import Accounts
from vigilanza.store.database import open_database, reading
from vigilanza.store.schema_centre import arrivals

WARM_UP = 0.25
"""The first part of the time, in which incidents have only begun, is not measured."""
_BEGIN_IN_S = 1.0
_LOOK_S, GIVE_UP_S = 0.5, 30.0
_NAME = "control-room"


@dataclass(frozen=True, slots=True)
class Load:
    """`factor` times the busiest hour, for so many seconds."""

    factor: float
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class _Size:
    database: int
    log: int


def measure(town: Town, load: Load, *, centre: Centre, folder: Path, clock: Clock, stop: threading.Event) -> Row:
    """`centre` is new, and nothing is started yet. `folder` gets what the sites must remember. Stopped by `stop`."""
    engine = open_database(centre.database_url)
    password = secrets.token_urlsafe(16)
    try:
        Accounts(engine=engine, clock=clock).create(_NAME, password)
        centre.start()
        keys = centre.keys.items()
        with (
            Fleet(keys, link=centre.link, folder=folder, seed=load.seed, clock=clock) as fleet,
            ControlRoom(page=centre.page, name=_NAME, password=password, engine=engine, clock=clock) as room,
        ):
            return _Run(town, load, centre, fleet, room, engine, clock, stop).row()
    finally:
        engine.dispose()


class _Run:
    def __init__(
        self,
        town: Town,
        load: Load,
        centre: Centre,
        fleet: Fleet,
        room: ControlRoom,
        engine: Engine,
        clock: Clock,
        stop: threading.Event,
    ) -> None:
        self._load, self._centre, self._fleet, self._room = load, centre, fleet, room
        self._engine, self._clock, self._stop = engine, clock, stop
        self._began = clock.monotonic() + _BEGIN_IN_S
        self._wall = clock.now() - clock.monotonic()
        self._happenings = town.happenings(
            factor=load.factor, seconds=load.seconds, seed=load.seed, began=self._began + self._wall
        )

    def row(self) -> Row:
        """Play it, and wait until nothing more comes."""
        size = self._size()
        played = self._fleet.play(self._happenings, began=self._began)
        first = self._look_at(self._warm, played)
        pulses, reads = self._fleet.pulses, len(self._room.read_s)
        last = self._look_at(self._load.seconds, played)
        pulses = self._fleet.pulses - pulses
        read_s = self._room.read_s[reads:]
        self._wait_for_the_rest(played)
        sent, grown = list(self._fleet.sent), self._size()
        offered = [one for one in sent if self._warm <= one.at_s < self._load.seconds]
        lasted, came = last.at - first.at, self._came()
        by_the_end = sum(1 for one in sent if one.at_s < self._load.seconds)
        return Row(
            factor=self._load.factor,
            seconds=self._load.seconds,
            offered=len(offered) / lasted,
            taken=sum(1 for _, arrived in came if self._warm <= arrived < self._load.seconds) / lasted,
            recorded=_delay([arrived - at for at, arrived in came if self._warm <= at < self._load.seconds]),
            shown=self._shown(offered),
            waiting=by_the_end - sum(1 for _, arrived in came if arrived < self._load.seconds),
            pulses=pulses / lasted,
            list_p95_s=percentile(read_s, 0.95),
            message_bytes=sum(one.size_bytes for one in sent) / max(1, len(sent)),
            stored_bytes=(grown.database - size.database) / max(1, len(came)),
            log_bytes=(grown.log - size.log) / max(1, len(came)),
            cpu=cores_between(first, last),
            machine=machine_between(first, last),
            cores=len(os.sched_getaffinity(0)),
            attempts_failed=self._fleet.attempts_failed,
            verdict=judge(
                [(one.site, one.incident, one.sequence) for one in sent],
                [(one.site, one.incident, one.sequence) for one in self._room.shown],
            ),
        )

    @property
    def _warm(self) -> float:
        return self._load.seconds * WARM_UP

    def _look_at(self, at_s: float, played: "Future[None]") -> Look:
        """Wait until then."""
        while (rest := self._began + at_s - self._clock.monotonic()) > 0:
            self._wait(min(rest, _LOOK_S), played)
        return look(self._centre.roots, self._clock.monotonic())

    def _wait_for_the_rest(self, played: "Future[None]") -> None:
        """Until all is sent, and the page has as much, or nothing new for half a minute."""
        had, since = -1, self._clock.monotonic()
        while not played.done() or len(self._room.shown) < len(self._fleet.sent):
            if not played.done() or len(self._room.shown) > had:
                had, since = len(self._room.shown), self._clock.monotonic()
            if self._clock.monotonic() - since > GIVE_UP_S:
                return
            self._wait(_LOOK_S, played)

    def _wait(self, seconds: float, played: "Future[None]") -> None:
        """What failed meanwhile is raised."""
        if self._clock.wait(seconds, self._stop):
            raise Stopped
        self._centre.check()
        if played.done():
            played.result()

    def _came(self) -> Sequence[tuple[float, float]]:
        """Of all that the centre has: when it was committed at the site and here, in seconds after the beginning."""
        began = self._began + self._wall
        with reading(self._engine) as connection:
            rows = connection.execute(select(arrivals.c.at, arrivals.c.arrived_at))
            return [(row.at - began, row.arrived_at - began) for row in rows]

    def _shown(self, offered: Sequence[Sent]) -> Delay:
        at = {(one.site, one.incident, one.sequence): one.at for one in reversed(self._room.shown)}
        places = ((one, (one.site, one.incident, one.sequence)) for one in offered)
        return _delay([at[place] - self._began - one.at_s for one, place in places if place in at])

    def _size(self) -> _Size:
        query = text("SELECT pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
        with reading(self._engine) as connection:
            database, log = connection.execute(query).one()
        return _Size(int(database), int(log))


def _delay(seconds: Sequence[float]) -> Delay:
    return Delay(len(seconds), *(percentile(seconds, share) for share in (0.5, 0.95, 0.99)))
