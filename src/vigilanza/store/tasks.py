"""What a person must do because the machine could not: telephone where an alert did not arrive."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, Row, bindparam, exists, insert, select, update

from vigilanza.domain.aftermath import Step, StepTaken
from vigilanza.domain.errors import UnknownRecord
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema_bridge import deliveries, tasks
from vigilanza.store.steps import add_step

_DONE = update(tasks).where(tasks.c.delivery == bindparam("alert"), tasks.c.ended_at.is_(None))
_ASKED = select(
    exists().where(
        tasks.c.incident == bindparam("about"), tasks.c.destination == bindparam("to"), tasks.c.ended_at.is_(None)
    )
)
_ASK = insert(tasks)


@dataclass(frozen=True, slots=True)
class PhoneTask:
    """Telephone `destination` about `incident`: the alert has had no receipt since `at` (UTC in Unix seconds)."""

    alert: UUID
    incident: UUID
    destination: str
    at: float
    why: str | None


def ask_to_phone(connection: Connection, row: Row[Any], now: float) -> None:
    """One open task per destination and incident, for the first alert that did not arrive."""
    if connection.execute(_ASKED, {"about": row.incident, "to": row.destination}).scalar():
        return
    values = {"delivery": row.id, "incident": row.incident, "destination": row.destination, "at": now}
    connection.execute(_ASK, values)


def end_by_receipt(connection: Connection, alert: UUID, now: float) -> None:
    """The alert has arrived after all: nobody needs to telephone any more."""
    connection.execute(_DONE, {"alert": alert, "ended_at": now, "note": "receipt"})


def end_by_call(connection: Connection, incident: UUID, destination: str, *, by: str, note: str, now: float) -> None:
    """Somebody has called that destination about the incident: what there was to telephone it for is done. Audited."""
    here = (tasks.c.incident == incident, tasks.c.destination == destination, tasks.c.ended_at.is_(None))
    for row in connection.execute(select(tasks).where(*here)).all():
        _end(connection, row, by=by, note=note, now=now)


def _end(connection: Connection, row: Row[Any], *, by: str, note: str, now: float) -> None:
    this = tasks.c.position == row.position
    connection.execute(update(tasks).where(this).values(ended_at=now, ended_by=by, note=note))
    detail = {"destination": row.destination, "incident": str(row.incident), "said": note}
    append_record(connection, at=now, who=by, action="alert.telephoned", subject=str(row.delivery), detail=detail)


class Tasks:
    """Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self) -> list[PhoneTask]:
        """What is to be done, oldest first."""
        query = (
            select(tasks, deliveries.c.why)
            .join(deliveries, tasks.c.delivery == deliveries.c.id)
            .where(tasks.c.ended_at.is_(None))
            .order_by(tasks.c.position)
        )
        with reading(self._engine) as connection:
            return [
                PhoneTask(row.delivery, row.incident, row.destination, row.at, row.why)
                for row in connection.execute(query)
            ]

    def done(self, alert: UUID, *, by: str, note: str, now: float) -> None:
        """A named person has telephoned; `note` says whom they spoke to and when. Audited.

        The debt itself stays: the alert is sent until it has a receipt or is written off. UnknownRecord if there is no
        such open task, ValueError if the person or the note is missing.
        """
        if not by.strip() or not note.strip() or "\0" in note:
            raise ValueError("a call names who made it, and says with whom and when, in plain text")
        with writing(self._engine) as connection:
            row = connection.execute(select(tasks).where(tasks.c.delivery == alert, tasks.c.ended_at.is_(None))).first()
            if row is None:
                raise UnknownRecord(f"no open task about alert {alert}")
            _end(connection, row, by=by, note=note, now=now)
            step = StepTaken(uuid4(), row.incident, Step.TELEPHONED, by, now, f"{row.destination}: {note}")
            add_step(connection, step)
            mark_changed(connection)
