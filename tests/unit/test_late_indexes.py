"""Indexes that a database which is there already lacks: made beside the work, and never in its way."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, inspect, make_url, text
from structlog.testing import capture_logs

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.former import LATER, forget_steps
from tests.postgres import Postgres
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.indexes import ONE_MAKER, LateIndexes
from vigilanza.store.schema import audit

NAMES = {str(index.name) for index in audit.indexes}
RECORDS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO audit (number, at, who, action, subject, detail, previous, hash)
SELECT i, i, 'anna', 'incident.viewed', 'incident ' || i, '{}', '', '' FROM n
"""
GUEST = """
DROP ROLE IF EXISTS guest;
CREATE ROLE guest LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest;
"""


@pytest.fixture
def old(engine: Engine) -> Engine:
    """A database from before the indexes of the audit chain."""
    with engine.begin() as connection:
        for name in NAMES:
            connection.execute(text(f"DROP INDEX {name}"))
    return engine


@pytest.fixture
def guests(postgres: Postgres) -> Iterator[Engine]:
    """The same in the eyes of an account that may use its tables, and owns none."""
    url = postgres.new_database()
    owner = open_database(url)
    with owner.begin() as connection:
        for name in NAMES:
            connection.execute(text(f"DROP INDEX {name}"))
        forget_steps(connection)
        connection.execute(text("DROP TABLE owed_originals"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text(GUEST))
    guest = open_database(make_url(url).set(username="guest").render_as_string(hide_password=False))
    yield guest
    guest.dispose()
    with owner.begin() as connection:
        connection.execute(text("DROP OWNED BY guest; DROP ROLE guest"))
    owner.dispose()


@pytest.fixture
def sqlite_chain(tmp_path: Path) -> Iterator[Engine]:
    """Long enough to be looked at while an index is made, and without any."""
    engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
    with engine.begin() as connection:
        for name in NAMES:
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text(RECORDS))
    yield engine
    engine.dispose()


def indexed(engine: Engine) -> set[str]:
    return {str(index["name"]) for index in inspect(engine).get_indexes("audit")}


class Leaping(FakeClock):
    """A second passes at each look."""

    def monotonic(self) -> float:
        self.time += 1.0
        return self.time


def late(engine: Engine) -> LateIndexes:
    return LateIndexes(engine=engine, clock=FakeClock())


def test_a_database_from_before_the_indexes_gets_them(old: Engine) -> None:
    late(old).run(threading.Event())
    assert indexed(old) == NAMES


def test_opening_does_not_make_them(old: Engine, database_url: str) -> None:
    again = open_database(database_url)
    AuditChain(engine=again, clock=FakeClock()).append(who="anna", action="incident.viewed", subject="x")
    assert not indexed(again)
    again.dispose()


def test_who_owns_no_table_goes_on_without(guests: Engine) -> None:
    chain = AuditChain(engine=guests, clock=FakeClock())
    chain.append(who="anna", action="incident.viewed", subject="x")
    with capture_logs() as logs:
        late(guests).run(threading.Event())
    assert not indexed(guests)
    told = {log["statement"] for log in logs if log["log_level"] == "warning"}
    assert "CREATE INDEX CONCURRENTLY audit_who ON audit (who, number)" in told
    assert len(told) == len(NAMES)


def test_which_tables_are_missing_is_told_to_who_may_make_none(guests: Engine) -> None:
    url = guests.url.render_as_string(hide_password=False)
    with capture_logs() as logs:
        again = open_database(url)
    AuditChain(engine=again, clock=FakeClock()).append(who="anna", action="incident.viewed", subject="x")
    again.dispose()
    [told] = [log for log in logs if log["log_level"] == "critical"]
    assert told["missing"].split(", ") == sorted(["owed_originals", *LATER])


def test_who_may_not_see_what_the_owner_has_brought_forward_goes_on(guests: Engine) -> None:
    open_database(guests.url.set(username="tester").render_as_string(hide_password=False)).dispose()
    with capture_logs() as logs:
        again = open_database(guests.url.render_as_string(hide_password=False))
    AuditChain(engine=again, clock=FakeClock()).append(who="anna", action="incident.viewed", subject="x")
    again.dispose()
    [told] = [log for log in logs if log["log_level"] == "critical"]
    assert "permission denied for table alembic_version" in told["why"]


def test_who_may_not_see_whether_the_database_came_back_goes_on(guests: Engine) -> None:
    owner = open_database(guests.url.set(username="tester").render_as_string(hide_password=False))
    with owner.begin() as connection:
        connection.execute(text("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC"))
    owner.dispose()
    with capture_logs() as logs:
        again = open_database(guests.url.render_as_string(hide_password=False))
    AuditChain(engine=again, clock=FakeClock()).append(who="anna", action="incident.viewed", subject="x")
    again.dispose()
    [told] = [log for log in logs if "came back from a backup" in log["event"]]
    assert "permission denied for function pg_control_system" in told["why"]


def test_others_write_while_one_is_made(postgres: Postgres) -> None:
    url = postgres.new_database()
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX audit_who"))
    plain = url.replace("+psycopg", "")
    busy = psycopg.connect(plain)
    busy.execute("LOCK TABLE audit IN ROW EXCLUSIVE MODE")  # somebody writes, and takes long
    making = threading.Thread(target=late(engine).run, args=(threading.Event(),), daemon=True)
    making.start()
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'"

    def is_waiting() -> bool:
        with psycopg.connect(plain) as looking:
            return looking.execute(waits).fetchone() == (1,)

    wait_until("the index waits for who writes", is_waiting)
    again = open_database(url)
    AuditChain(engine=again, clock=FakeClock()).append(who="anna", action="incident.viewed", subject="x")
    assert making.is_alive()
    busy.close()
    making.join(20)
    assert indexed(engine) == NAMES
    again.dispose()
    engine.dispose()


def test_one_that_was_not_finished_is_made_again(postgres: Postgres) -> None:
    engine = open_database(postgres.new_database())
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'audit_who'::regclass"
    with engine.begin() as connection:
        connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'audit_who'::regclass"))
    late(engine).run(threading.Event())
    with engine.begin() as connection:
        assert connection.scalar(text(valid))
    engine.dispose()


def test_one_that_holds_up_the_others_of_sqlite_is_left_to_a_person(sqlite_chain: Engine) -> None:
    with capture_logs() as logs:
        LateIndexes(engine=sqlite_chain, clock=Leaping()).run(threading.Event())
    assert not indexed(sqlite_chain)
    told = {log["statement"] for log in logs if log["log_level"] == "warning"}
    assert told == {
        f"CREATE INDEX {index.name} ON audit ({', '.join(index.columns.keys())})" for index in audit.indexes
    }
    late(sqlite_chain).run(threading.Event())  # nothing is left behind that cuts off what is asked later
    assert indexed(sqlite_chain) == NAMES


def test_who_stops_does_not_wait_for_one(sqlite_chain: Engine) -> None:
    stop = threading.Event()
    stop.set()
    with capture_logs() as logs:
        late(sqlite_chain).run(stop)
    assert not indexed(sqlite_chain)
    assert not [log for log in logs if log["log_level"] == "warning"]


def test_one_process_makes_them_at_a_time(postgres: Postgres) -> None:
    url = postgres.new_database()
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX audit_who"))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (ONE_MAKER,))
        late(engine).run(threading.Event())
        assert "audit_who" not in indexed(engine)
    late(engine).run(threading.Event())
    assert indexed(engine) == NAMES
    engine.dispose()
