"""From the commit of an alert to its receipt, for each channel, at one and at fifty alerts a second.

    python benchmarks/bridge_latency.py [--seconds 20]

Everything is real and on this machine: SQLite, a relay process, the receiver. Seconds: median, 95th, 99th percentile.
"""

import argparse
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from drill_bridge import stage
from sqlalchemy import func, select

from vigilanza.clock import SystemClock
from vigilanza.lab.drill.bridge import Stage, running, wait_until_paid
from vigilanza.lab.drill.story import break_in
from vigilanza.store.database import reading
from vigilanza.store.schema_bridge import deliveries, transitions

RATES = (1, 50)


def measure(one: Stage, *, rate: int, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Commit to first attempt and commit to receipt, each alert's seconds."""
    clock, never = SystemClock(), threading.Event()
    with running(one, clock=clock) as scene:
        scene.journal.test(one.destinations[0], incident=break_in(0, clock.now())[0].incident, by="benchmark")
        wait_until_paid(scene.engine, clock)  # the relay is there
        began = clock.monotonic()
        for number in range(round(rate * seconds)):
            clock.wait(max(0.0, began + number / rate - clock.monotonic()), never)
            scene.journal.record(break_in(number + 1, clock.now())[:1])
        wait_until_paid(scene.engine, clock)
        first = (
            select(transitions.c.delivery, func.min(transitions.c.at).label("at"))
            .where(transitions.c.what == "claimed")
            .group_by(transitions.c.delivery)
            .subquery()
        )
        times = select(first.c.at - deliveries.c.queued_at, deliveries.c.ended_at - deliveries.c.queued_at)
        with reading(scene.engine) as connection:
            rows = connection.execute(times.join(first, first.c.delivery == deliveries.c.id)).all()
    attempts, receipts = np.array([tuple(row) for row in rows], float)[1:].T
    return attempts, receipts


def main() -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    print(f"{'destination':16} {'alerts/s':>8} {'attempt p95':>12} {'receipt p50':>12} {'p95':>8} {'p99':>8}")
    with TemporaryDirectory() as folder:
        names = [party.name for party in stage(Path(folder)).parties if party.settings()["kind"] == "municipal_vms"]
    for name in names:
        for rate in RATES:
            with TemporaryDirectory() as folder:
                whole = stage(Path(folder))
                [party] = [party for party in whole.parties if party.name == name]
                [destination] = [one for one in whole.destinations if one.id == name]
                one = Stage(whole.folder, [party], [destination], whole.extra)
                attempts, receipts = measure(one, rate=rate, seconds=given.seconds)
            p50, p95, p99 = np.percentile(receipts, [50, 95, 99])
            attempt = np.percentile(attempts, 95)
            print(f"{name:16} {rate:8} {attempt:12.3f} {p50:12.3f} {p95:8.3f} {p99:8.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
