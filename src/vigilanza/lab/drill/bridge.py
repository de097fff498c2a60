"""One run of the delivery drill."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import Engine, func, select

from vigilanza.clock import Clock
from vigilanza.domain.delivery import DeliveryState, Destination, DestinationKind
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.chaos import Chaos, Fault
from vigilanza.lab.drill.database import Database
from vigilanza.lab.drill.party import Party
from vigilanza.lab.drill.person import Person
from vigilanza.lab.drill.relays import RelayProcess
from vigilanza.lab.drill.site import blind_cameras, write_site
from vigilanza.lab.drill.story import CAMERAS, camera_of, door_of, record_break_in
from vigilanza.lab.drill.verdict import Verdict, happenings, judge, judge_asking
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.schema_bridge import deliveries

ENOUGH_S = 300.0
"""After the last fault something more must arrive within so long, until everything has: a line that was down is tried
once a minute.
"""

ON_THEIR_WAY = 400
"""So many alerts may be without a receipt before the next break-in: things break while alerts go out, not before."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one drill is played, with whom: destinations, and a VMS that asks. The site's cameras are CAMERAS."""

    folder: Path
    parties: Sequence[Party]
    vms: Party
    database: Database

    @property
    def everybody(self) -> Sequence[Party]:
        """Who can be killed, frozen, and answer wrongly."""
        return (*self.parties, self.vms)


@dataclass(frozen=True, slots=True)
class Played:
    """What was done to whom (a party's name, RELAY, DATABASE), what became of each destination's alerts, and how
    long it took (seconds).
    """

    faults: Mapping[tuple[str, Fault], int]
    verdicts: Sequence[Verdict]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Scene:
    """A stage whose receivers and relay work."""

    engine: Engine
    journal: Journal
    relay: RelayProcess


def play(stage: Stage, *, incidents: int, pause: float, seed: int, clock: Clock) -> Played:
    """Record so many incidents, one every `pause` seconds and never far ahead of the relay, while things break at
    random; then let everything work and judge each destination.
    """
    began = clock.monotonic()
    with _running(stage, incidents=incidents, clock=clock) as scene, ThreadPoolExecutor() as threads:
        recorded, paid = threading.Event(), threading.Event()
        chaos = Chaos(
            stage.everybody,
            relay=scene.relay,
            engine=scene.engine,
            server=stage.database.server,
            chance=Random(seed),
            clock=clock,
        )
        person = Person(scene.engine, clock=clock)
        breaking, looking = threads.submit(chaos.run, recorded), threads.submit(person.run, paid)
        try:
            for number in range(incidents):
                record_break_in(scene.journal, number, clock=clock)
                clock.wait(pause, threading.Event())
                wait_until_paid(scene.engine, clock, but=ON_THEIR_WAY)
            recorded.set()
            breaking.result()
            scene.relay.check()
            wait_until_paid(scene.engine, clock)
            _wait_until_heard(scene.engine, stage.vms, clock)
        finally:
            recorded.set()
            paid.set()
        looking.result()
        verdicts = [*(judge(scene.engine, party) for party in stage.parties), judge_asking(scene.engine, stage.vms)]
        return Played(chaos.counts, verdicts, clock.monotonic() - began)


def wait_until_paid(engine: Engine, clock: Clock, *, but: int = 0) -> None:
    """Return when every alert but so many has its receipt, or when none more got one for ENOUGH_S."""
    unpaid = select(func.count()).where(deliveries.c.state != DeliveryState.ACKNOWLEDGED.value)

    def missing() -> int | None:
        try:
            with reading(engine) as connection:
                return max(0, int(connection.execute(unpaid).scalar() or 0) - but)
        except JournalUnavailable:
            return None  # the relays are writing

    wait_until_none(missing, clock)


def _wait_until_heard(engine: Engine, vms: Party, clock: Clock) -> None:
    """Return when the VMS has heard of all there is, or of nothing more for ENOUGH_S."""
    there = happenings(engine)
    wait_until_none(lambda: there - len(set(vms.arrived)), clock)


def wait_until_none(missing: Callable[[], int | None], clock: Clock, *, enough: float = ENOUGH_S) -> None:
    """Return when nothing is missing, or when that did not change for `enough` seconds; None: nobody knows just now."""
    never, before, until = threading.Event(), None, clock.monotonic() + enough
    while clock.monotonic() < until:
        now = missing()
        if now == 0:
            return
        if now is not None and now != before:
            before, until = now, clock.monotonic() + enough
        clock.wait(0.5, never)


@contextmanager
def _running(stage: Stage, *, incidents: int, clock: Clock) -> Iterator[_Scene]:
    """Start everything; end it at the end."""
    with ExitStack() as stack:
        for party in stage.everybody:
            party.up()
            stack.callback(party.down)
        environ = {name: value for party in stage.everybody for name, value in party.environ().items()}
        config = _write(stage, incidents=incidents)
        relay = RelayProcess(config=config, environ=environ, log=stage.folder / "relay.log")
        engine = open_database(stage.database.url)
        stack.callback(engine.dispose)
        relay.start()
        stack.callback(relay.kill)
        owed = [Destination(party.name, DestinationKind(party.settings()["kind"])) for party in stage.parties]
        yield _Scene(engine, Journal(engine=engine, destinations=owed, clock=clock, site="0423"), relay)


def _write(stage: Stage, *, incidents: int) -> Path:
    return write_site(
        stage.folder / "drill.yaml",
        cameras=blind_cameras(CAMERAS, [(camera_of(number), door_of(number)) for number in range(incidents)]),
        destinations=[party.settings() for party in stage.parties],
        storage={**stage.database.settings, "media": "media", "state": "state"},
        more={"onvif_device": dict(stage.vms.settings())},
    )
