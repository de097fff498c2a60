"""A process is frozen in the middle of a transaction: the others write on. The database is frozen: that is an outage.

Run as a program (`python -m tests.story.test_store_stall URL`) this file is the process that gets frozen.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import wait_until
from tests.postgres import Postgres
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.lab.drill.database import database
from vigilanza.store.database import mark_changed, open_database, writing


def main(database_url: str) -> None:
    """Begin to write, say so, and finish at the end of standard input."""
    try:
        with writing(open_database(database_url)) as connection:
            mark_changed(connection)
            print("writing", flush=True)
            sys.stdin.read()
    except JournalUnavailable:
        print("put out", flush=True)


def test_a_writer_that_is_frozen_holds_up_the_others_for_seconds_only(postgres: Postgres) -> None:
    url = postgres.new_database()
    engine = open_database(url)

    def written() -> bool:
        try:
            with writing(engine) as connection:
                mark_changed(connection)
        except JournalUnavailable:
            return False
        return True

    command = [sys.executable, "-m", "tests.story.test_store_stall", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "writing\n"
            child.send_signal(signal.SIGSTOP)
            wait_until("the frozen writer to be put out", written, timeout=30.0)
            child.send_signal(signal.SIGCONT)
            assert child.communicate(timeout=30.0)[0] == "put out\n"
        finally:
            child.kill()
    engine.dispose()


def test_a_database_that_is_frozen_is_an_outage_and_nothing_else(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as where:
        assert where.server is not None
        engine = open_database(where.url)
        where.server.freeze()
        with pytest.raises(JournalUnavailable, match="timeout"), writing(engine) as connection:
            mark_changed(connection)
        where.server.thaw()
        with writing(engine) as connection:
            mark_changed(connection)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
