"""A backup is made while others write; what is restored from it is whole, and owes what it has no receipt for."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, make_url, select

from tests.commands import wait_until
from tests.fakes import FakeClock
from tests.samples import BEGAN, ROOM, VMS, break_in, incident_id
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Receipt
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditverify import verify_chain
from vigilanza.store.database import open_database, reading
from vigilanza.store.journal import Journal
from vigilanza.store.outbox import Outbox
from vigilanza.store.schema import events
from vigilanza.store.schema_bridge import deliveries

NOW = BEGAN + 100.0
RECEIPT = Receipt("200 OK")


@pytest.fixture
def backup(request: pytest.FixtureRequest, engine: Engine, database_url: str, tmp_path: Path) -> Callable[[], str]:
    """As docs/installer.md says; the URL of what is restored from it."""
    if engine.dialect.name == "postgresql":
        postgres = request.getfixturevalue("postgres")
        return lambda: str(postgres.copy(database_url, file=tmp_path / "vigilanza.dump"))

    def copy() -> str:
        with closing(sqlite3.connect(str(make_url(database_url).database))) as database:
            database.execute(f"VACUUM INTO '{tmp_path / 'backup.db'}'")
        return f"sqlite:///{tmp_path / 'backup.db'}"

    return copy


class Office:
    """Records, writes to the audit chain, and sends, each as fast as it can."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._clock = engine, FakeClock(NOW)
        self._journal = Journal(engine=engine, destinations=[VMS], clock=self._clock, site="0423")
        self._chain, self._outbox = AuditChain(engine=engine, clock=self._clock), Outbox(engine)
        self.recorded: set[UUID] = set()
        self.paid: list[UUID] = []

    def work(self, stop: threading.Event) -> None:
        number = 0
        while not stop.is_set():
            told = break_in(f"door {number}", count=2)
            self._journal.record(told)
            self.recorded |= {event.id for event in told}
            self._chain.append(who="anna", action="incident.viewed", subject=str(number))
            self.pay(1)
            number += 1

    def pay(self, most: int) -> None:
        for _ in range(most):
            if (owed := self._outbox.claim("vms", NOW)) is None:
                return
            assert self._outbox.acknowledge(owed, RECEIPT, NOW)
            self.paid.append(owed.alert.id)


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    """At work, until the test is over."""
    office, stop = Office(engine), threading.Event()
    with ThreadPoolExecutor() as threads:
        working = threads.submit(office.work, stop)
        wait_until("alerts go out", lambda: len(office.paid) >= 5 or working.done())
        yield office
        stop.set()
        working.result()


def known(engine: Engine) -> set[UUID]:
    with reading(engine) as connection:
        return set(connection.execute(select(events.c.id)).scalars())


def test_a_backup_is_one_moment_of_a_database_in_use(office: Office, backup: Callable[[], str]) -> None:
    recorded, paid = set(office.recorded), list(office.paid)
    restored = open_database(backup())
    wait_until("it went on meanwhile", lambda: len(office.paid) > len(paid) + 5)
    assert recorded <= known(restored) <= office.recorded
    assert not [one for one in verify_chain(restored, key=None) if one.is_fault]
    restored.dispose()


def test_what_was_paid_before_a_backup_is_not_sent_again(office: Office, backup: Callable[[], str]) -> None:
    paid = list(office.paid)
    restored = open_database(backup())
    again = Office(restored)
    again.pay(100_000)
    assert again.paid
    assert not set(again.paid) & set(paid)
    assert len(again.paid) == len(set(again.paid))
    restored.dispose()


def test_what_is_restored_is_worked_with(office: Office, backup: Callable[[], str]) -> None:
    restored = open_database(backup())
    there = known(restored)
    Journal(engine=restored, destinations=[VMS], clock=FakeClock(NOW), site="0423").record(break_in("after"))
    AuditChain(engine=restored, clock=FakeClock(NOW)).append(who="anna", action="incident.viewed", subject="after")
    assert len(known(restored)) == len(there) + 5
    assert not [one for one in verify_chain(restored, key=None) if one.is_fault]
    restored.dispose()


def test_the_numbers_of_alerts_that_a_backup_does_not_know_are_not_given_again(
    engine: Engine, backup: Callable[[], str]
) -> None:
    def journal(engine: Engine) -> Journal:
        return Journal(engine=engine, destinations=[VMS, ROOM], clock=FakeClock(NOW), site="0423")

    def numbers(engine: Engine, destination: str, of: str = "a") -> list[int]:
        with reading(engine) as connection:
            mine = deliveries.c.incident == incident_id(of), deliveries.c.destination == destination
            query = select(deliveries.c.sequence).where(*mine).order_by(deliveries.c.position)
            return list(connection.execute(query).scalars())

    told = break_in("a")
    journal(engine).record(told[:2])
    url = backup()
    journal(engine).record([*told[2:3], *break_in("unknown")[:2]])
    journal(engine).decide(Decision(incident_id("a"), "anna", NOW, avs=3))
    lost = {name: numbers(engine, name) for name in ("vms", "room")}
    restored = open_database(url)
    journal(restored).record(told[3:4])
    journal(restored).decide(Decision(incident_id("a"), "anna", NOW, avs=3))
    journal(restored).record([*break_in("b", count=1), *break_in("unknown")[2:3]])
    restored.dispose()
    again = open_database(url)
    journal(again).record(told[4:])
    there = numbers(again, "vms")
    assert there[:2] == lost["vms"][:2] == [0, 1]
    assert there[2:] == list(range(there[2], there[2] + len(there) - 2))
    assert there[2] > 7_000_000 > lost["vms"][-1], "and higher at each time that this backup comes back"
    assert numbers(again, "room")[0] > lost["room"][-1]
    assert numbers(again, "vms", "b") == [0], "an incident that began after it"
    assert numbers(again, "vms", "unknown")[0] > numbers(engine, "vms", "unknown")[-1], "of which it has only the end"
    again.dispose()
