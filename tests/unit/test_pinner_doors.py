"""The inside of a flat is black in all that is kept, from shortly before its door opens until the incident ends."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from sqlalchemy import Engine, select

from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from tests.videos import video
from vigilanza.app.film import Film
from vigilanza.app.openings import KEPT_S, Openings
from vigilanza.app.pinner import RETRY_S, Pinner
from vigilanza.capture.clip import write_clip
from vigilanza.capture.file import FileSource
from vigilanza.capture.ring import GopRing
from vigilanza.config import Clips
from vigilanza.domain.door import Polygon
from vigilanza.domain.events import Event, Severity
from vigilanza.domain.opening import AJAR_S
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.holds import Holds
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.schema import audit
from vigilanza.store.withdrawal import Withdrawal

LEAF: Polygon = ((0.5, 0.4), (0.9, 0.4), (0.9, 0.9), (0.5, 0.9))
INSIDE = np.s_[72:162, 160:288]
LOITERING, TAMPERING, OPENED, ENTRY, CLOSED = break_in("a")
OPEN_FROM = BEGAN + 18.0 - AJAR_S
"""OPENED's evidence begins at 18 s."""


class Room:
    """A camera that filmed from ten seconds before to 70 s after the first event; its clips are 5 s + 35 s."""

    def __init__(self, folder: Path, engine: Engine, *, door: str = "B.03.12") -> None:
        self.engine, self.clock = engine, FakeClock()
        self.ring = GopRing(seconds=120.0, max_bytes=50_000_000)
        for packet in FileSource(path=video(frames=800), start_at=BEGAN - 10.0).packets(threading.Event()):
            self.ring.append(packet)
        self.media = MediaStore(root=folder / "media", engine=engine, clock=self.clock)
        self.openings = Openings()
        self.journal = Journal(engine=engine, destinations=[], clock=self.clock, site="0423")
        self.pinner = Pinner(
            films={"stairs-3": Film(self.ring, (), {door: LEAF})},
            openings=self.openings,
            media=self.media,
            withdrawal=Withdrawal(engine=engine, files=self.media, clock=self.clock),
            clips=Clips(5.0, 35.0),
            clock=self.clock,
            workshop=folder / "workshop",
        )

    def tell(self, *events: Event) -> None:
        """As a watch does: known at once, then recorded, then pinned."""
        self.openings.note(events)
        self.journal.record(events)
        self.pinner.pin(events)

    def make(self, until: float) -> None:
        while self.pinner.run_once(until):
            pass

    def kept(self, kind: str, incident: str = "a") -> list[MediaItem]:
        return [item for item in self.media.for_incident(incident_id(incident)) if item.kind == kind]

    def black(self, clip: MediaItem) -> list[tuple[float, bool]]:
        """Of each picture when it was taken, and whether the leaf is black in it."""
        with av.open(str(self.media.path(clip.id))) as container:
            first = None
            told = []
            for picture in container.decode(video=0):
                first = picture.time if first is None else first
                luma = np.asarray(picture.to_ndarray(format="gray"), np.uint8)[INSIDE]
                assert luma.max() < 30 or np.median(luma) > 60
                told.append((clip.start + picture.time - first, bool(luma.max() < 30)))
        return told

    def is_black(self, still: MediaItem) -> bool:
        jpeg = cv2.imread(str(self.media.path(still.id)), cv2.IMREAD_GRAYSCALE)
        assert jpeg is not None
        return bool(np.asarray(jpeg)[INSIDE].max() < 20)

    def acts(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(audit.c.action)).scalars())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    yield Room(tmp_path, engine)
    engine.dispose()


def test_the_leaf_is_black_from_the_opening_on_and_seen_before(room: Room) -> None:
    room.tell(LOITERING, TAMPERING, OPENED)
    room.make(float("inf"))
    first, *_, whole = sorted(room.kept("clip"), key=lambda clip: clip.end)
    assert not first.covered
    assert not any(black for _, black in room.black(first))
    assert whole.covered
    seen = room.black(whole)
    assert [black for _, black in seen] == [at >= OPEN_FROM for at, _ in seen]
    assert {black for _, black in seen} == {True, False}
    stills = room.kept("still")
    assert [(still.start, still.covered, room.is_black(still)) for still in stills] == [
        (LOITERING.at, False, False),
        (TAMPERING.at, False, False),
        (OPENED.at, True, True),
    ]


def test_a_clip_in_whose_time_no_door_is_open_is_the_cameras_own_bytes(room: Room, tmp_path: Path) -> None:
    room.tell(LOITERING)
    room.make(BEGAN + 5.0)
    (clip,) = room.kept("clip")
    write_clip(room.ring.recording(BEGAN - 5.0, BEGAN + 3.0), tmp_path / "plain.mp4", ())
    assert room.media.path(clip.id).read_bytes() == (tmp_path / "plain.mp4").read_bytes()
    room.tell(OPENED)
    room.make(BEGAN + 6.0)
    assert [one.id for one in room.kept("clip")] == [clip.id]


