"""The process is killed while it keeps what masks hide: it is there, or that it is lost is counted, logged and sealed.

Run as a program (`python -m tests.story.test_originals_kill …`) this file is the process that gets killed.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes import FakeClock
from tests.samples import BEGAN, incident_id
from tests.unit.test_originals import MASK, Holders, Room
from tests.videos import video
from vigilanza.capture.file import FileSource
from vigilanza.capture.ring import Recording
from vigilanza.store.database import reading
from vigilanza.store.evidence.dossier import read_dossier
from vigilanza.store.medium import MediaItem
from vigilanza.store.originals import LATE_S, OwedOriginals

WHOLE_S = 30.0


def main(folder: str, last: str) -> None:
    """Make the pictures of an incident, and die once the first of the kind `last` is kept, or the first whole one."""
    path = Path(folder)
    filmed = Recording(tuple(FileSource(path=video(frames=800), start_at=BEGAN - 10.0).packets(threading.Event())))
    room = Room(path, filmed, Holders(path), (MASK,))
    add = room.media.add

    def adding(**item: object) -> MediaItem:
        kept = add(**item)  # type: ignore[arg-type]
        if kept.kind == last.removeprefix("whole ") and ("whole" not in last or kept.end - kept.start > WHOLE_S):
            os.kill(os.getpid(), signal.SIGKILL)
        return kept

    room.media.add = adding  # type: ignore[method-assign]
    room.tell(1)


@contextmanager
def restarted(folder: Path, last: str) -> Iterator[Room]:
    """What the next process finds."""
    command = [sys.executable, "-m", "tests.story.test_originals_kill", str(folder), last]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    room = Room(folder, Recording(()), Holders(folder), (MASK,))
    yield room
    room.engine.dispose()


def lost(room: Room) -> tuple[int, list[str], list[dict[str, object]]]:
    """As counted, as logged, as in a package of evidence."""
    owed = OwedOriginals(engine=room.engine, clock=FakeClock(room.clock.now() + LATE_S + 1.0))
    with capture_logs() as logs:
        owed.run_once()
    with reading(room.engine) as connection:
        documents = read_dossier(connection, incident_id("a"), room.clock.now()).documents
    told = [one["clip"] for one in logs if one["event"].startswith("original lost")]
    return owed.lost, told, json.loads(documents["custody.json"])["originals_lost"]


@pytest.mark.parametrize("last", ["original", "whole clip"])
def test_what_was_kept_is_there_whenever_the_process_was_killed(tmp_path: Path, last: str) -> None:
    with restarted(tmp_path, last) as room:
        assert len(room.kept()) == 1
        assert lost(room) == (0, [], [])


def test_what_was_only_in_memory_is_told_to_be_lost(tmp_path: Path) -> None:
    with restarted(tmp_path, "clip") as room:
        assert room.kept() == []
        [clip] = [item for item in room.media.for_incident(incident_id("a")) if item.kind == "clip"]
        count, told, sealed = lost(room)
        assert (count, told) == (1, [str(clip.id)])
        [one] = sealed
        assert (one["clip"], one["start"], one["end"]) == (str(clip.id), clip.start, clip.end)


if __name__ == "__main__":
    main(*sys.argv[1:])
