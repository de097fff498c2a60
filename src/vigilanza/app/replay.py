"""`vigilanza replay`: the production path on a recording, as fast as it goes, without database or network."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vigilanza.app.registry import DetectorNeeds, open_detectors, open_people
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.config import Camera, Config, load
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.events import Event
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy

START_AT = 1_000_000.0
"""Picture time of a recording's first picture: any fixed moment, so that replaying gives the same ids."""


def replay(
    clip: Path,
    config: Path,
    *,
    camera: str | None,
    as_json: bool,
    show: Callable[[str], None],
) -> None:
    """Show one line per event, in order. ConfigError, or RecordingError after the events found so far."""
    settings = load(config, environ={}, offline=True)
    chosen = choose_camera(settings, camera)
    for event in replay_events(clip, chosen, people=open_people(settings.detection)):
        line = event_line(event)
        show(json.dumps(line, ensure_ascii=False) if as_json else _words(line))


def replay_events(clip: Path, camera: Camera, *, people: PersonDetector) -> Iterator[Event]:
    """The events of a recording as if `camera` had taken it, and `people` looked at it."""
    pipeline = Pipeline(
        camera=camera.id,
        doors=camera.doors,
        detectors=open_detectors(DetectorNeeds(people=people, state=None, masks=camera.masks)),
        policy=Policy(),
    )
    for frame in frames_of(clip, camera):
        yield from pipeline.process(frame)


def event_line(event: Event) -> dict[str, Any]:
    """The public form of an event in a recording: `t` in seconds of clip time."""
    return {
        "t": round(event.at - START_AT, 3),
        "kind": event.kind.value,
        "severity": event.severity.value,
        "camera": event.camera,
        "door": event.door,
        "incident": str(event.incident),
        "evidence": [item.say("en") for item in event.evidence],
    }


def choose_camera(config: Config, wanted: str | None) -> Camera:
    """The camera called `wanted`, or the only one. ConfigError if that is not clear."""
    known = ", ".join(camera.id for camera in config.cameras)
    if wanted is None:
        if len(config.cameras) != 1:
            raise ConfigError(f"{config.path}: has several cameras, name one with --camera: {known}")
        return config.cameras[0]
    for camera in config.cameras:
        if camera.id == wanted:
            return camera
    raise ConfigError(f"{config.path}: no camera {wanted!r}, there is {known}")


def frames_of(clip: Path, camera: Camera) -> Iterator[Frame]:
    decoder = Decoder(camera=camera.id, rate_hz=camera.analysis_fps)
    for packet in FileSource(path=clip, start_at=START_AT).packets(threading.Event()):
        yield from decoder.frames(packet)
    yield from decoder.flush()


def _words(line: dict[str, Any]) -> str:
    where = line["door"] or line["camera"]
    return f"{line['t']:8.1f} s  {line['severity']:9}  {line['kind']:16}  {where}  {'; '.join(line['evidence'])}"
