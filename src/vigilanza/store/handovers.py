"""Notes from one shift to the next: who wrote them, and who took over."""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, Select, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import UnknownRecord
from vigilanza.domain.handover import HandoverNote, check_taking, check_writing
from vigilanza.store.audit import append_record
from vigilanza.store.database import mark_changed, reading, writing
from vigilanza.store.schema_aftermath import handover_notes, handovers_taken


class Handovers:
    """An act and its audit record are one transaction. Every method may raise JournalUnavailable."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def write(self, text: str, *, by: str) -> HandoverNote:
        """Leave a note. HandoverRefused if it is no plain text."""
        text = text.strip().replace("\r\n", "\n")
        check_writing(text)
        note = HandoverNote(uuid4(), text, by, self._clock.now())
        with writing(self._engine) as connection:
            values = {"id": note.id, "text": text, "by": by, "at": note.at}
            connection.execute(insert(handover_notes).values(values))
            detail = {"sha256": sha256(text.encode()).hexdigest()}
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
            note = _note(row)
            check_taking(note, by)
            connection.execute(insert(handovers_taken).values(note=note_id, taken_by=by, taken_at=now))
            detail = {"written_by": note.by}
            append_record(connection, at=now, who=by, action="handover.taken", subject=str(note_id), detail=detail)
            mark_changed(connection)
        return HandoverNote(note.id, note.text, note.by, note.at, by, now)

    def waiting(self, limit: int) -> list[HandoverNote]:
        """The latest that nobody took over yet, oldest first."""
        return self._latest(_notes().where(handovers_taken.c.note.is_(None)), limit)[::-1]

    def taken(self, limit: int) -> list[HandoverNote]:
        """The latest that somebody took over, newest first."""
        return self._latest(_notes().where(handovers_taken.c.note.is_not(None)), limit)

    def _latest(self, notes: Select[Any], limit: int) -> list[HandoverNote]:
        with reading(self._engine) as connection:
            newest = notes.order_by(handover_notes.c.position.desc()).limit(limit)
            return [_note(row) for row in connection.execute(newest)]


def _notes() -> Select[Any]:
    return select(handover_notes, handovers_taken.c.taken_by, handovers_taken.c.taken_at).outerjoin(
        handovers_taken, handovers_taken.c.note == handover_notes.c.id
    )


def _note(row: Row[Any]) -> HandoverNote:
    return HandoverNote(row.id, row.text, row.by, row.at, row.taken_by, row.taken_at)
