"""Which clips are made of an incident: one that grows with it, short at first, and nothing is left behind."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from tests.videos import video
from vigilanza.app.film import Film
from vigilanza.app.openings import Openings
from vigilanza.app.pinner import RETRY_S, Pinner
from vigilanza.capture.file import FileSource
from vigilanza.capture.ring import GopRing
from vigilanza.config import Clips
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.withdrawal import Withdrawal

BEFORE, AFTER = 5.0, 15.0


class Room:
    """A camera that filmed from ten seconds before the break-in, and what is kept of it."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        clock = FakeClock()
        ring = GopRing(seconds=120.0, max_bytes=50_000_000)
        recording = FileSource(path=video(frames=800), start_at=BEGAN - 10.0)
        for packet in recording.packets(threading.Event()):
            ring.append(packet)
        self.workshop = folder / "workshop"
        self.workshop.mkdir()
        (self.workshop / "left behind").write_text("by a process that was killed", "utf-8")
        self.media = MediaStore(root=folder / "media", engine=engine, clock=clock)
        self.events = break_in("a", count=4)
        Journal(engine=engine, destinations=[], clock=clock, site="0423").record(self.events)
        self.pinner = Pinner(
            films={"stairs-3": Film(ring, ())},
            openings=Openings(),
            media=self.media,
            withdrawal=Withdrawal(engine=engine, files=self.media, clock=clock),
            clips=Clips(BEFORE, AFTER),
            clock=clock,
            workshop=self.workshop,
        )

    def kept(self, kind: str) -> list[MediaItem]:
        return [item for item in self.media.for_incident(incident_id("a")) if item.kind == kind]

    def make(self, until: float) -> None:
        while self.pinner.run_once(until):
            pass


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    yield Room(tmp_path, engine)
    engine.dispose()


def test_a_short_clip_comes_first_and_the_whole_one_begins_at_the_same_picture(room: Room) -> None:
    room.pinner.pin(room.events[:1])
    room.make(BEGAN + 5.0)
    (short,) = room.kept("clip")
    room.make(BEGAN + AFTER + 5.0)
    whole = max(room.kept("clip"), key=lambda clip: clip.end)
    assert short.start == whole.start <= BEGAN - BEFORE
    assert short.end < BEGAN + 5.0
    assert whole.end == pytest.approx(BEGAN + AFTER, abs=0.2)


def test_what_happens_while_a_clip_is_waited_for_makes_it_longer_and_not_another(room: Room) -> None:
    room.pinner.pin(room.events[:1])
    room.make(BEGAN + 5.0)
    room.pinner.pin(room.events[1:3])  # 10 and 20 s later
    room.make(BEGAN + 300.0)
    clips = room.kept("clip")
    assert {clip.start for clip in clips} == {clips[0].start}
    assert max(clip.end for clip in clips) == pytest.approx(BEGAN + 20.0 + AFTER, abs=0.2)
    assert [still.start for still in room.kept("still")] == [event.at for event in room.events[:3]]


def test_nothing_is_left_in_the_workshop(room: Room) -> None:
    assert not list(room.workshop.iterdir())
    room.pinner.pin(room.events[:1])
    room.make(float("inf"))
    assert not list(room.workshop.iterdir())


def test_a_disk_that_is_away_for_a_minute_costs_no_clip(room: Room) -> None:
    media = room.workshop.parent / "media"
    elsewhere = media.rename(media.with_name("unplugged"))
    room.pinner.pin(room.events[:1])
    now = BEGAN + AFTER + 5.0
    for _ in range(12):
        room.make(now)
        now += RETRY_S + 0.1
    assert not room.kept("clip")
    elsewhere.rename(media)
    room.make(now)
    assert room.kept("clip")
    assert room.pinner.failed_cuts >= 12
    assert room.pinner.lost_cuts == 0


def test_what_no_picture_is_left_of_is_given_up_and_counted(room: Room) -> None:
    early = replace(room.events[0], at=BEGAN - 500.0)
    room.pinner.pin([early])
    for turn in range(20):
        room.make(BEGAN + turn * (RETRY_S + 0.1))
    assert not room.kept("clip")
    assert room.pinner.lost_cuts == 2
    failed = room.pinner.failed_cuts
    room.make(BEGAN + 1000.0)
    assert room.pinner.failed_cuts == failed
