"""Which incidents of the past are sought: what is asked, and the rows that answer it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from vigilanza.domain.aftermath import MARKS, Step
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.events import EventKind, Severity
from vigilanza.store.schema import decisions, events, incidents
from vigilanza.store.schema_aftermath import aftermath_steps


class Outcome(StrEnum):
    """What the latest decision says."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Incidents that began in since <= time < until (UTC, Unix seconds); None and () stand for all.

    `severity` is the least; `kind` something that happened in it, not only what it is called by; `step`: how far it has
    come since a confirmation, or a mark that it bears. `of_camera`: whether about the camera itself or a door.
    """

    since: float
    until: float
    doors: tuple[str, ...] | None = None
    camera: str | None = None
    kind: EventKind | None = None
    severity: Severity | None = None
    outcome: Outcome | None = None
    avs: int | None = None
    reason: RejectReason | None = None
    step: Step | None = None
    of_camera: bool | None = None
    without: UUID | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended: the next one begins below it."""

    at: float
    id: UUID


def chosen(wanted: Wanted, *columns: Any) -> Select[Any]:
    """`columns` of the incidents that are wanted, each with its latest decision."""
    # Looked up for each incident by the index on decisions: joined to all latest ones at once it takes SQLite minutes.
    own = decisions.alias()
    last = select(func.max(own.c.position)).where(own.c.incident == incidents.c.id).correlate(incidents)
    joined = incidents.outerjoin(decisions, decisions.c.position == last.scalar_subquery())
    return select(*columns).select_from(joined).where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield incidents.c.first_at >= wanted.since
    yield incidents.c.first_at < wanted.until
    if wanted.doors is not None:
        yield incidents.c.door.in_(wanted.doors)
    if wanted.camera is not None:
        yield incidents.c.camera == wanted.camera
    if wanted.severity is not None:
        yield incidents.c.severity >= wanted.severity.rank
    if wanted.kind is not None:
        happened = events.c.body["kind"].as_string() == wanted.kind.value
        yield exists().where(events.c.incident == incidents.c.id, happened)
    match wanted.outcome:
        case Outcome.UNDECIDED:
            yield decisions.c.id.is_(None)
        case Outcome.CONFIRMED:
            yield decisions.c.avs.is_not(None)
        case Outcome.REJECTED:
            yield decisions.c.reason.is_not(None)
        case None:
            pass
    if wanted.avs is not None:
        yield decisions.c.avs == wanted.avs
    if wanted.reason is not None:
        yield decisions.c.reason == wanted.reason.value
    if wanted.step is not None:
        yield _has_come_to(wanted.step)
    if wanted.of_camera is not None:
        yield incidents.c.door.is_(None) if wanted.of_camera else incidents.c.door.is_not(None)
    if wanted.without is not None:
        yield incidents.c.id != wanted.without


def _has_come_to(step: Step) -> ColumnElement[bool]:
    this, later = aftermath_steps.alias(), aftermath_steps.alias()
    this_one = and_(this.c.incident == incidents.c.id, this.c.what == step.value)
    if step in MARKS:
        return exists().where(this_one)
    stages = later.c.what.not_in([mark.value for mark in MARKS])
    newer = exists().where(later.c.incident == this.c.incident, later.c.position > this.c.position, stages)
    return exists().where(this_one, ~newer)
