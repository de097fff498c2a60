"""An exercise without pictures: what a trainee sees of two recordings, whose incidents the test raises."""

from dataclasses import replace
from pathlib import Path

from tests import truths
from tests.e2e.seed import Room
from vigilanza.app.lessons import Lessons
from vigilanza.app.memory import Memory
from vigilanza.app.web import open_stores
from vigilanza.lab.curriculum import Scene
from vigilanza.lab.truth import KnownRecording, read_recording
from vigilanza.store.auditlog import AuditLog
from vigilanza.store.queries import Queries
from vigilanza.web.api import create_app
from vigilanza.web.site import Site

FORCED, QUIET = "esercitazione-1", "esercitazione-2"
DURATION_S = 60.0


def recording(folder: Path, **changes: object) -> KnownRecording:
    """A minute whose truth is that of tests.truths, with `changes`."""
    folder.mkdir(parents=True, exist_ok=True)
    return read_recording(truths.write(folder, truths.document(**changes)))


def practised(room: Room, folder: Path, began: float | None) -> Room:
    """The room with the page of an exercise; its recordings began at `began`. One has a forced entry, one nothing."""
    scenes = [
        Scene(FORCED, recording(folder / "forced", clip="forced", alarm=[truths.window(5, 40)]), None, 0.0),
        Scene(QUIET, recording(folder / "quiet", clip="quiet"), None, 0.0),
    ]
    lessons = Lessons(
        scenes=scenes,
        started=lambda camera: began,
        queries=Queries(room.engine),
        audit=AuditLog(room.engine),
        clock=room.clock,
    )
    memory = Memory(room.engine, room.journal, room.media)
    stores = open_stores(memory, room.accounts, room.exports, room.clock)
    site = Site("ESERCITAZIONE / EXERCISE", "Europe/Rome")
    return replace(room, app=create_app(stores=stores, clock=room.clock, site=site, exercise=lessons))
