"""Sequence numbers: kept with their alert, over restarts, and round after 9999."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from vigilanza.bridge.dc09_numbers import HIGHEST, NOTE, TRIED_MAX, Numbers
from vigilanza.store.database import open_database
from vigilanza.store.notebook import Notebook


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(open_database(f"sqlite:///{tmp_path}/numbers.db"), "arc")


def test_an_alert_keeps_its_numbers_until_it_is_settled_also_after_a_restart(engine: Engine) -> None:
    book = Notebook(engine, "arc")
    assert Numbers(book).take("a", 2) == (1, 2)
    assert Numbers(book).take("b", 1) == (3,)
    assert Numbers(Notebook(engine, "arc")).take("a", 2) == (1, 2)
    Numbers(book).settle("a")
    assert Numbers(book).take("a", 2) == (4, 5)


def test_after_9999_comes_1(book: Notebook) -> None:
    book.change(NOTE, lambda _: f'{{"last": {HIGHEST - 1}}}')
    assert Numbers(book).take("a", 3) == (9999, 1, 2)


def test_alerts_that_are_never_settled_are_forgotten_oldest_first(book: Notebook) -> None:
    numbers = Numbers(book)
    for index in range(TRIED_MAX + 1):
        numbers.take(str(index), 1)
    assert numbers.take("1", 1) == (2,)
    assert numbers.take("0", 1) == (TRIED_MAX + 2,)


@pytest.mark.parametrize("note", ["", "x", "[]", "7", '{"last": "x"}', '{"tried": 3}', '{"tried": {"a": 1}}', "null"])
def test_a_note_that_cannot_be_read_counts_as_none(book: Notebook, note: str) -> None:
    book.change(NOTE, lambda _: note)
    assert Numbers(book).take("a", 1) == (1,)
