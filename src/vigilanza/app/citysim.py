"""`vigilanza simulate --city`: many simulated sites before a real centre, at one rate of events after the other."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from vigilanza.app.freeport import free_port
from vigilanza.app.part import LIFELINE
from vigilanza.clock import Clock
from vigilanza.domain.errors import ConfigError
from vigilanza.lab.bench.contest import Stopped
from vigilanza.lab.bench.machine import describe_machine
from vigilanza.lab.bench.table import paste
from vigilanza.lab.sites.centre import Centre
from vigilanza.lab.sites.curve import curve
from vigilanza.lab.sites.measure import WARM_UP, Load, measure
from vigilanza.lab.sites.row import Row
from vigilanza.lab.sites.table import COST_HEAD, SPEED_HEAD, conclusion, cost, document, speed
from vigilanza.lab.sites.town import Town

ENOUGH, LONGEST_S = 100, 300.0
"""A rate so small that it gives fewer events than this is measured for longer, up to so many seconds."""


def simulate_city(
    town: Town,
    factors: Sequence[float],
    *,
    seconds: float,
    seed: int,
    written: Path | None,
    clock: Clock,
    stop: threading.Event,
    show: Callable[[str], None],
) -> int:
    """Measure each of `factors` (times the busiest hour), every one with a new centre. 1 if an event was lost, doubled
    or out of order, or `stop` was set; else 0. `written` gets the tables, and the curve beside it.

    ConfigError if that cannot be written, or NATS or PostgreSQL is not installed.
    """
    if written is not None:
        _see_that_it_can_be_written(written)
    machine, rows = describe_machine(), list[Row]()
    show(f"{town.sites} sites of {town.doors} doors: {town.peak_rate():.3f} events/s in the busiest hour")
    try:
        for row in _measured(town, factors, seconds=seconds, seed=seed, clock=clock, stop=stop):
            rows.append(row)
            for head, said in ((SPEED_HEAD, speed(row)), (COST_HEAD, cost(row))):
                show("; ".join(f"{name} {value}" for name, value in zip(head, said, strict=True)))
    except Stopped:
        return 1
    show(conclusion(rows))
    if written is not None:
        drawing = written.with_suffix(".svg")
        drawing.write_text(curve(rows), "utf-8")
        told = document(rows, town=town, machine=machine, at=clock.now(), drawing=drawing.name)
        before = written.read_text("utf-8") if written.exists() else ""
        written.write_text(paste(told, before), "utf-8")
    return 0 if all(row.verdict.good for row in rows) else 1


def _see_that_it_can_be_written(path: Path) -> None:
    try:
        path.touch()
    except OSError as error:
        raise ConfigError(f"simulate: {path} cannot be written: {error.strerror}") from error


def _measured(
    town: Town, factors: Sequence[float], *, seconds: float, seed: int, clock: Clock, stop: threading.Event
) -> Iterator[Row]:
    environ = os.environ | {LIFELINE: "1"}
    for factor in factors:
        needed = ENOUGH / (town.peak_rate() * factor * (1 - WARM_UP))
        load = Load(factor, max(seconds, min(needed, LONGEST_S)), seed)
        with TemporaryDirectory(prefix="vigilanza-city-", ignore_cleanup_errors=True) as place:
            try:
                with Centre(town, folder=Path(place), page_port=free_port(0, "simulate"), environ=environ) as centre:
                    yield measure(town, load, centre=centre, folder=Path(place), clock=clock, stop=stop)
            except FileNotFoundError as error:
                raise ConfigError(f"simulate: {error}") from error
