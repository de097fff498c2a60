"""What a process that is no more left behind."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.observed import OPENED, Scene, play
from vigilanza.app.heir import Heir
from vigilanza.app.share import Share
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event
from vigilanza.store.spool import Spool

EVENTS = play(Scene(5.0, OPENED))[1]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    for name in ("events-1.spool", "events-3.spool"):
        spool = Spool(tmp_path / name)
        spool.append(EVENTS)
        spool.close()
    (tmp_path / "clips-3").mkdir()
    (tmp_path / "clips-1").mkdir()
    return tmp_path


def test_it_is_recorded_and_what_is_in_use_left_alone(state: Path) -> None:
    recorded: list[Event] = []
    Heir(state, Share.all_of(4, at_most=2), record=recorded.extend, clock=FakeClock()).run(threading.Event())
    assert recorded == EVENTS
    assert sorted(path.name for path in state.iterdir()) == ["clips-1", "events-1.spool"]


def test_a_journal_that_is_away_is_asked_again(state: Path) -> None:
    recorded: list[Event] = []
    away = iter([True, True, False])
    clock = FakeClock()

    def record(events: Sequence[Event]) -> None:
        if next(away, False):
            raise JournalUnavailable("away")
        recorded.extend(events)

    Heir(state, [Share()], record=record, clock=clock).run(threading.Event())
    assert recorded == [*EVENTS, *EVENTS]
    assert len(clock.waits) == 2


def test_what_another_process_still_uses_waits(state: Path) -> None:
    spool = Spool(state / "events-3.spool")
    clock, recorded, stop = FakeClock(), list[Event](), threading.Event()

    def let_go(events: Sequence[Event]) -> None:
        recorded.extend(events)

    class Until(FakeClock):
        def wait(self, seconds: float, stop: threading.Event) -> bool:
            spool.close()
            return super().wait(seconds, stop)

    clock = Until()
    Heir(state, [Share(1, 2), Share(2, 2)], record=let_go, clock=clock).run(stop)
    assert recorded == EVENTS
    assert clock.waits
