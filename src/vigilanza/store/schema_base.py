"""What all tables have in common."""

from sqlalchemy import BigInteger, Integer, MetaData, Table

metadata = MetaData()

Position = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for the type INTEGER."""

APPEND_ONLY = "append_only"


def protect(table: Table) -> None:
    """The database itself refuses to change or remove a row, by triggers: a record of what was done."""
    table.info[APPEND_ONLY] = True
