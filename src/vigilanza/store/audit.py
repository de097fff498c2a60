"""The audit chain: who did what, in an order nobody can change unnoticed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from vigilanza.clock import Clock
from vigilanza.domain.errors import AuditBroken
from vigilanza.store.auditcheck import ChainCheck
from vigilanza.store.auditline import GENESIS, AuditRecord
from vigilanza.store.database import reading, writing
from vigilanza.store.schema import audit, meta

_LAST = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
_COUNTED = update(meta).where(meta.c.name == "audit")


class AuditChain:
    """Append-only and hash-chained: each record's hash covers the record before it."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def append(self, *, who: str, action: str, subject: str, detail: Mapping[str, object] | None = None) -> AuditRecord:
        """Write one record, on disk when this returns: call it before showing or doing what it describes.

        `detail` is plain JSON. JournalUnavailable if it was not written: then show nothing.
        """
        with writing(self._engine) as connection:
            return append_record(
                connection, at=self._clock.now(), who=who, action=action, subject=subject, detail=detail
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
    connection.execute(insert(audit), values)
    connection.execute(_COUNTED, {"value": record.number})
    return record


def chain_end(connection: Connection) -> tuple[int, str]:
    """How many records there are, and the hash that pins them, inside the caller's transaction."""
    last = connection.execute(_LAST).first()
    return (0, GENESIS) if last is None else (last.number, last.hash)


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(**row._mapping)