def test_it_ends_with_the_incident(room: Room) -> None:
    room.tell(OPENED, replace(CLOSED, at=BEGAN + 30.0))
    room.make(float("inf"))
    whole = max(room.kept("clip"), key=lambda clip: clip.end)
    seen = room.black(whole)
    assert [black for _, black in seen] == [OPEN_FROM <= at <= BEGAN + 30.0 for at, _ in seen]
    assert not seen[-1][1]


def test_a_visit_under_a_work_order_is_black_in_the_clip_of_another_incident(room: Room) -> None:
    other = [replace(event, door="B.03.99") for event in break_in("b", count=1)]
    room.tell(replace(OPENED, severity=Severity.INFO, order="W1", at=BEGAN - 1.0, evidence=()), *other)
    room.make(float("inf"))
    assert not room.kept("clip", "a")
    assert all(clip.covered and any(black for _, black in room.black(clip)) for clip in room.kept("clip", "b"))


def test_a_clip_made_before_the_opening_was_known_is_made_again_and_the_first_one_goes(room: Room) -> None:
    room.tell(LOITERING)
    room.make(BEGAN + 60.0)
    before = room.kept("clip")
    paths = [room.media.path(clip.id) for clip in before]
    assert not any(clip.covered for clip in before)
    room.tell(OPENED)
    room.make(BEGAN + 60.0)
    assert not room.pinner.run_once(BEGAN + 60.0)
    clips = room.kept("clip")
    short, long = sorted((clip for clip in clips if clip.start < BEGAN), key=lambda clip: clip.end)
    assert short.id in {clip.id for clip in before}
    assert (long.start, long.end) in {(clip.start, clip.end) for clip in before}
    assert long.id not in {clip.id for clip in before}
    seen = room.black(long)
    assert [black for _, black in seen] == [at >= OPEN_FROM for at, _ in seen]
    assert sum(path.exists() for path in paths) == 1
    assert room.acts() == ["media.withdrawn"]
    assert AuditChain(engine=room.engine, clock=room.clock).verify() == 1


def test_a_later_event_that_knows_of_an_earlier_sign_makes_it_again(room: Room) -> None:
    room.tell(replace(OPENED, evidence=()))
    room.make(float("inf"))
    (late,) = {clip.start for clip in room.kept("clip")}
    assert all(clip.covered for clip in room.kept("clip"))
    room.tell(replace(ENTRY, severity=Severity.INFO, evidence=OPENED.evidence))
    room.make(float("inf"))
    for clip in room.kept("clip"):
        assert clip.start == late
        seen = room.black(clip)
        assert [black for _, black in seen] == [at >= OPEN_FROM for at, _ in seen]


def test_where_no_picture_is_left_to_make_it_again_it_is_deleted(room: Room) -> None:
    room.tell(LOITERING)
    room.make(BEGAN + 60.0)
    newer = FileSource(path=video(), start_at=BEGAN + 900.0)
    for packet in newer.packets(threading.Event()):
        room.ring.append(packet)
    room.openings.note([OPENED])
    now = BEGAN + 900.0
    for _ in range(10):
        room.make(now)
        now += RETRY_S + 0.1
    assert all(clip.end < OPEN_FROM for clip in room.kept("clip"))
    assert room.acts() == ["media.withdrawn"]


def test_what_is_on_hold_stays_beside_the_new_one(room: Room) -> None:
    room.tell(LOITERING)
    room.make(BEGAN + 60.0)
    before = {clip.id for clip in room.kept("clip")}
    until = room.clock.now() + 86_400.0
    Holds(engine=room.engine, clock=room.clock).place(
        LOITERING.incident, authority="Procura", protocol="1/26", until=until, by="anna"
    )
    room.openings.note([OPENED])
    room.make(BEGAN + 60.0)
    after = room.kept("clip")
    assert before < {clip.id for clip in after}
    assert sum(clip.covered for clip in after) == 1


def test_after_a_restart_a_door_that_is_open_is_known_from_the_journal(tmp_path: Path, room: Room) -> None:
    room.journal.record([LOITERING, OPENED])
    again = Room(tmp_path, room.engine)
    again.openings.note(again.journal.open_incidents())
    again.pinner.pin([ENTRY])
    again.make(float("inf"))
    for clip in again.kept("clip"):
        seen = again.black(clip)
        assert [black for _, black in seen] == [at >= OPEN_FROM for at, _ in seen]
        assert seen[-1][1]


def test_a_door_that_is_not_to_be_covered_is_not(tmp_path: Path, room: Room) -> None:
    other = Room(tmp_path, room.engine, door="B.03.99")
    other.tell(OPENED)
    other.make(float("inf"))
    assert other.kept("clip")
    assert not any(clip.covered for clip in other.kept("clip"))


def test_openings_that_ended_long_ago_are_forgotten() -> None:
    openings = Openings()
    openings.note([OPENED, CLOSED])
    assert len(openings.of("stairs-3")) == 1
    assert not openings.of("stairs-4")
    openings.note([replace(event, at=CLOSED.at + KEPT_S + 1.0) for event in break_in("b", count=1)])
    assert not openings.of("stairs-3")
