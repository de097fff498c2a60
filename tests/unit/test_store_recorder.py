"""Events between the frame thread and the journal: nothing is lost, nothing waits, the order holds."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.samples import break_in
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event
from vigilanza.store.recorder import Recorder
from vigilanza.store.spool import Spool

STORY = break_in("a")


class FlakyJournal:
    """Keeps what it takes; while `away` it takes nothing, and never anything in `poison`."""

    def __init__(self) -> None:
        self.kept: list[Event] = []
        self.away = False
        self.poison: set[object] = set()

    def record(self, events: Sequence[Event]) -> None:
        if self.away:
            raise JournalUnavailable("no route to the database")
        if any(event.id in self.poison for event in events):
            raise ValueError("constraint")
        self.kept.extend(event for event in events if event not in self.kept)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "events"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    spool = Spool(path)
    yield spool
    spool.close()


@pytest.fixture
def journal() -> FlakyJournal:
    return FlakyJournal()


@pytest.fixture
def recorder(journal: FlakyJournal, spool: Spool) -> Recorder:
    return Recorder(record=journal.record, spool=spool, clock=FakeClock())


def drain(recorder: Recorder) -> None:
    while recorder.run_once():
        pass


def test_events_reach_the_journal_in_order_and_the_spool_is_empty_again(
    recorder: Recorder, journal: FlakyJournal, spool: Spool
) -> None:
    for event in STORY:
        recorder.put([event])
    drain(recorder)
    assert journal.kept == STORY
    assert (len(spool), spool.size_bytes) == (0, 0)
    assert recorder.state.recorded == 5


def test_while_the_journal_is_away_events_are_on_disk_and_come_first_afterwards(
    recorder: Recorder, journal: FlakyJournal, path: Path
) -> None:
    journal.away = True
    for event in STORY[:3]:
        recorder.put([event])
        with pytest.raises(JournalUnavailable):
            recorder.run_once()
    assert path.read_bytes().count(b"\n") == 3
    assert (recorder.state.queued, recorder.state.spooled) == (0, 3)
    journal.away = False
    recorder.put(STORY[3:])
    drain(recorder)
    assert journal.kept == STORY


def test_a_new_process_records_what_the_old_one_left(journal: FlakyJournal, path: Path) -> None:
    old = Spool(path)
    old.append(STORY[:2])
    old.close()
    spool = Spool(path)
    recorder = Recorder(record=journal.record, spool=spool, clock=FakeClock())
    recorder.put(STORY[2:])
    drain(recorder)
    spool.close()
    assert journal.kept == STORY


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_half_a_line_after_a_crash_is_tolerated(path: Path, cut: int) -> None:
    old = Spool(path)
    old.append(STORY[:3])
    old.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    spool = Spool(path)
    assert spool.first(10) == STORY[:2]
    assert spool.counts.torn == 1
    spool.append(STORY[2:])
    spool.close()
    again = Spool(path)
    assert again.first(10) == STORY
    assert again.counts.torn == 0
    again.close()


def test_a_damaged_line_is_put_aside_and_the_others_are_kept(path: Path) -> None:
    old = Spool(path)
    old.append(STORY)
    old.close()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"stairs-3", b"stairs-4")
    path.write_bytes(b"".join(lines))
    spool = Spool(path)
    assert spool.first(10) == [*STORY[:2], *STORY[3:]]
    assert spool.counts.damaged == 1
    assert path.with_name("events.damaged").read_bytes() == lines[2]
    spool.close()


def test_one_spool_has_one_owner(path: Path, spool: Spool) -> None:
    with pytest.raises(JournalUnavailable, match="another process"):
        Spool(path)


def test_a_full_spool_keeps_events_in_memory_and_memory_is_bounded_too(journal: FlakyJournal, path: Path) -> None:
    spool = Spool(path, limit_bytes=800)
    recorder = Recorder(record=journal.record, spool=spool, clock=FakeClock(), queue_limit=3)
    journal.away = True
    for event in STORY[:2]:
        recorder.put([event])
        with pytest.raises(JournalUnavailable):
            recorder.run_once()
    spooled = recorder.state.spooled
    assert spooled >= 1
    recorder.put(STORY[2:4])
    with pytest.raises(JournalUnavailable):
        recorder.run_once()
    assert (recorder.state.spooled, recorder.state.queued) == (spooled, 4 - spooled)
    assert spool.counts.full > 0
    with pytest.raises(JournalUnavailable, match="memory"):
        recorder.put([*STORY[4:], *break_in("b")])
    assert recorder.state.refused == 6
    journal.away = False
    drain(recorder)
    recorder.put(STORY[4:])
    drain(recorder)
    spool.close()
    assert journal.kept == STORY


def test_a_broken_disk_does_not_stop_the_alarm(
    recorder: Recorder, journal: FlakyJournal, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vigilanza.store.spool.os.fsync", full)
    recorder.put(STORY)
    drain(recorder)
    assert journal.kept == STORY
    assert recorder.state.queued == 0
    assert spool.size_bytes == 0


def test_an_event_the_journal_can_never_take_holds_up_no_other(
    recorder: Recorder, journal: FlakyJournal, path: Path
) -> None:
    journal.poison = {STORY[2].id}
    recorder.put(STORY)
    drain(recorder)
    assert journal.kept == [*STORY[:2], *STORY[3:]]
    assert recorder.state.set_aside == 1
    assert str(STORY[2].id) in path.with_name("events.damaged").read_text()


def test_the_thread_survives_outages_and_stops_when_all_is_said(journal: FlakyJournal, spool: Spool) -> None:
    stop, back = threading.Event(), threading.Event()
    faults: list[Exception] = [JournalUnavailable("away"), RuntimeError("a bug"), JournalUnavailable("away again")]

    def record(events: Sequence[Event]) -> None:
        if faults:
            raise faults.pop(0)
        journal.record(events)
        back.set()

    recorder = Recorder(record=record, spool=spool, clock=FakeClock())
    recorder.put(STORY[:3])
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()
    assert back.wait(20)
    recorder.put(STORY[3:])
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert journal.kept == STORY
