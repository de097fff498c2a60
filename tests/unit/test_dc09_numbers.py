"""Sequence numbers: kept with their alert, over restarts, and round after 9999."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from vigilanza.bridge.dc09_numbers import HIGHEST, NOTE, PAID_MAX, TRIED_MAX, Numbers
from vigilanza.store.database import open_database
from vigilanza.store.notebook import Notebook


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(open_database(f"sqlite:///{tmp_path}/numbers.db"), "arc")


def numbers(book: Notebook, *paid: UUID) -> Numbers:
    """As a relay has them that has just started."""

    def owed(alerts: Iterable[UUID]) -> set[UUID]:
        return set(alerts) - set(paid)

    return Numbers(book, owed=owed)


def alert(index: int) -> UUID:
    return UUID(int=index)


def test_an_alert_keeps_its_numbers_until_its_receipt_is_stored_also_after_a_restart(engine: Engine) -> None:
    book, paid, other = Notebook(engine, "arc"), alert(1000), alert(1001)
    assert numbers(book).take(paid, 2) == (1, 2)
    assert numbers(book).take(other, 1) == (3,)
    for index in range(PAID_MAX):
        numbers(book).take(alert(index), 1)
    assert numbers(book).take(paid, 2) == (1, 2)
    numbers(book, paid).take(alert(PAID_MAX), 1)
    assert numbers(book).take(paid, 2) == (PAID_MAX + 5, PAID_MAX + 6)
    assert numbers(book).take(other, 1) == (3,)


def test_after_9999_comes_1(book: Notebook) -> None:
    book.change(NOTE, lambda _: f'{{"last": {HIGHEST - 1}}}')
    assert numbers(book).take(alert(0), 3) == (9999, 1, 2)


def test_alerts_that_are_never_paid_are_forgotten_oldest_first(book: Notebook) -> None:
    ours = numbers(book)
    for index in range(TRIED_MAX + 1):
        ours.take(alert(index), 1)
    assert ours.take(alert(1), 1) == (2,)
    assert ours.take(alert(0), 1) == (TRIED_MAX + 2,)


@pytest.mark.parametrize("note", ["", "x", "[]", "7", '{"last": "x"}', '{"tried": 3}', '{"tried": {"a": 1}}', "null"])
def test_a_note_that_cannot_be_read_counts_as_none(book: Notebook, note: str) -> None:
    book.change(NOTE, lambda _: note)
    assert numbers(book).take(alert(0), 1) == (1,)
