"""What is true about a recording: its doors, what happens when, and the alarms that are wanted."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from vigilanza.domain.door import Door, Role
from vigilanza.domain.errors import RecordingError

Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""Clip time: the first picture is at 0."""
Part: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Outline: TypeAlias = tuple[tuple[Part, Part], ...]
Lamps: TypeAlias = Mapping[str, float]
"""`t`, and the strength of each group of lamps (`lamp`, `day`, `emerg`) from then on."""


@dataclass(frozen=True, slots=True)
class TruthDoor:
    """A door in view; polygons in 0..1 of the picture, the zone is empty if it lies outside."""

    id: str
    role: Role
    leaf_norm: Annotated[Outline, Field(min_length=3)]
    zone_norm: Outline = ()
    style: str = ""

    def as_door(self) -> Door:
        """The door as a camera is configured with it."""
        return Door(self.id, self.role, self.leaf_norm, self.zone_norm)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens; `door` is None for what happens to the camera."""

    type: str
    door: str | None
    t_start: Seconds
    t_end: Seconds


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which an alarm is wanted, from the first forceful act or the first blinding on."""

    kind: Literal["break_in", "seal_removed", "camera_tamper"]
    door: str | None
    t_start: Seconds
    t_end: Seconds
    note: str = ""

    def __post_init__(self) -> None:
        if self.t_end < self.t_start:
            raise ValueError("ends before it starts")


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which alarms of these kinds (None: all) count neither way."""

    t_start: Seconds
    t_end: Seconds
    kinds: tuple[str, ...] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What makes a recording hard to see."""

    lights: tuple[Lamps, ...] = ()
    ir: tuple[tuple[Seconds, Seconds], ...] = ()
    faults: tuple[str, ...] = ()
    sun: bool = False


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """The work order of an authorised visit, in seconds of clip time."""

    id: str
    door: str
    people: int
    t_from: Seconds
    t_to: Seconds


@dataclass(frozen=True, slots=True)
class Visit:
    """An authorised visit: quiet with its order, an alarm without."""

    order: VisitOrder
    alarm_without_order: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """One recording; see docs/design/evaluation.md for the file's form. `pair` is the other stream of the scene."""

    clip: str
    file: str
    camera: str
    duration: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    doors: Annotated[tuple[TruthDoor, ...], Field(min_length=1)]
    alarm: tuple[Window, ...]
    kind: str = ""
    stream: Literal["main", "sub"] = "sub"
    pair: str | None = None
    events: tuple[Happening, ...] = ()
    ignore: tuple[Span, ...] = ()
    conditions: Conditions = Conditions()
    authorised_visit: Visit | None = None
    masks: tuple[Outline, ...] = ()

    def __post_init__(self) -> None:
        known = {door.id for door in self.doors}
        named = {window.door for window in self.alarm} | {event.door for event in self.events}
        if missing := sorted(door for door in named - known if door is not None):
            raise ValueError(f"no door {missing[0]!r} in doors, there is {', '.join(sorted(known))}")

    def cameras_doors(self) -> tuple[Door, ...]:
        """Every door in view, as a camera is configured with them."""
        return tuple(door.as_door() for door in self.doors)


@dataclass(frozen=True, slots=True)
class KnownRecording:
    """A video file and what is true about it; `sha256` is that of the truth file, which names that of the video."""

    video: Path
    truth: Truth
    sha256: str


_TRUTH = TypeAdapter(Truth)


def read_recording(path: Path) -> KnownRecording:
    """The recording whose truth file is `path`. RecordingError names the file, the field and what is wrong with it."""
    try:
        written = path.read_bytes()
        raw: Any = json.loads(written.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: {error}") from error
    except json.JSONDecodeError as error:
        raise RecordingError(f"{path}: line {error.lineno}, column {error.colno}: no JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path}: no truth file: a number without end, or nested without end") from error
    try:
        truth = _TRUTH.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise RecordingError(f"{path}: {where}: {first['msg'].lower()}") from error
    video = path.parent / truth.file
    if not _is_there(video):
        raise RecordingError(f"{path}: file: there is no {video}")
    return KnownRecording(video, truth, hashlib.sha256(written).hexdigest())


def _is_there(video: Path) -> bool:
    try:
        return video.is_file()
    except OSError:  # a name longer than the file system takes, or a folder that is not ours to enter
        return False


def read_recordings(folder: Path) -> list[KnownRecording]:
    """All recordings with a truth file in `folder`, by name; every .json in it is one. RecordingError."""
    truths = sorted(folder.glob("*.json"))
    if not truths:
        raise RecordingError(f"{folder}: no recording with a truth file (NAME.mp4 and NAME.json) in it")
    return [read_recording(path) for path in truths]


def one_per_camera(recordings: list[KnownRecording]) -> list[KnownRecording]:
    """Main and sub stream of one scene are one camera: of such a pair only the sub stream, which is analysed."""
    names = {recording.truth.clip for recording in recordings}
    return [
        recording
        for recording in recordings
        if recording.truth.stream == "sub" or recording.truth.pair is None or recording.truth.pair not in names
    ]
