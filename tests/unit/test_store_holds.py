"""Holds that one person alone placed: they end after a week unless a second one confirms them. On both databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from tests.unit.test_store_retention import DAY, Shelf
from vigilanza.domain.errors import HoldRefused
from vigilanza.store.database import writing
from vigilanza.store.schema_custody import hold_seconds


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    return Shelf(engine, tmp_path / "media")


def test_a_hold_that_nobody_confirms_lapses_after_a_week(shelf: Shelf) -> None:
    shelf.hold(seconds=30 * DAY)
    shelf.add(0.0)
    shelf.clock.advance(7 * DAY - 1.0)
    assert not shelf.retention.run_once().tried
    shelf.clock.advance(1.0)
    assert shelf.retention.run_once().deleted


def test_a_hold_from_before_a_second_person_was_asked_for_stands(shelf: Shelf) -> None:
    hold = shelf.hold(seconds=30 * DAY)
    with writing(shelf.engine) as connection:
        connection.execute(delete(hold_seconds).where(hold_seconds.c.hold == hold))
    shelf.add(0.0)
    shelf.clock.advance(29 * DAY)
    assert not shelf.retention.run_once().tried
    [held] = shelf.holds.of(shelf.incident)
    assert (held.waits, held.ends_at) == (False, held.until)


def test_one_that_is_confirmed_stands_to_its_end(shelf: Shelf) -> None:
    hold = shelf.hold(seconds=30 * DAY)
    shelf.add(0.0)
    with pytest.raises(HoldRefused, match="second person"):
        shelf.holds.confirm(hold, by="Anna")
    shelf.clock.advance(7 * DAY - 1.0)
    assert [one.id for one in shelf.holds.waiting(9)] == [hold]
    assert shelf.holds.confirm(hold, by="Bea").ends_at == shelf.holds.of(shelf.incident)[0].until
    assert shelf.holds.waiting(9) == []
    with pytest.raises(HoldRefused, match="nobody need"):
        shelf.holds.confirm(hold, by="Carlo")
    shelf.clock.advance(22 * DAY)
    assert not shelf.retention.run_once().tried
    shelf.clock.advance(DAY + 1.0)
    assert shelf.retention.run_once().deleted
