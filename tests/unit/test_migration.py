"""A database of any former version is brought forward, by whoever comes first, and nothing of it is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4, uuid5

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from structlog.testing import capture_logs

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.former import COMMITS, VERSION_1, WITH_REFERENCE, Former
from tests.samples import BEGAN, VMS, break_in
from vigilanza.domain.delivery import Receipt
from vigilanza.domain.errors import ConfigError, JournalUnavailable
from vigilanza.domain.events import NAMESPACE
from vigilanza.store.database import open_database, reading
from vigilanza.store.indexes import LateIndexes
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.schema import HEAD, SCHEMA_VERSION
from vigilanza.store.schema_base import APPEND_ONLY, metadata

NOW = BEGAN + 100.0
EACH = 8
"""So many schemas a test."""
FORMER_INCIDENT = uuid5(NAMESPACE, "former")
_MADE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL",
    "postgresql": """
        SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
            is_nullable, regexp_replace(column_default, 'public.', '')) FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
}


@pytest.fixture
def fresh(engine: Engine) -> set[tuple[str, str]]:
    """What this version makes of an empty database."""
    return made(engine)


@pytest.fixture
def another(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Callable[[], str]:
    """One more empty database of the same kind."""
    if engine.dialect.name == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid4().hex}"
    new_database: Callable[[], str] = request.getfixturevalue("postgres").new_database
    return new_database


def made(engine: Engine) -> set[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(text(_MADE[engine.dialect.name]))
        return {(name, " ".join(said.replace('"', "").split())) for name, said in rows}


def test_the_steps_make_the_tables_that_the_program_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert not found


def test_the_database_protects_what_is_append_only(fresh: set[tuple[str, str]]) -> None:
    protected = {table.name for table in metadata.sorted_tables if table.info.get(APPEND_ONLY)}
    ends = ("_no_update", "_no_delete", "_append_only")
    triggers = {name.removesuffix(end) for name, said in fresh for end in ends if "TRIGGER" in said and end in name}
    assert {name.removesuffix("_append_only") for name in triggers} == protected


@pytest.mark.parametrize("first", range(1, max(COMMITS) + 1, EACH))
def test_every_former_schema_becomes_ours(fresh: set[tuple[str, str]], another: Callable[[], str], first: int) -> None:
    for number in range(first, min(first + EACH, max(COMMITS) + 1)):
        url = another()
        Former(url, number).make()
        taken_over = open_database(url)
        LateIndexes(engine=taken_over, clock=FakeClock()).run(threading.Event())
        Journal(engine=taken_over, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("a"))
        assert made(taken_over) == fresh, COMMITS[number]
        taken_over.dispose()


@pytest.mark.parametrize("number", VERSION_1)
def test_what_schema_1_owed_is_paid(database_url: str, number: int) -> None:
    Former(database_url, number).make(rows=True)
    engine = open_database(database_url)
    outbox = Outbox(engine)
    owed = outbox.claim("vms", NOW)
    assert owed is not None
    assert (owed.alert.incident, owed.alert.sequence) == (FORMER_INCIDENT, 1)
    assert outbox.acknowledge(owed, Receipt("200 OK"), NOW)
    assert outbox.claim("vms", NOW) is None
    seen = Queries(engine).incident(FORMER_INCIDENT)
    assert seen is not None
    assert [one.receipt for one in seen.deliveries] == ["200 OK", "200 OK"]
    assert [line.split()[0] for line in outbox.log_of(owed.alert.id)][:3] == ["queued", "claimed", "postponed"]
    engine.dispose()


@pytest.mark.parametrize("number", WITH_REFERENCE)
def test_an_incident_of_a_site_is_kept_and_another_may_be_named_first(database_url: str, number: int) -> None:
    Former(database_url, number).make(rows=True)
    put = text("INSERT INTO site_incidents (site, incident, here) VALUES ('0423', :here, :here)")
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(put, {"here": FORMER_INCIDENT.hex})
    engine.dispose()
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.execute(put, {"here": uuid5(NAMESPACE, "not yet there").hex})
        assert connection.execute(text("SELECT count(*) FROM site_incidents")).scalar() == 2
    engine.dispose()


@pytest.mark.parametrize("number", [VERSION_1[-1], max(COMMITS)])
def test_many_parts_start_at_once(database_url: str, number: int) -> None:
    Former(database_url, number).make(rows=number in VERSION_1)

    def start(name: str) -> None:
        engine = open_database(database_url)
        journal = Journal(engine=engine, destinations=[VMS], clock=FakeClock(NOW), site="0423")
        wait_until("it is recorded", lambda: is_recorded(journal, name))
        engine.dispose()

    with capture_logs() as logs, ThreadPoolExecutor(8) as parts:
        list(parts.map(start, "abcdefgh"))
    assert [log["to"] for log in logs if log["log_level"] == "info"] == [HEAD]


def is_recorded(journal: Journal, name: str) -> bool:
    try:
        journal.record(break_in(name))
    except JournalUnavailable:  # on a slow machine the others took longer than anybody waits
        return False
    return True


def test_a_step_that_fails_leaves_all_as_it_was(database_url: str) -> None:
    Former(database_url, VERSION_1[-1]).make(rows=True)
    plain = create_engine(database_url)
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE ix_feed_at (x INTEGER)"))  # in the way of an index of that name
        before = set(inspect(connection).get_table_names())
    engine = open_database(database_url)
    with pytest.raises(JournalUnavailable, match="ix_feed_at"):
        Outbox(engine).claim("vms", NOW)
    with plain.begin() as connection:
        assert set(inspect(connection).get_table_names()) == before
        connection.execute(text("DROP TABLE ix_feed_at"))
    plain.dispose()
    assert Outbox(engine).claim("vms", NOW) is not None
    engine.dispose()


def test_what_a_later_version_has_added_is_left_and_used(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("ALTER TABLE incidents ADD COLUMN later TEXT"))
    with capture_logs() as logs:
        again = open_database(database_url)
    Journal(engine=again, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("a"))
    with again.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    assert [log["revision"] for log in logs if log["log_level"] == "warning"] == ["9999"]
    again.dispose()


def test_a_database_of_a_later_schema_is_left_alone(engine: Engine, database_url: str) -> None:
    before = made(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text(f"UPDATE meta SET value = {SCHEMA_VERSION + 1} WHERE name = 'schema'"))
    with pytest.raises(ConfigError, match=f"has schema {SCHEMA_VERSION + 1}, this version needs {SCHEMA_VERSION}"):
        open_database(database_url)
    assert made(engine) == before
