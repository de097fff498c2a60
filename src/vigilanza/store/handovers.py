"""Notes from one shift to the next: who wrote them, and who took over."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, Row, Select, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import HandoverRefused, UnknownRecord
from vigilanza.domain.handover import HandoverNote, check_taking, check_writing
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema import incidents
from vigilanza.store.schema_aftermath import handover_notes, handover_subjects, handovers_taken


class Handovers:
    """An act and its audit record are one transaction. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def write(self, text: str, *, by: str, about: Sequence[UUID] = ()) -> HandoverNote:
        """Leave a note, about these incidents. HandoverRefused if it is no plain text, or names one that is not."""
        text = text.strip().replace("\r\n", "\n")
        check_writing(text, about)
        note = HandoverNote(uuid4(), text, by, self._clock.now(), about=tuple(dict.fromkeys(about)))
        with writing(self._engine) as connection:
            known = connection.execute(select(incidents.c.id).where(incidents.c.id.in_(note.about))).scalars().all()
            if len(known) != len(note.about):
                raise HandoverRefused("about", "names an incident that is not there")
            values = {"id": note.id, "text": text, "by": by, "at": note.at}
            connection.execute(insert(handover_notes).values(values))
            for incident in note.about:
                connection.execute(insert(handover_subjects).values(note=note.id, incident=incident))
            detail: dict[str, object] = {"sha256": sha256(text.encode()).hexdigest()}
            if note.about:
                detail["about"] = [str(incident) for incident in note.about]
            append_record(
                connection, at=note.at, who=by, action="handover.written", subject=str(note.id), detail=detail
            )
            mark_changed(connection)
        return note

    def take(self, note_id: UUID, *, by: str) -> HandoverNote:
        """Take over what a note says. UnknownRecord; HandoverRefused if somebody has, or `by` wrote it."""
        now = self._clock.now()
        with writing(self._engine) as connection:
            row = connection.execute(_notes().where(handover_notes.c.id == note_id)).first()
            if row is None:
                raise UnknownRecord(f"no hand-over note {note_id}")
            [note] = _with_subjects(connection, [_note(row)])
            check_taking(note, by)
            connection.execute(insert(handovers_taken).values(note=note_id, taken_by=by, taken_at=now))
            detail = {"written_by": note.by}
            append_record(connection, at=now, who=by, action="handover.taken", subject=str(note_id), detail=detail)
            mark_changed(connection)
        return replace(note, taken_by=by, taken_at=now)

    def waiting(self, limit: int) -> list[HandoverNote]:
        """The latest that nobody took over yet, oldest first."""
        return self._latest(_notes().where(handovers_taken.c.note.is_(None)), limit)[::-1]

    def taken(self, limit: int) -> list[HandoverNote]:
        """The latest that somebody took over, newest first."""
        return self._latest(_notes().where(handovers_taken.c.note.is_not(None)), limit)

    def of(self, incident: UUID) -> list[HandoverNote]:
        """Those about an incident, oldest first."""
        with reading(self._engine) as connection:
            return notes_about(connection, incident)

    def between(self, since: float, until: float) -> list[HandoverNote]:
        """Those written in since <= time < until (UTC, Unix seconds), oldest first, without what they are about."""
        written = handover_notes.c.at
        wanted = _notes().where(written >= since, written < until).order_by(handover_notes.c.position)
        with reading(self._engine) as connection:
            return [_note(row) for row in connection.execute(wanted)]

    def _latest(self, notes: Select[Any], limit: int) -> list[HandoverNote]:
        with reading(self._engine) as connection:
            newest = notes.order_by(handover_notes.c.position.desc()).limit(limit)
            return _with_subjects(connection, [_note(row) for row in connection.execute(newest)])


def notes_about(connection: Connection, incident: UUID) -> list[HandoverNote]:
    """Those about an incident, oldest first, inside the caller's transaction."""
    mine = select(handover_subjects.c.note).where(handover_subjects.c.incident == incident)
    wanted = _notes().where(handover_notes.c.id.in_(mine)).order_by(handover_notes.c.position)
    return _with_subjects(connection, [_note(row) for row in connection.execute(wanted)])


def _with_subjects(connection: Connection, notes: list[HandoverNote]) -> list[HandoverNote]:
    theirs = select(handover_subjects).where(handover_subjects.c.note.in_([note.id for note in notes]))
    about: dict[UUID, list[UUID]] = {}
    for row in connection.execute(theirs.order_by(handover_subjects.c.incident)):
        about.setdefault(row.note, []).append(row.incident)
    return [replace(note, about=tuple(about.get(note.id, ()))) for note in notes]


def _notes() -> Select[Any]:
    return select(handover_notes, handovers_taken.c.taken_by, handovers_taken.c.taken_at).outerjoin(
        handovers_taken, handovers_taken.c.note == handover_notes.c.id
    )


def _note(row: Row[Any]) -> HandoverNote:
    return HandoverNote(row.id, row.text, row.by, row.at, row.taken_by, row.taken_at)
