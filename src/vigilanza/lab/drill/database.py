"""An empty database of either kind, as a site has it: what is committed is on disk."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vigilanza.lab.postgres import USER, PostgresServer

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Database:
    """How the configuration names it, and SQLAlchemy; its server, if it has one."""

    settings: Mapping[str, str]
    url: str
    server: PostgresServer | None = None


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """SQLite in `folder`, or PostgreSQL with a server of its own and its own defaults; gone at the end."""
    if kind == "sqlite":
        yield Database({"database": "sqlite:///vigilanza.db"}, f"sqlite:///{folder / 'vigilanza.db'}")
        return
    directory = Path(tempfile.mkdtemp(prefix="vigilanza-pg-"))
    try:
        server = PostgresServer(directory)
        server.start()
        try:
            settings = {"database": f"postgresql://{server.place}", "database_user": USER}
            yield Database(settings, f"postgresql+psycopg://{USER}@{server.place}", server)
        finally:
            server.thaw()
            server.stop()
    finally:
        shutil.rmtree(directory)
