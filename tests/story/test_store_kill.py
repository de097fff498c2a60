"""The database goes away, the process is killed, the database comes back: every event is there, once, in order.

Run as a program (`python -m tests.story.test_store_kill …`) this file is the process that gets killed.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.postgres import Postgres, postgres_server
from tests.samples import VMS, break_in, incident_id
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.recorder import Recorder
from vigilanza.store.spool import Spool


def open_recorder(engine: Engine, spool: Spool) -> Recorder:
    clock = SystemClock()
    journal = Journal(engine=engine, destinations=[VMS], clock=clock, site="0423")
    return Recorder(record=journal.record, spool=spool, clock=clock)


def main(database_url: str, spool_path: str) -> None:
    """Put the events of a break-in one by one, say when all are on disk, and go on for ever."""
    recorder = open_recorder(open_database(database_url), Spool(Path(spool_path)))
    for event in break_in("a"):
        recorder.put([event])
        try:
            recorder.run_once()
        except JournalUnavailable:
            print(f"spooled {recorder.state.spooled}", flush=True)
    recorder.run(threading.Event())


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A cluster that this file may stop."""
    with postgres_server() as server:
        yield server


def test_events_of_an_outage_survive_the_death_of_their_process(server: Postgres, tmp_path: Path) -> None:
    url, spool_path = server.new_database(), tmp_path / "spool"
    server.stop()
    command = [sys.executable, "-m", "tests.story.test_store_kill", url, str(spool_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            said = (line for line in child.stdout if line.startswith(b"spooled"))
            assert [next(said) for _ in range(5)] == [b"spooled %d\n" % number for number in (1, 2, 3, 4, 5)]
        finally:
            child.kill()
    server.start()
    engine, spool = open_database(url), Spool(spool_path)
    recorder = open_recorder(engine, spool)
    recorder.put(break_in("b", count=2))
    while recorder.run_once():
        pass
    assert _events(engine, "a") == tuple(break_in("a"))
    assert _events(engine, "b") == tuple(break_in("b", count=2))
    assert Outbox(engine).standing("vms").owed == 7
    assert len(spool) == 0
    spool.close()
    engine.dispose()


def test_a_crash_of_the_database_is_an_outage_and_nothing_else(server: Postgres, tmp_path: Path) -> None:
    engine, spool = open_database(server.new_database()), Spool(tmp_path / "spool")
    recorder = open_recorder(engine, spool)
    outbox = Outbox(engine)
    story = break_in("a")
    recorder.put(story[:2])
    while recorder.run_once():
        pass
    delivery = outbox.claim("vms", SystemClock().now())
    server.stop()
    recorder.put(story[2:])
    with pytest.raises(JournalUnavailable):
        recorder.run_once()
    with pytest.raises(JournalUnavailable):
        outbox.claim("vms", SystemClock().now())
    with pytest.raises(JournalUnavailable):
        Queries(engine).incidents()
    server.start()
    while recorder.run_once():
        pass
    assert _events(engine, "a") == tuple(story)
    assert delivery is not None
    assert outbox.standing("vms").owed == 5
    spool.close()
    engine.dispose()


def _events(engine: Engine, name: str) -> tuple[object, ...]:
    view = Queries(engine).incident(incident_id(name))
    assert view is not None
    return view.events


if __name__ == "__main__":
    main(*sys.argv[1:])
