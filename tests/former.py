"""Databases as former commits made them: every schema that there was before its steps were counted.

The fixtures begin with the list of the commits that first made each. Each statement says which make it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text

_FIXTURES = Path(__file__).parent / "fixtures" / "databases"
_LISTED = re.compile(r"^-- (\d+) ([0-9a-f]{7}) ", re.MULTILINE)
COMMITS = {int(number): commit for number, commit in _LISTED.findall((_FIXTURES / "sqlite.sql").read_text("utf-8"))}
VERSION_1, WITH_REFERENCE = range(1, 4), range(28, 30)
"""Which have schema 1, and which let a centre's incidents refer to what is written after them."""

LATER = ("centre_orders", "picture_wishes", "site_editions", "site_orders", "site_pictures")
"""Tables of the steps that were counted, which are all but the first."""


def forget_steps(connection: Connection) -> None:
    """Make a database of ours one from before steps were counted; what else it lacked then is the caller's to drop."""
    for table in (*LATER, "alembic_version"):
        connection.execute(text(f"DROP TABLE {table}"))


@dataclass(frozen=True, slots=True)
class Former:
    """The database at `url`, which is empty, as commit COMMITS[number] left it after its first start."""

    url: str
    number: int

    def make(self, *, rows: bool = False) -> None:
        """`rows`: with an incident; of schema 1 one of its alerts was paid, and one postponed."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for statement in self._statements(engine.dialect.name):
                connection.exec_driver_sql(statement)
            version = 1 if self.number in VERSION_1 else 2
            connection.execute(text(f"INSERT INTO meta VALUES ('schema', {version}), ('change', 0), ('audit', 0)"))
            if rows:
                self._insert(connection)
        engine.dispose()

    def _statements(self, dialect: str) -> list[str]:
        blocks = (_FIXTURES / f"{dialect}.sql").read_text("utf-8").split("\n\n")[1:]
        heads = [block.partition("\n") for block in blocks]
        return [statement for head, _, statement in heads if self._is_made(head.removeprefix("-- "))]

    def _is_made(self, by: str) -> bool:
        ends = [one.partition("-") for one in by.split()]
        return any(int(first) <= self.number <= int(last or first) for first, _, last in ends)

    def _insert(self, connection: Connection) -> None:
        there = inspect(connection).get_table_names() if self.number in VERSION_1 else ("incidents", "events")
        for statement in (_FIXTURES / "rows.sql").read_text("utf-8").split("\n\n"):
            if statement.split()[2] in there:
                connection.exec_driver_sql(statement)
