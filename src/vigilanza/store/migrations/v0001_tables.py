"""All tables, as they were when steps began to be counted; a database of before gets those that it lacks.

Of what is there, two tables were once made otherwise: `deliveries` by schema 1, `site_incidents` by the first centres.
Both referred to an incident then, and nothing else tells them apart. Indexes that tables lack are made later, beside
the work (LateIndexes).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic.operations import Operations
from sqlalchemy import inspect

revision = "0001"
down_revision = None

_MADE = re.compile(r"CREATE TABLE (\w+)")
_FIRST_ROWS = (
    "INSERT INTO meta (name, value) VALUES ('schema', 2), ('change', 0), ('audit', 0) ON CONFLICT (name) DO NOTHING"
)
_NOW_2 = "UPDATE meta SET value = 2 WHERE name = 'schema' AND value = 1"
_DELIVERY = (
    "position, id, destination, incident, sequence, type, at, data, queued_at, state, attempt, due, why, receipt, "
    "ended_at, escalated_at"
)
_LAID_BACK = {
    # Whether they can wait was not known then: none of them does.
    "deliveries": f"INSERT INTO deliveries ({_DELIVERY}, urgent) SELECT {_DELIVERY}, 1 FROM former_deliveries",
    "site_incidents": "INSERT INTO site_incidents (site, incident, here) SELECT site, incident, here"
    " FROM former_site_incidents",
}
_FITTED = {
    "deliveries": (
        "ALTER TABLE deliveries DROP CONSTRAINT deliveries_incident_fkey, ADD COLUMN urgent BOOLEAN NOT NULL"
        " DEFAULT true, ADD COLUMN merged_into UUID, ADD COLUMN stands_in_for UUID",
        "ALTER TABLE deliveries ALTER COLUMN urgent DROP DEFAULT",
    ),
    "site_incidents": ("ALTER TABLE site_incidents DROP CONSTRAINT site_incidents_here_fkey",),
}


def upgrade(op: Operations) -> None:
    """Also of a database in which only some of the tables are."""
    dialect, former = op.get_context().dialect.name, _former(op)
    # SQLite changes no constraint: there the table is made anew. Those that refer to it do so by its name.
    _execute(op, *(one for name in former for one in (_set_aside(name) if dialect == "sqlite" else _FITTED[name])))
    there = set(inspect(op.get_bind()).get_table_names())
    for table, statements in _tables(dialect):
        if table not in there:
            _execute(op, *statements)
    if dialect == "sqlite":
        _execute(op, *(one for name in former for one in (_LAID_BACK[name], f"DROP TABLE former_{name}")))
    _execute(op, _FIRST_ROWS, _NOW_2)


def _former(op: Operations) -> Sequence[str]:
    inspector = inspect(op.get_bind())
    return [table for table in _FITTED if inspector.has_table(table) and inspector.get_foreign_keys(table)]


def _set_aside(table: str) -> Sequence[str]:
    return f"CREATE TABLE former_{table} AS SELECT * FROM {table}", f"DROP TABLE {table}"


def _tables(dialect: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Each with what makes it, its indexes and its triggers, after those that it refers to."""
    written = Path(__file__).with_name(f"v0001_tables.{dialect}.sql").read_text("utf-8")
    statements = [one.strip().removesuffix(";") for one in written.split("\n\n")]
    begins = [(place, made[1]) for place, one in enumerate(statements) if (made := _MADE.match(one))]
    ends = [*(place for place, _ in begins[1:]), len(statements)]
    for (begin, table), end in zip(begins, ends, strict=True):
        yield table, statements[begin:end]


def _execute(op: Operations, *statements: str) -> None:
    for one in statements:
        op.execute(one)
