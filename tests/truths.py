"""Recordings that need no video: truths and takes for tests of the scoring."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vigilanza.domain.events import EventKind
from vigilanza.lab.scoring import Alarm
from vigilanza.lab.take import Take
from vigilanza.lab.truth import KnownRecording, read_recording

LEAF = [[0.4, 0.2], [0.6, 0.2], [0.6, 0.8], [0.4, 0.8]]


def document(**changes: Any) -> dict[str, Any]:
    """A truth file's content: one sealed door S and its neighbour N0, a minute long, nothing happens."""
    door = {"id": "S", "role": "sealed", "leaf_norm": LEAF, "zone_norm": []}
    return {
        "clip": "night",
        "file": "night.mp4",
        "camera": "stairs-3",
        "duration": 60,
        "doors": [door, door | {"id": "N0", "role": "neighbour"}],
        "alarm": [],
    } | changes


def window(t_start: float, t_end: float, *, kind: str = "break_in", door: str | None = "S") -> dict[str, Any]:
    """A time in which an alarm is wanted."""
    return {"kind": kind, "door": door, "t_start": t_start, "t_end": t_end}


def write(folder: Path, content: Mapping[str, Any]) -> Path:
    """The truth file, with an empty video beside it."""
    (folder / "night.mp4").touch()
    path = folder / "night.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def recording(folder: Path, **changes: Any) -> KnownRecording:
    """The recording read from such a file."""
    return read_recording(write(folder, document(**changes)))


def take(folder: Path, **changes: Any) -> Take:
    """One play of it."""
    return Take(recording(folder, **changes))


def alarm(t: float, kind: EventKind = EventKind.TAMPERING, door: str | None = "S") -> Alarm:
    """An alarm at the sealed door."""
    return Alarm(t, kind, door)
