"""What the page shows: frozen views of the journal, the outbox and the media."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, case, exists, func, or_, select

from vigilanza.domain.ask import Ask
from vigilanza.domain.decision import SETTLING_AVS, Decision, RejectReason
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.events import Event, EventKind, Phase, Severity, event_from_json
from vigilanza.store.database import reading
from vigilanza.store.medium import MediaItem, media_item, media_rows
from vigilanza.store.schema import decisions, events, incidents, media, meta
from vigilanza.store.schema_bridge import deliveries
from vigilanza.store.schema_custody import purged_media, withdrawn_media
from vigilanza.store.withdrawal import NO_ROOM
from vigilanza.store.writeoff import asked_among

ENDED = (DeliveryState.ACKNOWLEDGED.value, DeliveryState.WRITTEN_OFF.value)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One debt. `why`: what the last failure, or the person who wrote it off, said; times UTC in Unix seconds.

    `due` is the next attempt (PENDING) or the end of the lease (IN_FLIGHT). `write_off`: who asked that it ends.
    """

    alert_id: UUID
    destination: str
    incident: UUID
    sequence: int
    type: str
    at: float
    state: DeliveryState
    attempt: int
    due: float
    why: str | None
    receipt: str | None
    queued_at: float
    ended_at: float | None
    escalated: bool
    write_off: Ask | None = None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident with all that belongs to it. `severity` is the highest seen, `kind` that of the latest event."""

    id: UUID
    camera: str
    door: str | None
    phase: Phase
    severity: Severity
    kind: EventKind
    open: bool
    first_at: float
    last_at: float
    events: tuple[Event, ...]
    media: tuple[MediaItem, ...]
    decisions: tuple[Decision, ...]
    deliveries: tuple[DeliveryView, ...]

    @property
    def order(self) -> str | None:
        """The work order under which it ran last, None if under none."""
        return next((event.order for event in reversed(self.events) if event.order is not None), None)

    @property
    def decision(self) -> Decision | None:
        """The decision that counts: the latest one."""
        return self.decisions[-1] if self.decisions else None


class Queries:
    """Read-only. Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def incidents(self, limit: int = 100, include_closed: bool = True) -> list[IncidentView]:
        """First those to decide, or with a later alarm, grave and then old ones on top; then the rest, newest first.

        A later alarm: after the latest decision, if that does not settle the incident. What was only ever info (an
        authorised visit) waits for nobody.
        """
        waiting = _is_waiting()
        ranked = select(incidents).order_by(
            waiting.desc(),
            case((waiting, incidents.c.severity), else_=0).desc(),
            case((waiting, incidents.c.first_at), else_=0.0),
            incidents.c.open.desc(),
            incidents.c.last_at.desc(),
            incidents.c.id,
        )
        if not include_closed:
            ranked = ranked.where(incidents.c.open)
        with reading(self._engine) as connection:
            rows = list(connection.execute(ranked.limit(limit)))
            return _views(connection, rows)

    def waiting(self) -> int:
        """How many there are to decide, or with a later alarm."""
        with reading(self._engine) as connection:
            count = select(func.count()).select_from(incidents).where(_is_waiting())
            return int(connection.execute(count).scalar_one())

    def incident(self, incident: UUID) -> IncidentView | None:
        """One incident, or None if there is none with this id."""
        with reading(self._engine) as connection:
            rows = list(connection.execute(select(incidents).where(incidents.c.id == incident)))
            views = _views(connection, rows)
        return views[0] if views else None

    def rejected_in_a_row(self, camera: str, limit: int) -> int:
        """How many of the camera's last `limit` decisions, from the newest back, were rejections."""
        latest = select(decisions.c.avs).join(incidents, incidents.c.id == decisions.c.incident)
        ordered = latest.where(incidents.c.camera == camera).order_by(decisions.c.position.desc()).limit(limit)
        with reading(self._engine) as connection:
            scores = connection.execute(ordered).scalars().all()
        return sum(1 for _ in takewhile(lambda score: score is None, scores))

    def pictures_deleted_at(self, incident: UUID) -> float | None:
        """When pictures of an incident were last deleted, at the end of their term or for want of room, or None."""
        shown_too_much = select(withdrawn_media.c.id).where(withdrawn_media.c.why != NO_ROOM)
        last = select(func.max(purged_media.c.purged_at)).where(
            purged_media.c.incident == incident, purged_media.c.id.not_in(shown_too_much)
        )
        with reading(self._engine) as connection:
            return connection.execute(last).scalar()

    def deliveries_open(self, limit: int = 500) -> list[DeliveryView]:
        """Debts not yet paid nor written off, oldest first."""
        owed = select(deliveries).where(deliveries.c.state.not_in(ENDED)).order_by(deliveries.c.position)
        with reading(self._engine) as connection:
            return [_delivery(row) for row in connection.execute(owed.limit(limit))]

    def marker(self) -> int:
        """A number that grows whenever something these views show has changed."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(meta.c.value).where(meta.c.name == "change")).scalar_one())

    def changed_since(self, marker: int) -> bool:
        """True if something has changed since `marker` was given; costs one row."""
        return self.marker() != marker


def _is_waiting() -> ColumnElement[bool]:
    """Of a row of `incidents`; a bit wider than what the page calls overtaken, which looks at each event."""
    latest = decisions.alias()
    newer = exists().where(decisions.c.incident == latest.c.incident, decisions.c.position > latest.c.position)
    alarm = exists().where(
        events.c.incident == latest.c.incident,
        events.c.at > latest.c.at,
        events.c.body["severity"].as_string().in_((Severity.ALARM.value, Severity.CRITICAL.value)),
    )
    overtaken = exists().where(
        latest.c.incident == incidents.c.id,
        or_(latest.c.avs.is_(None), latest.c.avs < SETTLING_AVS),
        ~newer,
        alarm,
    )
    undecided = ~exists().where(decisions.c.incident == incidents.c.id)
    return or_(
        and_(undecided, incidents.c.severity > Severity.INFO.rank),
        and_(incidents.c.severity >= Severity.ALARM.rank, overtaken),
    )


def _views(connection: Connection, rows: list[Row[Any]]) -> list[IncidentView]:
    ids = [row.id for row in rows]

    def grouped(query: Select[Any]) -> dict[UUID, list[Row[Any]]]:
        groups: dict[UUID, list[Row[Any]]] = {one: [] for one in ids}
        for row in connection.execute(query) if ids else ():
            groups[row.incident].append(row)
        return groups

    seen = grouped(select(events).where(events.c.incident.in_(ids)).order_by(events.c.sequence, events.c.at))
    kept = grouped(media_rows().where(media.c.incident.in_(ids)).order_by(media.c.start, media.c.kind, media.c.id))
    decided = grouped(select(decisions).where(decisions.c.incident.in_(ids)).order_by(decisions.c.position))
    owed = grouped(select(deliveries).where(deliveries.c.incident.in_(ids)).order_by(deliveries.c.position))
    asked = asked_among(connection, [found for rows in owed.values() for found in rows])
    return [
        IncidentView(
            id=row.id,
            camera=row.camera,
            door=row.door,
            phase=Phase(row.phase),
            severity=list(Severity)[row.severity],
            kind=EventKind(row.kind),
            open=row.open,
            first_at=row.first_at,
            last_at=row.last_at,
            events=tuple(event_from_json(found.body) for found in seen[row.id]),
            media=tuple(media_item(found) for found in kept[row.id]),
            decisions=tuple(_decision(found) for found in decided[row.id]),
            deliveries=tuple(_delivery(found, asked.get(str(found.id))) for found in owed[row.id]),
        )
        for row in rows
    ]


def _decision(row: Row[Any]) -> Decision:
    reason = None if row.reason is None else RejectReason(row.reason)
    return Decision(incident=row.incident, operator=row.operator, at=row.at, avs=row.avs, reason=reason)


def _delivery(row: Row[Any], write_off: Ask | None = None) -> DeliveryView:
    return DeliveryView(
        alert_id=row.id,
        destination=row.destination,
        incident=row.incident,
        sequence=row.sequence,
        type=row.type,
        at=row.at,
        state=DeliveryState(row.state),
        attempt=row.attempt,
        due=row.due,
        why=row.why,
        receipt=row.receipt,
        queued_at=row.queued_at,
        ended_at=row.ended_at,
        escalated=row.escalated_at is not None,
        write_off=write_off,
    )
