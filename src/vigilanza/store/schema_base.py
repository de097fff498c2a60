"""What all tables have in common."""

from sqlalchemy import BigInteger, Connection, Integer, MetaData, Table, event

metadata = MetaData()

Position = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for the type INTEGER."""


def protect(table: Table) -> None:
    """The database itself refuses to change or remove a row: a record of what was done."""
    event.listen(table, "after_create", _forbid_changes)


def _forbid_changes(table: Table, connection: Connection, **_options: object) -> None:
    for statement in _append_only(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


def _append_only(table: str, dialect: str) -> list[str]:
    said = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]
