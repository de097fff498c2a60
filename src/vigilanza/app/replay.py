"""`vigilanza replay`: the production path on a recording, as fast as it goes, without database or network."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vigilanza.app.cliporder import read_clip_orders
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
from vigilanza.domain.moment import read_moment
from vigilanza.domain.workorder import WorkOrder

START_AT = 1_000_000.0
"""Picture time of a recording's first picture: any fixed moment, so that replaying gives the same ids."""


def replay(
    clip: Path,
    config: Path,
    *,
    camera: str | None,
    as_json: bool,
    show: Callable[[str], None],
    order: Path | None = None,
    began: str | None = None,
) -> None:
    """Show one line per event, in order. ConfigError, or RecordingError after the events found so far.

    `order` is a file with work orders; `began` says when the recording began, for orders with times by the clock.
    """
    settings = load(config, environ={}, offline=True)
    chosen, zone = choose_camera(settings, camera), ZoneInfo(settings.site.timezone)
    try:
        began_at = None if began is None else read_moment(began, zone)
    except ValueError as error:
        raise ConfigError(f"--began: {error}") from error
    orders: Sequence[WorkOrder] = ()
    if order is not None:
        orders = read_clip_orders(order, doors=chosen.doors, start_at=START_AT, began=began_at, zone=zone)
    people = open_people(settings.detection)
    for event in replay_events(clip, chosen, people=people, orders=orders):
        line = event_line(event)
        show(json.dumps(line, ensure_ascii=False) if as_json else _words(line))


def replay_events(
    clip: Path, camera: Camera, *, people: PersonDetector, orders: Sequence[WorkOrder] = ()
) -> Iterator[Event]:
    """The events of a recording as if `camera` had taken it, `people` looked at it and these orders were known."""
    pipeline = Pipeline(
        camera=camera.id,
        doors=camera.doors,
        detectors=open_detectors(DetectorNeeds(people=people, state=None, masks=camera.masks)),
        policy=Policy(),
        orders=lambda: orders,
    )
    for frame in frames_of(clip, camera):
        yield from pipeline.process(frame)


def event_line(event: Event) -> dict[str, Any]:
    """The public form of an event in a recording: `t` in seconds of clip time, `order` only if it has one."""
    line = {
        "t": round(event.at - START_AT, 3),
        "kind": event.kind.value,
        "severity": event.severity.value,
        "camera": event.camera,
        "door": event.door,
        "incident": str(event.incident),
        "evidence": [item.say("en") for item in event.evidence],
    }
    return line if event.order is None else line | {"order": event.order}


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
    why = "; ".join([*([f"work order {line['order']}"] if "order" in line else []), *line["evidence"]])
    return f"{line['t']:8.1f} s  {line['severity']:9}  {line['kind']:16}  {where}  {why}"
