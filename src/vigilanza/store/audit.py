"""The audit chain: who did what, in an order nobody can change unnoticed."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import AuditBroken, JournalUnavailable
from vigilanza.store.auditcheck import ChainCheck
from vigilanza.store.auditline import GENESIS, AuditRecord
from vigilanza.store.database import reading, writing
from vigilanza.store.schema import audit, meta

_LAST = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
_APPENDED = insert(audit)
_COUNTED = update(meta).where(meta.c.name == "audit")


@dataclass(slots=True)
class _Entry:
    """What is to be written; afterwards the record, or why there is none."""

    who: str
    action: str
    subject: str
    detail: Mapping[str, object] | None
    record: AuditRecord | None = None
    failure: JournalUnavailable | None = None


class AuditChain:
    """Append-only and hash-chained: each record's hash covers the record before it.

    What comes while something is being written is written next, all of it in one transaction: who opens sixteen cameras
    waits for two, and nobody is overtaken by those who ask the database more often.
    """

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._waiting: deque[_Entry] = deque()
        self._turn = threading.Lock()

    def append(self, *, who: str, action: str, subject: str, detail: Mapping[str, object] | None = None) -> AuditRecord:
        """Write one record, on disk when this returns: call it before showing or doing what it describes.

        `detail` is plain JSON. JournalUnavailable if it was not written: then show nothing.
        """
        mine = _Entry(who, action, subject, detail)
        self._waiting.append(mine)
        with self._turn:
            if mine.record is None and mine.failure is None:
                self._write(mine)
        if mine.failure is not None:
            raise JournalUnavailable(str(mine.failure)) from mine.failure
        assert mine.record is not None
        return mine.record

    def _write(self, mine: _Entry) -> None:
        """`mine` and all that wait. Should others be left without a word, each writes its own at its turn."""
        entries = [mine]
        while self._waiting:
            if (other := self._waiting.popleft()) is not mine:
                entries.append(other)
        try:
            with writing(self._engine) as connection:
                records = [self._append(connection, entry) for entry in entries]
        except JournalUnavailable as error:
            for entry in entries:
                entry.failure = error
        else:
            for entry, record in zip(entries, records, strict=True):
                entry.record = record

    def _append(self, connection: Connection, entry: _Entry) -> AuditRecord:
        return append_record(
            connection,
            at=self._clock.now(),
            who=entry.who,
            action=entry.action,
            subject=entry.subject,
            detail=entry.detail,
        )

    def verify(self) -> int:
        """How many records there are, all intact; AuditBroken names the first that was changed, added or removed."""
        check, count = ChainCheck(), 0
        with reading(self._engine) as connection:
            expected = connection.execute(select(meta.c.value).where(meta.c.name == "audit")).scalar_one()
            connection.execution_options(yield_per=1000)
            with connection.execute(select(audit).order_by(audit.c.number)) as rows:
                for count, row in enumerate(rows, 1):
                    for _ in check.take(_record(row)):
                        raise AuditBroken(f"audit record {count} is not what was written")
        if count != expected:
            raise AuditBroken(f"audit has {count} records, {expected} were written")
        return count

    def latest(self, limit: int = 100, *, before: int | None = None) -> list[AuditRecord]:
        """The newest records first, of those with a number below `before`.

        The first one's hash, kept elsewhere, pins the whole chain.
        """
        ask = select(audit).order_by(audit.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(ask if before is None else ask.where(audit.c.number < before))
            return [_record(row) for row in rows]


def append_record(
    connection: Connection, *, at: float, who: str, action: str, subject: str, detail: Mapping[str, object] | None
) -> AuditRecord:
    """Append inside the caller's writing transaction: the act and its record are committed together."""
    count, previous = chain_end(connection)
    words = json.dumps(dict(detail or {}), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    bare = AuditRecord(count + 1, at, who, action, subject, words, previous, "")
    record = replace(bare, hash=bare.digest())
    values = {column.name: getattr(record, column.name) for column in audit.columns}
    connection.execute(_APPENDED, values)
    connection.execute(_COUNTED, {"value": record.number})
    return record


def chain_end(connection: Connection) -> tuple[int, str]:
    """How many records there are, and the hash that pins them, inside the caller's transaction."""
    last = connection.execute(_LAST).first()
    return (0, GENESIS) if last is None else (last.number, last.hash)


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(**row._mapping)
