"""What the audit chain says, for those who watch over it: searched, and checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, func, select

from vigilanza.store.auditline import AuditRecord
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.database import reading
from vigilanza.store.evidence.finding import Finding
from vigilanza.store.schema import audit


@dataclass(frozen=True, slots=True)
class Sought:
    """Records of since <= time < until (UTC, Unix seconds); None stands for all.

    `action` is one, as `incident.viewed`, or all that begin so, as `incident`.
    """

    since: float | None = None
    until: float | None = None
    who: str | None = None
    action: str | None = None
    subject: str | None = None


class AuditLog:
    """Read-only. Every method may raise JournalUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, sought: Sought) -> int:
        """How many there are."""
        with reading(self._engine) as connection:
            return int(connection.execute(self._chosen(sought, func.count())).scalar_one())

    def page(self, sought: Sought, *, limit: int, before: int | None = None) -> list[AuditRecord]:
        """At most `limit` with a number below `before`, the newest first."""
        numbers = self._chosen(sought, audit.c.number)
        if before is not None:
            numbers = numbers.where(audit.c.number < before)
        if sought.since is not None or sought.until is not None:
            # PostgreSQL takes old records to lie everywhere, and would read back to them from the newest one.
            found = numbers.cte("found").prefix_with("MATERIALIZED")
            numbers = select(found.c.number)
        newest = numbers.order_by(numbers.selected_columns.number.desc()).limit(limit)
        # By their numbers, which are in each index: SQLite would else sort all that is found, whole.
        query = select(audit).where(audit.c.number.in_(newest)).order_by(audit.c.number.desc())
        with reading(self._engine) as connection:
            return [AuditRecord(**row._mapping) for row in connection.execute(query)]

    def verify(self) -> list[Finding]:
        """What holds of the whole chain and its check points, and what does not."""
        return verify_chain(self._engine, key=None)

    def _chosen(self, sought: Sought, *columns: Any) -> Select[Any]:
        return select(*columns).select_from(audit).where(*_conditions(sought, self._engine.dialect.name))


def _conditions(sought: Sought, dialect: str) -> Iterator[ColumnElement[bool]]:
    if sought.since is not None:
        yield audit.c.at >= sought.since
    if sought.until is not None:
        yield audit.c.at < sought.until
    if sought.who is not None:
        yield audit.c.who == sought.who
    if sought.subject is not None:
        yield audit.c.subject == sought.subject
    if sought.action is not None and "." in sought.action:
        yield audit.c.action == sought.action
    elif sought.action is not None:
        yield _is_a(sought.action, dialect)


def _is_a(action: str, dialect: str) -> ColumnElement[bool]:
    """All that begin so, in the words that find the index: LIKE does in PostgreSQL, and in SQLite a range."""
    if dialect == "sqlite":
        return and_(audit.c.action >= f"{action}.", audit.c.action < f"{action}/")  # what comes after a dot
    return audit.c.action.startswith(f"{action}.", autoescape=True)
