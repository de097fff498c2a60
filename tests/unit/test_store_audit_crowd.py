"""Many who look at once: each is in the chain before it is shown anything, and none waits for all the others."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import Engine, event

from tests.commands import wait_until
from tests.fakes import FakeClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.database import writing

CROWD = 16


def crowd(chain: AuditChain, meanwhile: Callable[[], None]) -> list[AuditRecord | JournalUnavailable]:
    """What each of them got, who all came while somebody else was writing; `meanwhile` goes on until they have."""
    got: list[AuditRecord | JournalUnavailable] = []

    def look(number: int) -> None:
        try:
            got.append(chain.append(who="anna", action="live.viewed", subject=f"stairs-{number}"))
        except JournalUnavailable as error:
            got.append(error)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    wait_until("all to wait", lambda: len(chain._waiting) >= CROWD - 1)
    meanwhile()
    for thread in threads:
        thread.join(30)
    return got


def test_who_waits_is_written_with_the_others_each_with_a_record_of_its_own(engine: Engine) -> None:
    chain, commits = AuditChain(engine=engine, clock=FakeClock()), []
    chain.append(who="anna", action="signed.in", subject="anna")
    event.listen(engine, "commit", lambda _: commits.append(threading.get_ident()))
    all_wait = threading.Event()
    records: list[AuditRecord | JournalUnavailable] = []
    asking = threading.Thread(target=lambda: records.extend(crowd(chain, all_wait.set)))
    with writing(engine):
        asking.start()
        assert all_wait.wait(30)
    asking.join(30)
    found = [record for record in records if isinstance(record, AuditRecord)]
    assert sorted(record.subject for record in found) == sorted(f"stairs-{number}" for number in range(CROWD))
    assert sorted(record.number for record in found) == list(range(2, CROWD + 2))
    assert chain.verify() == CROWD + 1
    assert len(commits) <= 1 + 2 + 1, "the one who held it, the first of them, the others, and the reader"


def test_what_cannot_be_written_is_said_to_each_of_them(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, go = AuditChain(engine=engine, clock=FakeClock()), threading.Event()

    def away(_: Engine) -> None:
        go.wait(30)
        raise JournalUnavailable("away")

    monkeypatch.setattr("vigilanza.store.audit.writing", away)
    got = crowd(chain, go.set)
    assert [str(one) for one in got] == ["away"] * CROWD
    monkeypatch.undo()
    assert chain.verify() == 0
    assert chain.append(who="anna", action="live.viewed", subject="stairs-1").number == 1


def test_a_fault_of_one_leaves_nobody_without_record(engine: Engine) -> None:
    chain, go, before = AuditChain(engine=engine, clock=FakeClock()), threading.Event(), AuditChain._append
    blamed: list[str] = []

    def once(self: AuditChain, connection: object, entry: object) -> AuditRecord:
        go.wait(30)
        if not blamed:
            blamed.append("one")
            raise KeyError("a bug")
        return before(self, connection, entry)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditChain, "_append", once)
        got: list[int] = []
        threads = [threading.Thread(target=_try, args=(chain, n, got)) for n in range(CROWD)]
        for thread in threads:
            thread.start()
        wait_until("all to wait", lambda: len(chain._waiting) >= CROWD - 1)
        go.set()
        for thread in threads:
            thread.join(30)
    assert len(got) == CROWD - 1
    assert chain.verify() == CROWD - 1


def _try(chain: AuditChain, number: int, got: list[int]) -> None:
    with suppress(KeyError):
        got.append(chain.append(who="anna", action="live.viewed", subject=f"stairs-{number}").number)
