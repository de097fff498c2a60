"""What the simulated cameras show: quiet stretches of recordings, with visits for a known share of the time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Door
from vigilanza.domain.errors import RecordingError
from vigilanza.lab.bench.splice import Group, groups_of, write_spliced
from vigilanza.lab.bench.stillness import decoded, film, still_life
from vigilanza.lab.truth import KnownRecording, TruthDoor, read_recordings

Picture: TypeAlias = NDArray[np.uint8]
"""I420"""
SUB_FPS, MAIN_FPS = 10.0, 15.0
"""Pictures per second of the streams."""
_SAMPLED_S = 0.5
"""Truth files say twice a second who is in the picture."""


@dataclass(frozen=True, slots=True)
class Day:
    """How much happens: of every `period` seconds, people are in the picture for `share` of them, at one go."""

    share: float
    period: float

    @property
    def active_seconds(self) -> float:
        """In each period."""
        return self.share * self.period


@dataclass(frozen=True, slots=True)
class Scene:
    """One stream on disk: the view it shows, with its doors, and how many seconds of it have people in them."""

    camera: str
    video: Path
    doors: tuple[TruthDoor, ...]
    active_seconds: float
    seconds: float

    def watched_doors(self) -> tuple[Door, ...]:
        """As the camera is configured with them."""
        return tuple(door.as_door() for door in self.doors)


@dataclass(frozen=True, slots=True)
class Shots:
    """A recording cut into groups of pictures without anybody before the first visit, and groups with people."""

    recording: KnownRecording
    quiet: tuple[Group, ...]
    active: tuple[Group, ...]

    @staticmethod
    def of(recording: KnownRecording) -> "Shots":
        """By the truth's `person_boxes`. RecordingError if there are none."""
        seen = _people_at(recording)
        groups = groups_of(recording.video)
        quiet = [group for group in groups if group.end + _SAMPLED_S <= seen[0]]
        active = [group for group in groups if any(group.start <= at < group.end for at in seen)]
        return Shots(recording, tuple(quiet), tuple(active))

    def visit(self, day: Day) -> list[Group]:
        """The visit of one period, as near as whole groups come; it begins again if a longer one is wanted."""
        return list(_lasting(self.active, day.active_seconds))


def write_scenes(clips: Path, folder: Path, day: Day, *, stream: str = "sub") -> list[Scene]:
    """One scene for each view of the recordings in `clips`, written into `folder`.

    Of each view the recording with the longest visit is taken: everyday ones, in which no alarm is wanted, or all if
    there are none. Infrared and faults of the camera are left out. RecordingError if no recording can serve.
    """
    recordings = [one for one in read_recordings(clips) if one.truth.stream == stream]
    shots = _one_a_view([one for one in recordings if _is_everyday(one)]) or _one_a_view(recordings)
    if not shots:
        raise RecordingError(f"{clips}: no {stream} stream begins with two seconds of nobody and then has somebody")
    return [_write(one, day, folder / f"{one.recording.truth.camera}-{stream}.mp4") for one in shots]


def write_key_frames(scene: Scene, video: Path) -> Scene:
    """The scene's key frames alone, at its rate: whoever connects sees a picture at once."""
    groups = [replace(group, packets=group.packets[:1]) for group in groups_of(scene.video)]
    write_spliced(scene.video, groups, video)
    return replace(scene, video=video, active_seconds=0.0, seconds=len(groups) / SUB_FPS)


def _write(shots: Shots, day: Day, video: Path) -> Scene:
    """First the visit, then nobody. Main streams are cut together as they are: watch never looks at them."""
    truth, visit = shots.recording.truth, shots.visit(day)
    active = sum(group.seconds for group in visit)
    if truth.stream == "main":
        groups = visit + list(_lasting(shots.quiet, day.period - active))
        write_spliced(shots.recording.video, groups, video)
        return Scene(truth.camera, video, truth.doors, active, sum(group.seconds for group in groups))
    count = round((day.period - active) * SUB_FPS)
    film(chain(_shown(shots, visit, video), _empty(shots, count)), video, SUB_FPS)
    return Scene(truth.camera, video, truth.doors, active, active + count / SUB_FPS)


def _shown(shots: Shots, visit: Sequence[Group], video: Path) -> Iterator[Picture]:
    """The pictures of a visit."""
    if visit:
        cut = video.with_name(f"visit-{video.name}")
        write_spliced(shots.recording.video, visit, cut)
        yield from decoded(cut)


def _empty(shots: Shots, count: int) -> Iterator[Picture]:
    """So many pictures of nobody, from the first quiet group on."""
    if count:
        yield from still_life(list(decoded(shots.recording.video, len(shots.quiet[0].packets))), count)


def _one_a_view(recordings: Sequence[KnownRecording]) -> list[Shots]:
    best: dict[str, Shots] = {}
    for recording in recordings:
        conditions = recording.truth.conditions
        if conditions.ir or conditions.faults:
            continue
        shots = Shots.of(recording)
        known = best.get(recording.truth.camera)
        if shots.quiet and shots.active and (known is None or len(shots.active) > len(known.active)):
            best[recording.truth.camera] = shots
    return list(best.values())


def _is_everyday(recording: KnownRecording) -> bool:
    return not recording.truth.alarm and recording.truth.authorised_visit is None


def _people_at(recording: KnownRecording) -> list[float]:
    """Seconds of clip time at which somebody is in the picture."""
    path = recording.video.with_suffix(".json")
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    seen = [float(sample["t"]) for sample in raw.get("person_boxes", ()) if sample["people"]]
    if not seen:
        raise RecordingError(f"{path}: person_boxes: nobody is ever in the picture")
    return seen


def _lasting(groups: Sequence[Group], seconds: float) -> Iterator[Group]:
    """The groups, again and again, up to the one that comes nearest to `seconds`."""
    left = seconds
    for group in islice(cycle(groups), 100_000):
        if left < group.seconds / 2:
            return
        left -= group.seconds
        yield group
