"""Searching the audit chain reads what is sought, and not the whole of a long chain. On both databases."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.fakes import FakeClock
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditlog import AuditLog, Sought

RECORDS = 100_000
BEGUN, APART = 1_790_000_000.0, 60.0
LONG_CHAIN = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :records)
INSERT INTO audit (number, at, who, action, subject, detail, previous, hash)
SELECT i, :begun + i * :apart,
  CASE WHEN i % 5000 = 0 THEN 'elena' WHEN i % 3 = 0 THEN 'anna' ELSE 'vigilanza' END,
  CASE WHEN i % 9000 = 0 THEN 'safeguards.asked' WHEN i % 4 = 0 THEN 'media.purged' ELSE 'incident.viewed' END,
  'incident ' || (i % 5000), :detail, :hash, :hash
FROM n
"""
SEARCHES = [
    ("audit_who", Sought(who="elena"), 20),
    ("audit_action", Sought(action="safeguards.asked"), 11),
    ("audit_action", Sought(action="safeguards"), 11),
    ("audit_subject", Sought(subject="incident 7"), 20),
    ("audit_at", Sought(since=BEGUN + 600_000, until=BEGUN + 660_000), 1000),
    ("audit_at", Sought(until=BEGUN + 60_000), 999),
]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With a chain as a site has after years: 1 record a minute."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # a full machine takes its time
        values = {"records": RECORDS, "begun": BEGUN, "apart": APART, "detail": "x" * 150, "hash": "0" * 64}
        connection.execute(text(LONG_CHAIN), values)
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE audit"))  # as its autovacuum does within a minute
    return engine


def plan(engine: Engine, statement: str, values: Any) -> str:
    how = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {statement}", values).all()
    return "\n".join(str(row[-1]) for row in rows)


def test_what_is_sought_is_found_by_an_index(engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    log = AuditLog(engine)
    for index, sought, count in SEARCHES:
        asked.clear()
        assert log.count(sought) == count
        found = [record.number for record in log.page(sought, limit=200)]
        assert len(found) == min(count, 200)
        assert found == sorted(found, reverse=True)
        for statement, values in [one for one in asked if "FROM audit" in one[0]]:
            told = plan(engine, statement, values)
            assert index in told, (sought, told)
            assert not re.search("Seq Scan on audit|SCAN audit", told), (sought, told)


def test_a_kind_is_all_that_begin_so_and_no_other(sqlite: Engine) -> None:
    chain = AuditChain(engine=sqlite, clock=FakeClock())
    for action in ("incident.viewed", "incident.held", "incidents.listed", "incident", "Incident.viewed"):
        chain.append(who="anna", action=action, subject="x")
    found = AuditLog(sqlite).page(Sought(action="incident"), limit=9)
    assert [record.action for record in found] == ["incident.held", "incident.viewed"]
