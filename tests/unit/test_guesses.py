"""Wrong passwords in the audit chain: few records, whatever is tried."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from vigilanza.bridge.guesses import ADDRESSES_MAX, LASTS_S, OTHERS, QUIET_S, Guesses
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.database import open_database


class Book(AuditChain):
    """A real chain, which may be away."""

    def __init__(self, path: Path) -> None:
        super().__init__(engine=open_database(f"sqlite:///{path}/vigilanza.db"), clock=SystemClock())
        self.away = False
        self.slow = False

    def append(self, **record: object) -> AuditRecord:
        if self.away:
            raise JournalUnavailable("away")
        if self.slow:  # for so long that another thread comes
            SystemClock().wait(0.2, threading.Event())
        return super().append(**record)  # type: ignore[arg-type]  # the same keywords


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def told(book: Book) -> list[tuple[str, str, int]]:
    """Who did what how often, in order."""
    return [(one.who, one.action, json.loads(one.detail)["failures"]) for one in reversed(book.latest())]


def test_a_burst_is_told_when_it_begins_and_when_it_is_over(book: Book) -> None:
    clock = FakeClock()
    guesses = Guesses(chain=book, entrance="onvif_device", clock=clock)
    for _ in range(1000):
        guesses.note("192.0.2.7")
        guesses.write()
    assert told(book) == [("192.0.2.7", "login.failed", 1)]
    clock.advance(QUIET_S)
    guesses.note("192.0.2.8")
    guesses.write()
    assert told(book)[1:] == [("192.0.2.7", "login.guessed", 1000), ("192.0.2.8", "login.failed", 1)]
    clock.advance(QUIET_S)
    guesses.write()
    assert len(told(book)) == 3, "one alone was told whole"
    assert book.verify() == 3


def test_a_burst_without_end_is_told_once_an_hour(book: Book) -> None:
    clock = FakeClock()
    guesses = Guesses(chain=book, entrance="onvif_device", clock=clock)
    for _ in range(int(LASTS_S / 30.0) + 1):
        guesses.note("192.0.2.7")
        guesses.write()
        clock.advance(30.0)
    assert [action for _, action, _ in told(book)] == ["login.failed", "login.guessed"]


def test_from_however_many_addresses_the_chain_grows_by_a_bound(book: Book) -> None:
    guesses = Guesses(chain=book, entrance="onvif_device", clock=FakeClock())
    for number in range(5000):
        guesses.note(f"2001:db8::{number:x}")
    guesses.write(all_of_them=True)
    assert len(told(book)) == ADDRESSES_MAX + 2
    assert (OTHERS, "login.guessed", 5000 - ADDRESSES_MAX) in told(book)


def test_nothing_is_forgotten_while_the_database_is_away(book: Book) -> None:
    clock = FakeClock()
    guesses = Guesses(chain=book, entrance="onvif_device", clock=clock)
    book.away = True
    for _ in range(3):
        guesses.note("192.0.2.7")
        with pytest.raises(JournalUnavailable):
            guesses.write()
    book.away = False
    guesses.write()
    book.away = True
    clock.advance(QUIET_S)
    with pytest.raises(JournalUnavailable):
        guesses.write()
    book.away = False
    guesses.write()
    assert told(book) == [("192.0.2.7", "login.failed", 1), ("192.0.2.7", "login.guessed", 3)]


def test_the_last_writing_may_begin_while_another_goes_on(book: Book) -> None:
    clock = FakeClock()
    guesses = Guesses(chain=book, entrance="onvif_device", clock=clock)
    for _ in range(3):
        guesses.note("192.0.2.7")
    clock.advance(QUIET_S)
    book.slow = True
    with ThreadPoolExecutor() as threads:
        for writing in [threads.submit(guesses.write, all_of_them=last) for last in (False, True)]:
            writing.result()
    assert told(book) == [("192.0.2.7", "login.failed", 1), ("192.0.2.7", "login.guessed", 3)]
