"""All that the database knows of an incident, as files of a package."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select

from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.handovers import notes_about
from vigilanza.store.holds import holds_of
from vigilanza.store.medium import MediaItem, media_of
from vigilanza.store.schema import audit, decisions, events, incidents, work_order_changes, work_orders
from vigilanza.store.schema_bridge import deliveries, exchanges, replies, tasks, transitions
from vigilanza.store.schema_custody import exports, owed_originals, packages, purged_media, withdrawn_media
from vigilanza.store.steps import steps_of

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """`documents`: text by path; `gone`: media that were deleted, with `why` if before their term; `camera`: its own.

    `is_held`: somebody ordered that its pictures stay.
    """

    documents: dict[str, str]
    media: tuple[MediaItem, ...]
    gone: tuple[Json, ...]
    camera: str
    is_held: bool


def read_dossier(connection: Connection, incident: UUID, now: float) -> Dossier:
    """In the caller's transaction, so that all of it is of one moment. UnknownRecord."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident)).first()
    if row is None:
        raise UnknownRecord(f"no incident {incident}")
    told = _rows(connection, select(events).where(events.c.incident == incident).order_by(events.c.sequence))
    owed = _deliveries(connection, incident)
    kept, gone = media_of(connection, incident), _deleted(connection, incident)
    kept_by = holds_of(connection, incident)
    custody = {
        "holds": [_plain(asdict(hold)) for hold in kept_by],
        "exports": _of(connection, exports, incident, exports.c.asked_at),
        "packages_before": _of(connection, packages, incident, packages.c.number),
        "media_there": [_plain({name: getattr(item, name) for name in MediaItem.__slots__}) for item in kept],
        "media_deleted": gone,
        "originals_lost": _originals_lost(connection, incident),
    }
    subjects = {str(incident)} | {str(one["id"]) for one in (*owed, *gone, *custody["media_there"])}
    subjects |= {str(one["id"]) for one in (*custody["holds"], *custody["exports"])}
    after = _aftermath(connection, incident)
    subjects |= {str(note["id"]) for note in after["handover_notes"]}
    named = {str(event["body"]["order"]) for event in told if event["body"].get("order")}
    orders = _orders(connection, named)
    records = _audit(connection, subjects | named, {float(one["purged_at"]) for one in gone})
    documents = {
        "incident.json": _text(_plain(row._asdict()) | {"events": [event["body"] for event in told]}),
        "decisions.json": _text(_of(connection, decisions, incident, decisions.c.position)),
        "aftermath.json": _text(after),
        "deliveries.json": _text(owed),
        "work-orders.json": _text(orders),
        "custody.json": _text(custody),
        "audit.ndjson": "".join(f"{record.line()}\n" for record in records),
    }
    held = any(hold.holds(now) for hold in kept_by)
    return Dossier(documents, tuple(kept), tuple(gone), row.camera, held)


def iso(at: float) -> str:
    """UTC in Unix seconds, as ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _deleted(connection: Connection, incident: UUID) -> list[dict[str, Any]]:
    rows = select(purged_media, withdrawn_media.c.why).outerjoin(
        withdrawn_media, withdrawn_media.c.id == purged_media.c.id
    )
    return _rows(connection, rows.where(purged_media.c.incident == incident).order_by(purged_media.c.start))


def _originals_lost(connection: Connection, incident: UUID) -> list[dict[str, Any]]:
    """Of which masked clips there is no original, though it was to be kept."""
    mine = owed_originals.c.incident == incident, owed_originals.c.lost_at.is_not(None)
    return _rows(connection, select(owed_originals).where(*mine).order_by(owed_originals.c.start))


def _deliveries(connection: Connection, incident: UUID) -> list[dict[str, Any]]:
    """Each with its attempts, what went over the line, and what people at the other end answered."""
    owed = _of(connection, deliveries, incident, deliveries.c.position)
    for one in owed:
        for name, table in (("attempts", transitions), ("exchanges", exchanges), ("replies", replies)):
            mine = select(table).where(table.c.delivery == UUID(one["id"])).order_by(table.c.position)
            one[name] = _rows(connection, mine)
    return owed


def _aftermath(connection: Connection, incident: UUID) -> dict[str, list[dict[str, Any]]]:
    """What was done after the confirmation, who was telephoned for an alert, what one shift told the next about it."""
    return {
        "steps": [_plain(asdict(step)) for step in steps_of(connection, incident)],
        "telephone_tasks": _of(connection, tasks, incident, tasks.c.position),
        "handover_notes": [
            _plain(asdict(note)) | {"about": [str(one) for one in note.about]}
            for note in notes_about(connection, incident)
        ],
    }


def _orders(connection: Connection, ids: Iterable[str]) -> list[dict[str, Any]]:
    wanted = select(work_orders).where(work_orders.c.id.in_(sorted(ids))).order_by(work_orders.c.starts_at)
    found = _rows(connection, wanted)
    for one in found:
        mine = select(work_order_changes).where(work_order_changes.c.work_order == one["id"])
        one["changes"] = _rows(connection, mine.order_by(work_order_changes.c.position))
    return found


def _audit(connection: Connection, subjects: Iterable[str], purges: Iterable[float]) -> list[AuditRecord]:
    """What was done to the incident and all that belongs to it; a proof of deletion names many media at once."""
    proof = and_(audit.c.action.in_(("media.purged", "media.withdrawn")), audit.c.at.in_(sorted(purges)))
    wanted = select(audit).where(or_(audit.c.subject.in_(sorted(subjects)), proof)).order_by(audit.c.number)
    return [AuditRecord(**row._mapping) for row in connection.execute(wanted)]


def _of(connection: Connection, table: Table, incident: UUID, order: ColumnElement[Any]) -> list[dict[str, Any]]:
    return _rows(connection, select(table).where(table.c.incident == incident).order_by(order))


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [_plain(row._asdict()) for row in connection.execute(query)]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
