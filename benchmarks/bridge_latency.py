"""From the commit of an alert to its receipt, for each channel, at one and at fifty alerts a second.

    python benchmarks/bridge_latency.py [--channel webhook] [--database postgresql] [--seconds 20] [--report FILE]

Everything is real and on this machine: database, relay and receiver are processes of their own. The clock starts just
before the commit. First attempt: the relay has claimed the alert. Receipt: the relay has it in its hands; for ONVIF,
which knows none, the VMS has pulled the message. In seconds; `a second`: so many were paid on average, to be compared
with how many were recorded. At one a second it takes three times `--seconds`.
"""

import argparse
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
import yaml
from pull_point import PASSWORD, PASSWORD_ENV, USER, Vms, free_port
from receivers import NAMES, Told, receiver
from sqlalchemy import Engine, func, select

from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.events import EventKind
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.drill.bridge import wait_until_paid
from vigilanza.lab.drill.database import KINDS, Database, database
from vigilanza.lab.drill.relays import RelayProcess
from vigilanza.lab.drill.story import CAMERA, DOOR, break_in
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.schema_bridge import deliveries, transitions

RATES = {1: 3.0, 50: 1.0}
"""Alerts a second, and how many times `--seconds` for them."""
PULLED = "onvif-pull"
ENOUGH_S = 60.0
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Times:
    """UTC in Unix seconds, by incident, each with one alert. `tried` is empty where there are no attempts."""

    recorded: Mapping[UUID, float]
    tried: Mapping[UUID, float]
    paid: Mapping[UUID, float]

    def row(self, channel: str, rate: int) -> str:
        """As in the table."""
        attempt = f"{np.percentile(self._after(self.tried), 95):12.3f}" if self.tried else f"{'-':>12}"
        if not self.paid:
            return f"{channel:12} {rate:8}  nothing arrived"
        p50, p95, p99 = np.percentile(self._after(self.paid), [50, 95, 99])
        lasted = max(self.paid.values()) - min(self.recorded.values())
        missing = f"  {left} missing" if (left := len(self.recorded) - len(self.paid)) else ""
        figures = f"{attempt} {p50:12.3f} {p95:8.3f} {p99:8.3f} {len(self.paid) / lasted:9.1f}"
        return f"{channel:12} {rate:8} {figures}{missing}"

    def _after(self, then: Mapping[UUID, float]) -> Sequence[float]:
        return [at - self.recorded[one] for one, at in then.items() if one in self.recorded]


HEAD = f"{'channel':12} {'alerts/s':>8} {'attempt p95':>12} {'receipt p50':>12} {'p95':>8} {'p99':>8} {'a second':>9}"


def measure(channel: str, kind: str, *, rate: int, seconds: float, folder: Path) -> Times:
    """One channel at one rate."""
    with database(kind, folder) as where:
        if channel == PULLED:
            return _measure_pulled(where, folder, rate=rate, seconds=seconds)
        with receiver(channel, folder / channel) as told:
            destination = Destination(told.settings["id"], DestinationKind(told.settings["kind"]))
            with _relay(where, folder, told=[told]) as engine:
                journal = Journal(engine=engine, destinations=[destination], clock=CLOCK, site="0423")
                journal.test(destination, incident=break_in(0, CLOCK.now())[0].incident, by="benchmark")
                wait_until_paid(engine, CLOCK)  # the relay is there
                recorded = _record(journal, rate=rate, seconds=seconds)
                wait_until_paid(engine, CLOCK)
                return Times(recorded, *_told_by(engine, recorded))


def _measure_pulled(where: Database, folder: Path, *, rate: int, seconds: float) -> Times:
    port = free_port()
    account = {"name": USER, "password_env": PASSWORD_ENV}
    device = {"port": port, "plain_http": True, "accounts": [account]}
    vms = Vms(port=port, clock=CLOCK)
    with (
        _relay(where, folder, environ={PASSWORD_ENV: PASSWORD}, onvif_device=device) as engine,
        vms.pulling(),
    ):
        journal = Journal(engine=engine, destinations=[], clock=CLOCK, site="0423")
        recorded = _record(journal, rate=rate, seconds=seconds)
        return Times(recorded, {}, vms.wait_for(len(recorded), ENOUGH_S))


def _record(journal: Journal, *, rate: int, seconds: float) -> Mapping[UUID, float]:
    """Opened doors, one incident each; when the commit of each began."""
    never, recorded = threading.Event(), {}
    began = CLOCK.monotonic()
    for number in range(round(rate * seconds)):
        # Not in step with anything that looks at regular times.
        jitter = (number * 0.618) % 1.0
        CLOCK.wait(max(0.0, began + (number + jitter) / rate - CLOCK.monotonic()), never)
        story = break_in(number + 1, CLOCK.now())
        event = replace(next(one for one in story if one.kind is EventKind.DOOR_OPENED), sequence=0)
        recorded[event.incident] = CLOCK.now()
        journal.record([event])
    return recorded


def _told_by(engine: Engine, recorded: Mapping[UUID, float]) -> tuple[Mapping[UUID, float], Mapping[UUID, float]]:
    """First attempt and receipt of each incident's alert."""
    first = (
        select(transitions.c.delivery, func.min(transitions.c.at).label("at"))
        .where(transitions.c.what == "claimed")
        .group_by(transitions.c.delivery)
        .subquery()
    )
    query = select(deliveries.c.incident, first.c.at, deliveries.c.ended_at)
    with reading(engine) as connection:
        rows = connection.execute(query.join(first, first.c.delivery == deliveries.c.id)).all()
    known = [row for row in rows if row[0] in recorded]
    return {row[0]: row[1] for row in known}, {row[0]: row[2] for row in known if row[2] is not None}


@contextmanager
def _relay(
    where: Database,
    folder: Path,
    *,
    told: Sequence[Told] = (),
    environ: Mapping[str, str] | None = None,
    **parts: Any,
) -> Iterator[Engine]:
    """`vigilanza relay` as a process of its own, until the end."""
    door = {"id": DOOR, "role": "sealed", "leaf": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.7], [0.4, 0.7]]}
    document = {
        "site": {"id": "0423", "name": "via Esempio 4", "address": "via Esempio 4", "municipality": "Milano"},
        "cameras": [{"id": CAMERA, "source": "rtsp://127.0.0.1:9/none", "doors": [door]}],
        "units": [{"id": DOOR, "stair": "B", "floor": "3", "number": "12", "zone": 12}],
        "destinations": [dict(one.settings) for one in told],
        "storage": {**where.settings, "media": "media", "state": "state"},
        **parts,
    }
    path = folder / "benchmark.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    secrets = {name: value for one in told for name, value in one.environ.items()}
    relay = RelayProcess(config=path, environ=secrets | dict(environ or {}), log=folder / "relay.log")
    engine = open_database(where.url)
    relay.start()
    try:
        yield engine
    finally:
        relay.kill()
        engine.dispose()


def main() -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channel", action="append", choices=[*NAMES, PULLED], help="only this one; repeatable")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long fifty a second are recorded")
    parser.add_argument("--report", type=Path, help="write the table there, too")
    given = parser.parse_args()
    lines = [f"{describe_machine().says()}; {given.database}", "", HEAD]
    print(*lines, sep="\n", flush=True)
    for channel in given.channel or [*NAMES, PULLED]:
        for rate, times in RATES.items():
            with TemporaryDirectory() as folder:
                seconds = times * given.seconds
                found = measure(channel, given.database, rate=rate, seconds=seconds, folder=Path(folder))
            lines.append(found.row(channel, rate))
            print(lines[-1], flush=True)
    if given.report is not None:
        given.report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
