"""Pictures that a centre has fetched go at the end of their term, also where it asks for no more."""

import threading
from pathlib import Path

import pytest

from tests.centre import centre_file, new_key, read
from tests.commands import wait_until
from tests.fakes import Hurried
from tests.samples import break_in
from vigilanza.app.centre import centre
from vigilanza.app.memory import open_memory
from vigilanza.lab.nats_server import NatsServer


@pytest.mark.parametrize("key", ["order.pem", None])
def test_a_centre_deletes_what_is_beyond_its_term_with_and_without_a_key(tmp_path: Path, key: str | None) -> None:
    for name in ("0423", "order"):
        new_key(tmp_path, name)
    server = NatsServer(tmp_path / "nats")
    server.start()
    path = centre_file(tmp_path, nats=server.url, sites=["0423"], database=f"sqlite:///{tmp_path}/centre.db", key=key)
    config, clock, stop = read(path), Hurried(), threading.Event()
    memory = open_memory(config, clock=clock)
    incident = break_in("one", count=1)[0].incident
    memory.journal.record(break_in("one", count=1))
    at = clock.now() - config.storage.retention_hours * 3600.0 - 1.0
    memory.media.add(incident=incident, kind="still", start=at, end=at, content=b"a still", suffix=".jpg")
    running = threading.Thread(target=lambda: centre(config, clock=clock, stop=stop))
    running.start()
    try:
        wait_until("its deletion", lambda: memory.media.for_incident(incident) == [], timeout=20)
    finally:
        stop.set()
        running.join()
        memory.engine.dispose()
        server.kill()
