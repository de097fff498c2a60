"""One run of the delivery drill, and what it proves."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml
from sqlalchemy import Engine, func, select

from vigilanza.clock import Clock
from vigilanza.domain.delivery import DeliveryState, Destination
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.chaos import Chaos
from vigilanza.lab.drill.party import Arrival, Party
from vigilanza.lab.drill.relays import RelayProcess
from vigilanza.lab.drill.story import CAMERA, DOOR, record_break_ins
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.schema_bridge import deliveries

ENOUGH_S = 300.0
"""After the last fault everything must have arrived within so long: a line that was down is tried once a minute."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one destination's alerts. `unpaid` have no receipt, `lost` never arrived, `twice` had an effect
    more than once, `disordered` came before an earlier one of their incident.
    """

    party: str
    owed: int
    unpaid: int
    lost: int
    twice: int
    disordered: int

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.unpaid or self.lost or self.twice or self.disordered)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one drill is played."""

    folder: Path
    parties: Sequence[Party]
    destinations: Sequence[Destination]
    extra: dict[str, Any] = field(default_factory=dict)
    """Further parts of the configuration that the parties need."""


@dataclass(frozen=True, slots=True)
class Running:
    """A stage whose receivers and relay work."""

    engine: Engine
    journal: Journal
    relay: RelayProcess


@contextmanager
def running(stage: Stage, *, clock: Clock) -> Iterator[Running]:
    """Start everything; end it at the end."""
    with ExitStack() as stack:
        for party in stage.parties:
            party.up()
            stack.callback(party.down)
        environ = {name: value for party in stage.parties for name, value in party.environ().items()}
        relay = RelayProcess(config=_write(stage), environ=environ, log=stage.folder / "relay.log")
        engine = open_database(f"sqlite:///{stage.folder / 'vigilanza.db'}")
        stack.callback(engine.dispose)
        relay.start()
        stack.callback(relay.kill)
        yield Running(engine, Journal(engine=engine, destinations=stage.destinations, clock=clock, site="0423"), relay)


def play(
    stage: Stage, *, incidents: int, pause: float, seed: int, clock: Clock, say: Callable[[str], None]
) -> list[Verdict]:
    """Record so many incidents, one every `pause` seconds, while things break at random; then let everything work and
    judge each destination.
    """
    with running(stage, clock=clock) as scene:
        done = threading.Event()
        chaos = Chaos(stage.parties, relay=scene.relay, engine=scene.engine, chance=Random(seed), clock=clock)
        thread = threading.Thread(target=chaos.run, args=(done,), daemon=True)
        thread.start()
        record_break_ins(scene.journal, incidents=incidents, pause=pause, clock=clock)
        done.set()
        thread.join()
        say(f"seed {seed}: {chaos.told()}")
        wait_until_paid(scene.engine, clock)
        return [_judge(scene.engine, party) for party in stage.parties]


def _write(stage: Stage) -> Path:
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "address": "via Esempio 4", "municipality": "Milano"},
        "cameras": [{"id": CAMERA, "source": "rtsp://127.0.0.1:9/none", "doors": [_door()]}],
        "units": [{"id": DOOR, "stair": "B", "floor": "3", "number": "12", "zone": 12}],
        "destinations": [dict(party.settings()) for party in stage.parties],
        "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
        **stage.extra,
    }
    path = stage.folder / "drill.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def _door() -> dict[str, Any]:
    return {"id": DOOR, "role": "sealed", "leaf": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7], [0.4, 0.7]]}


def wait_until_paid(engine: Engine, clock: Clock) -> None:
    """Return when every alert has its receipt, or after ENOUGH_S."""
    unpaid = select(func.count()).where(deliveries.c.state != DeliveryState.ACKNOWLEDGED.value)
    never, until = threading.Event(), clock.monotonic() + ENOUGH_S
    while clock.monotonic() < until:
        try:
            with reading(engine) as connection:
                if connection.execute(unpaid).scalar() == 0:
                    return
        except JournalUnavailable:
            pass  # the relays are writing
        clock.wait(0.5, never)


def _judge(engine: Engine, party: Party) -> Verdict:
    with reading(engine) as connection:
        query = select(deliveries).where(deliveries.c.destination == party.name).order_by(deliveries.c.position)
        rows = list(connection.execute(query))
    arrived = party.arrived
    return Verdict(
        party=party.name,
        owed=len(rows),
        unpaid=sum(row.state != DeliveryState.ACKNOWLEDGED.value for row in rows),
        lost=len(rows) - len(set(arrived)),
        twice=len(arrived) - len(set(arrived)),
        disordered=_disordered(arrived),
    )


def _disordered(arrived: Sequence[Arrival]) -> int:
    last: dict[str, int] = defaultdict(lambda: -1)
    wrong = 0
    for incident, place in arrived:
        wrong += place < last[incident]
        last[incident] = max(last[incident], place)
    return wrong
