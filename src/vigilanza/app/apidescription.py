"""The control room's API in OpenAPI's words, as a file for integrators."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

from vigilanza.app.memory import Memory
from vigilanza.app.web import open_stores
from vigilanza.clock import Clock
from vigilanza.store.accounts import Accounts
from vigilanza.store.database import open_database
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.web.api import create_app
from vigilanza.web.site import Site


def describe_api(*, clock: Clock) -> str:
    """JSON, the same at each call of one version."""
    with empty_app(clock=clock) as app:
        return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


@contextmanager
def empty_app(*, clock: Clock) -> Iterator[FastAPI]:
    """The app as nobody has used it, to be described."""
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'empty.db'}")
        journal = Journal(engine=engine, destinations=(), clock=clock, site="")
        memory = Memory(engine, journal, MediaStore(root=Path(folder) / "media", engine=engine, clock=clock))
        exports = ExportDesk(engine=engine, clock=clock, folder=Path(folder), sealer=None)
        stores = open_stores(memory, Accounts(engine=engine, clock=clock), exports, clock)
        try:
            yield create_app(stores=stores, clock=clock, site=Site(name="", timezone="UTC"))
        finally:
            engine.dispose()
