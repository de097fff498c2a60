"""What happened in a span of time: incidents found by where, when and outcome, and how fast alerts arrived."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select

from vigilanza.domain.aftermath import CALLED, Step, StepTaken, stage_of
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.events import EventKind, Severity, event_from_json
from vigilanza.domain.sentence import most_telling
from vigilanza.store.database import reading
from vigilanza.store.schema import decisions, events, incidents
from vigilanza.store.schema_aftermath import handover_subjects
from vigilanza.store.schema_bridge import deliveries
from vigilanza.store.sought import Mark, Outcome, Wanted, chosen
from vigilanza.store.steps import steps_of_all


@dataclass(frozen=True, slots=True)
class Past:
    """One incident as the archive lists it. `kind` is the most telling thing that happened.

    `avs`, `reason`, `decided_by` and `decided_at` are of the latest decision; `steps` what was done since a
    confirmation, `notes` how many hand-over notes are about it.
    """

    id: UUID
    camera: str
    door: str | None
    kind: EventKind
    severity: Severity
    open: bool
    first_at: float
    last_at: float
    avs: int | None
    reason: RejectReason | None
    decided_by: str | None
    decided_at: float | None
    steps: tuple[StepTaken, ...] = ()
    notes: int = 0

    @property
    def outcome(self) -> Outcome:
        """Of the latest decision."""
        if self.decided_by is None:
            return Outcome.UNDECIDED
        return Outcome.REJECTED if self.avs is None else Outcome.CONFIRMED

    @property
    def stage(self) -> Step | None:
        """How far it has come since it was confirmed."""
        return stage_of([step.what for step in self.steps])

    def first(self, which: Collection[Step]) -> float | None:
        """When the first step of these was noted."""
        return next((step.at for step in self.steps if step.what in which), None)

    @property
    def calls(self) -> int:
        """How often somebody was telephoned, as far as it was noted."""
        return sum(step.call is not None or step.what in CALLED for step in self.steps)


@dataclass(frozen=True, slots=True)
class Paid:
    """One alert that its destination has: `seconds` from the commit that owed it to the receipt."""

    destination: str
    seconds: float


class History:
    """Read-only. Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, wanted: Wanted) -> int:
        """How many there are."""
        with reading(self._engine) as connection:
            return int(connection.execute(chosen(wanted, func.count())).scalar_one())

    def page(self, wanted: Wanted, *, limit: int, below: Mark | None = None) -> list[Past]:
        """At most `limit`, the newest first, below the mark of the page before."""
        with reading(self._engine) as connection:
            return _page(connection, wanted, limit, below)

    def all(self, wanted: Wanted, *, chunk: int = 500) -> Iterator[Past]:
        """Every one of them, the newest first, as they were at one moment; `chunk` are in memory at a time."""
        with reading(self._engine) as connection:
            below: Mark | None = None
            while found := _page(connection, wanted, chunk, below):
                yield from found
                below = Mark(found[-1].first_at, found[-1].id)

    def paid(self, wanted: Wanted) -> list[Paid]:
        """The receipts for alerts of these incidents. Tests of a line are no incidents."""
        fetched = (
            chosen(wanted, deliveries.c.destination, deliveries.c.ended_at - deliveries.c.queued_at)
            .join(deliveries, deliveries.c.incident == incidents.c.id)
            .where(deliveries.c.state == DeliveryState.ACKNOWLEDGED.value)
        )
        with reading(self._engine) as connection:
            return [Paid(name, max(0.0, seconds)) for name, seconds in connection.execute(fetched)]

    def first_at(self) -> float | None:
        """When the first event of all was seen (UTC, Unix seconds); None if there is none."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.min(incidents.c.first_at))).scalar()

    def places(self) -> tuple[list[str], list[str]]:
        """The cameras and the doors of all incidents there are, in order."""
        with reading(self._engine) as connection:
            cameras = connection.execute(select(incidents.c.camera).distinct()).scalars().all()
            doors = connection.execute(select(incidents.c.door).where(incidents.c.door.is_not(None)).distinct())
            return sorted(cameras), sorted(doors.scalars().all())


def _page(connection: Connection, wanted: Wanted, limit: int, below: Mark | None) -> list[Past]:
    of_decision = (decisions.c.avs, decisions.c.reason, decisions.c.operator, decisions.c.at.label("decided_at"))
    query = chosen(wanted, incidents, *of_decision).order_by(incidents.c.first_at.desc(), incidents.c.id.desc())
    if below is not None:
        at, this = incidents.c.first_at, incidents.c.id
        query = query.where(or_(at < below.at, and_(at == below.at, this < below.id)))
    rows = connection.execute(query.limit(limit)).all()
    ids = [row.id for row in rows]
    kinds, steps, notes = _kinds(connection, ids), steps_of_all(connection, ids), _notes(connection, ids)
    return [_past(row, kinds.get(row.id), tuple(steps.get(row.id, ())), notes.get(row.id, 0)) for row in rows]


def _notes(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = select(handover_subjects.c.incident, func.count()).group_by(handover_subjects.c.incident)
    wanted = counted.where(handover_subjects.c.incident.in_(ids))
    return {incident: int(number) for incident, number in connection.execute(wanted)}


def _kinds(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, EventKind]:
    told: dict[UUID, list[Any]] = {}
    for row in connection.execute(select(events.c.incident, events.c.body).where(events.c.incident.in_(ids))):
        told.setdefault(row.incident, []).append(event_from_json(row.body))
    telling = {incident: most_telling(seen) for incident, seen in told.items()}
    return {incident: event.kind for incident, event in telling.items() if event is not None}


def _past(row: Row[Any], kind: EventKind | None, steps: tuple[StepTaken, ...], notes: int) -> Past:
    return Past(
        id=row.id,
        camera=row.camera,
        door=row.door,
        kind=kind or EventKind(row.kind),
        severity=list(Severity)[row.severity],
        open=row.open,
        first_at=row.first_at,
        last_at=row.last_at,
        avs=row.avs,
        reason=None if row.reason is None else RejectReason(row.reason),
        decided_by=row.operator,
        decided_at=row.decided_at,
        steps=steps,
        notes=notes,
    )
