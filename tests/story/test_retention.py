"""Pictures beyond their term: the page is a process, the watch's own loop a thread whose time is hurried."""

import threading
from pathlib import Path
from uuid import UUID

import httpx

from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.fakes import Hurried
from vigilanza.app.desk import Desk
from vigilanza.app.memory import open_memory
from vigilanza.app.share import Share
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.store.audit import AuditChain
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem

DAY = 24 * 3600.0


def still(media: MediaStore, age: float) -> MediaItem:
    """One taken so many seconds ago."""
    at = SystemClock().now() - age
    content = f"taken {age} s ago".encode()
    return media.add(incident=UUID(int=1), kind="still", start=at, end=at, content=content, suffix=".jpg")


def test_a_watch_deletes_what_is_due_and_the_page_says_so_while_nobody_does(tmp_path: Path) -> None:
    path = configuration(tmp_path, "dev_pos_two_fast_kick")
    memory = open_memory(load(path, environ=dict(ENVIRON)), clock=SystemClock())
    old, young = still(memory.media, DAY + 1000.0), still(memory.media, DAY / 2)
    with Command("web", "--config", path, folder=tmp_path) as web:
        health = web.said(r"page is up\s+address=(\S+)")[1] + "healthz"

        def silent() -> list[str]:
            return list(httpx.get(health, trust_env=False).json()["silent"])

        assert "deletion" in silent()
        desk = Desk.open(load(path, environ=dict(ENVIRON)), Share(), Hurried())
        assert desk.retention is not None
        assert desk.retention.run in desk.runs
        stop = threading.Event()
        purging = threading.Thread(target=desk.retention.run, args=(stop,))
        purging.start()
        try:
            wait_until("the old one to be deleted", lambda: not memory.media.place_of(old).exists())
            wait_until("the page to know", lambda: "deletion" not in silent())
        finally:
            stop.set()
            purging.join()
            desk.spool.close()
            desk.memory.engine.dispose()
        assert web.end() == 0
    assert memory.media.place_of(young).exists()
    records = AuditChain(engine=memory.engine, clock=SystemClock()).latest()
    (proof,) = [record for record in records if record.who == "retention"]
    assert (proof.who, proof.action, proof.subject) == ("retention", "media.purged", "1 media")
