"""Which tables we may use: where our account may make none, or was given no right to new ones, work goes on without."""

from sqlalchemy import Connection, Table, inspect, text

_KNOWN = "vigilanza_tables"
_OURS = text(
    "SELECT bool_and(has_table_privilege(to_regclass(:name), needed)) IS TRUE"
    " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed"
)


def has_table(connection: Connection, table: Table) -> bool:
    """False until the step that makes it was taken, by us or by an owner who lets us use it.

    Once it is there it is not asked for again on the same connection.
    """
    known: set[str] = connection.info.setdefault(_KNOWN, set())
    if table.name not in known and _is_ours(connection, table.name):
        known.add(table.name)
    return table.name in known


def _is_ours(connection: Connection, name: str) -> bool:
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(_OURS, {"name": name}).scalar())
    return inspect(connection).has_table(name)
