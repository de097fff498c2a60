"""`vigilanza bridge status`: how the way to each destination is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from vigilanza.app.memory import open_memory
from vigilanza.app.ourcertificates import DAY_S, SOON_DAYS, OurCertificate, our_certificates
from vigilanza.clock import Clock
from vigilanza.config import Config, Endpoint
from vigilanza.store.lines import Lines, LineState, path_line
from vigilanza.store.outbox import Outbox, Standing

SILENT_S = 180.0


@dataclass(frozen=True, slots=True)
class LineStatus:
    """One destination as the database knows it at `now`; `line` is None if no relay has tried it yet.

    `paths`: the ways to it, if there are several; `ours`: the certificates of the configuration that it takes.
    """

    endpoint: Endpoint
    standing: Standing
    line: LineState | None
    last_receipt_at: float | None
    now: float
    paths: Mapping[str, LineState | None] = field(default_factory=dict)
    ours: Sequence[OurCertificate] = ()

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody should look at; nothing if all is well."""
        return tuple(words for wrong, words in self._judgements() if wrong)

    def tell(self) -> dict[str, Any]:
        """As JSON values; times are UTC in Unix seconds, ages and round trips seconds."""
        line, standing = self.line, self.standing
        ends = [one.until for one in self.ours if one.until is not None]
        return {
            "destination": self.endpoint.destination.id,
            "channel": self.endpoint.channel,
            "line": _word(line),
            "since": line and line.since,
            "why": (line and line.why) or None,
            "heard_at": line and line.heard_at,
            "round_trip_seconds": line and line.seconds,
            "certificate_until": line and line.certificate_until,
            "configured_certificates_until": min(ends, default=None),
            "owed": standing.owed,
            "refused": standing.refused,
            "overdue": standing.overdue,
            "oldest_seconds": self.oldest_seconds,
            "last_receipt_at": self.last_receipt_at,
            "paths": [_tell_path(name, state) for name, state in self.paths.items()],
            "complaints": list(self.complaints),
        }

    @property
    def oldest_seconds(self) -> float | None:
        """Age of the oldest debt."""
        oldest = self.standing.oldest_queued_at
        return None if oldest is None else max(0.0, self.now - oldest)

    @property
    def certificate_days(self) -> float | None:
        """Days that the other party's certificate is still good for."""
        until = None if self.line is None else self.line.certificate_until
        return None if until is None else (until - self.now) / DAY_S

    def _judgements(self) -> Iterator[tuple[bool, str]]:
        yield self.line is None, "never tried: is the relay running?"
        if self.line is not None:
            yield not self.line.up, f"down: {self.line.why}"
            heard = self.line.heard_at or self.line.since
            yield self.line.up and self.now - heard > SILENT_S, "no sign of life lately: is the relay running?"
        for name, state in self.paths.items():
            if state is None:
                yield self.line is not None, f"path {name} was never tried"
            else:
                yield not state.up, f"path {name} is down: {state.why.removeprefix(f'{name}: ')}"
        yield self.standing.refused > 0, "refused alerts wait for a person"
        yield self.standing.overdue > 0, "alerts are overdue"
        days = self.certificate_days
        yield days is not None and days < SOON_DAYS, "its certificate runs out"
        for one in self.ours:
            complaint = one.complaint(self.now)
            yield complaint is not None, complaint or ""


def line_status(config: Config, *, clock: Clock, console: Console, as_json: bool) -> int:
    """Print a line per destination; 0 if all is well, 1 if somebody should look at one."""
    certificates = our_certificates(config)
    found, wrong = _read(config, certificates, clock), _of_our_parts(config, certificates, clock)
    if as_json:
        for one in found:
            console.print(json.dumps(one.tell()), markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(_table(found))
        for one in found:
            for words in one.complaints:
                console.print(f"{one.endpoint.destination.id}: {words}", markup=False, highlight=False)
        for words in wrong:
            console.print(words, markup=False, highlight=False)
    return 1 if wrong or any(one.complaints for one in found) else 0


def _of_our_parts(config: Config, certificates: Sequence[OurCertificate], clock: Clock) -> list[str]:
    """What is wrong, and no fault of a line."""
    names = {endpoint.destination.id for endpoint in config.destinations}
    complaints = [(one.of, one.complaint(clock.now())) for one in certificates if one.of not in names]
    return [
        *(f"{lost.id}: its secrets are gone: alerts wait" for lost in config.owed),
        *(f"{of}: {complaint}" for of, complaint in complaints if complaint is not None),
    ]


def _read(config: Config, certificates: Sequence[OurCertificate], clock: Clock) -> list[LineStatus]:
    memory = open_memory(config, clock=clock)
    try:
        outbox, now = Outbox(memory.engine), clock.now()
        lines = {line.destination: line for line in Lines(memory.engine).all()}
        return [
            LineStatus(
                endpoint,
                outbox.standing(name),
                lines.get(name),
                outbox.last_receipt_at(name),
                now,
                {path: lines.get(path_line(name, path)) for path in endpoint.paths},
                [one for one in certificates if one.of == name],
            )
            for endpoint in config.destinations
            for name in (endpoint.destination.id,)
        ]
    finally:
        memory.engine.dispose()


def _tell_path(name: str, state: LineState | None) -> dict[str, Any]:
    return {
        "path": name,
        "line": _word(state),
        "since": state and state.since,
        "why": (state and state.why) or None,
        "heard_at": state and state.heard_at,
        "round_trip_seconds": state and state.seconds,
    }


def _word(line: LineState | None) -> str | None:
    return None if line is None else "up" if line.up else "down"


def _table(found: list[LineStatus]) -> Table:
    table = Table("destination", "channel", "line", "since", "round trip", "certificate", "owed", "oldest", "receipt")
    table.box, table.pad_edge = None, False
    for one in found:
        line = one.line
        table.add_row(
            one.endpoint.destination.id,
            one.endpoint.channel,
            _word(line) or "?",
            _moment(line.since if line else None),
            _unit(line.seconds if line else None, "s"),
            _unit(one.certificate_days, "days"),
            f"{one.standing.owed}" + (f" ({one.standing.refused} refused)" if one.standing.refused else ""),
            _unit(one.oldest_seconds, "s"),
            _moment(one.last_receipt_at),
        )
        for name, path in one.paths.items():
            since, seconds = (path.since, path.seconds) if path else (None, None)
            table.add_row(f"  {name}", "", _word(path) or "?", _moment(since), _unit(seconds, "s"))
    return table


def _moment(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%d %b %H:%M:%SZ")


def _unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.3g} {unit}"
