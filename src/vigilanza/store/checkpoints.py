"""Writes signed check points of the audit chain, into the database and into a file beside it."""

import threading
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, insert, select

from vigilanza.clock import Clock
from vigilanza.domain.errors import AuditBroken, JournalUnavailable, StampUnavailable
from vigilanza.store.auditcheck import ChainCheck
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.checkpointcopies import CheckpointCopies
from vigilanza.store.database import reading, writing
from vigilanza.store.evidence.checkpoint import Checkpoint, encoded, from_texts, payload
from vigilanza.store.evidence.dossier import iso
from vigilanza.store.evidence.sealer import Stamp
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.schema import audit
from vigilanza.store.schema_custody import audit_checkpoints

log = structlog.get_logger(__name__)

EVERY_S = 600.0


class CheckpointWriter:
    """One is enough; more do no harm. `run` is one thread's.

    The copy in a file finds what the table cannot: a chain and its check points that were cut off together.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        clock: Clock,
        key: SigningKey,
        site: str,
        copies: CheckpointCopies,
        stamp: Stamp | None = None,
    ) -> None:
        self._engine, self._clock, self._key, self._site = engine, clock, key, site
        self._copies, self._stamp = copies, stamp

    def run(self, stop: threading.Event) -> None:
        """One every EVERY_S if anything was written since, until `stop` is set."""
        while True:
            try:
                self.write()
            except (AuditBroken, JournalUnavailable, OSError) as error:
                log.error("no check point of the audit chain is written", why=str(error))
            if self._clock.wait(EVERY_S, stop):
                return

    def write(self) -> Checkpoint | None:
        """Sign how the chain ends now; None if nothing was written since the last one.

        AuditBroken if what was written since does not hold: that is not signed. JournalUnavailable; OSError if the
        copy cannot be written.
        """
        with reading(self._engine) as connection:
            last = last_checkpoint(connection)
            check = _checked(connection, last)
        if check is None:
            return None
        number = 1 if last is None else last.number + 1
        at = iso(self._clock.now())
        text = payload(site=self._site, number=number, records=check.number, hash=check.hash, at=at, previous=last)
        stamp = self._stamped(text.encode())
        made = Checkpoint(number, text, self._key.sign(text.encode() + stamp), stamp)
        with writing(self._engine) as connection:
            newest = last_checkpoint(connection)
            if (None if newest is None else newest.number) != (None if last is None else last.number):
                return None  # another writer was faster
            texts = {"signature": encoded(made.signature), "stamp": encoded(made.stamp)}
            connection.execute(insert(audit_checkpoints).values(number=number, payload=text, **texts))
        self._copies.keep(made)
        return made

    def _stamped(self, content: bytes) -> bytes:
        if self._stamp is None:
            return b""
        try:
            return self._stamp(content)
        except StampUnavailable as error:
            log.warning("a check point is written without a time stamp", why=str(error))
            return b""


def last_checkpoint(connection: Connection) -> Checkpoint | None:
    """The newest in the table; AuditBroken if it is none."""
    newest = select(audit_checkpoints).order_by(audit_checkpoints.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else checkpoint_of(row)


def checkpoint_of(row: Row[Any]) -> Checkpoint:
    """One row of the table; AuditBroken if it is no check point."""
    try:
        return from_texts(row.number, row.payload, row.signature, row.stamp)
    except ValueError as error:
        raise AuditBroken(f"check point {row.number} is not what was written") from error


def _checked(connection: Connection, last: Checkpoint | None) -> ChainCheck | None:
    """Where the chain ends, all since `last` being intact; None if there is nothing since."""
    try:
        said = None if last is None else last.said()
    except ValueError as error:
        raise AuditBroken("the last check point is not what was written") from error
    check = ChainCheck() if said is None else ChainCheck(number=said.records, hash=said.hash)
    if said is not None:
        at_last = select(audit.c.hash).where(audit.c.number == said.records)
        if connection.execute(at_last).scalar() != said.hash:
            raise AuditBroken(f"audit record {said.records} is not the one that the last check point attests")
    begun = check.number
    connection.execution_options(yield_per=1000)
    with connection.execute(select(audit).where(audit.c.number > begun).order_by(audit.c.number)) as rows:
        for row in rows:
            for fault in check.take(AuditRecord(**row._mapping)):
                raise AuditBroken(f"audit record {row.number}: {fault.code}")
    return None if check.number == begun else check
