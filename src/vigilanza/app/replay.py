"""`vigilanza replay`: the production path on a recording, as fast as it goes, without database or network."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vigilanza.app.cliporder import read_clip_orders
from vigilanza.app.registry import DetectorNeeds, open_decoder, open_detectors, open_people
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.source import Source
from vigilanza.config import Camera, Config, load
from vigilanza.detect.belief import Belief
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.door import Role
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.events import Event
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.moment import read_moment
from vigilanza.domain.sentence import by_the_clip, sentences
from vigilanza.domain.workorder import WorkOrder
from vigilanza.lab.annotation import Annotator
from vigilanza.lab.explanation import explain_door, explain_size, explain_view
from vigilanza.lab.film import Film

START_AT = 1_000_000.0
"""Picture time of a recording's first picture: any fixed moment, so that replaying gives the same ids."""


@dataclass(frozen=True, slots=True)
class Played:
    """One analysed picture: what it raised, and what is believed after it."""

    frame: Frame
    events: tuple[Event, ...]
    belief: Belief


def replay(
    clip: Path,
    config: Path,
    *,
    camera: str | None,
    as_json: bool,
    show: Callable[[str], None],
    explain: bool = False,
    annotate: Path | None = None,
    order: Path | None = None,
    began: str | None = None,
) -> None:
    """Show one line per event, in order. ConfigError, or RecordingError after the events found so far.

    With `explain` also, once a second, what is believed and what kept it from rising; with `annotate` the same is
    drawn into a video of that name. `order` is a file with work orders; `began` says when the recording began, for
    orders with times by the clock.
    """
    settings = load(config, environ={}, offline=True)
    chosen = choose_camera(settings, camera)
    orders = _orders(order, began, chosen, ZoneInfo(settings.site.timezone))
    _refuse_to_overwrite(annotate, clip, config)
    second = -1
    with ExitStack() as closing:
        film = None if annotate is None else closing.enter_context(Film(annotate))
        annotator = Annotator(doors=chosen.doors, masks=chosen.masks, policy=Policy(), start_at=START_AT)
        for played in replay_pictures(clip, chosen, people=open_people(settings.detection), orders=orders):
            t = played.frame.at - START_AT
            if explain and second < 0:
                for door in (door for door in chosen.doors if door.role is Role.SEALED):
                    show(f"{t:8.1f} s  {door.id}  {explain_size(door, played.frame.size_px)}")
            for event in played.events:
                line = event_line(event)
                show(json.dumps(line, ensure_ascii=False) if as_json else _words(line))
            if explain and int(t) > second:
                second = int(t)
                for words in explanation(played.belief, t):
                    show(words)
            if film is not None:
                film.add(annotator.draw(played.frame, played.events, played.belief), t)


def _orders(order: Path | None, began: str | None, camera: Camera, zone: ZoneInfo) -> Sequence[WorkOrder]:
    try:
        began_at = None if began is None else read_moment(began, zone)
    except ValueError as error:
        raise ConfigError(f"--began: {error}") from error
    if order is None:
        return ()
    return read_clip_orders(order, doors=camera.doors, start_at=START_AT, began=began_at, zone=zone)


def explanation(belief: Belief, t: float) -> Iterator[str]:
    """What is believed at `t` seconds of clip time, one line for the view and at least two for each sealed door."""
    yield f"{t:8.1f} s  {belief.attack.camera}  {explain_view(belief)}"
    for incident in belief.incidents:
        first, *more = explain_door(belief, incident, Policy())
        yield f"{t:8.1f} s  {incident.door}  {first}"
        for line in more:
            yield f"{t:8.1f} s  {incident.door}      {line}"


def _refuse_to_overwrite(annotate: Path | None, *sources: Path) -> None:
    for source in sources:
        if annotate is not None and annotate.exists() and source.exists() and annotate.samefile(source):
            raise ConfigError(f"--annotate {annotate}: would overwrite what is read")


def replay_events(
    clip: Path, camera: Camera, *, people: PersonDetector, orders: Sequence[WorkOrder] = ()
) -> Iterator[Event]:
    """The events of a recording as if `camera` had taken it, `people` looked at it and these orders were known."""
    for played in replay_pictures(clip, camera, people=people, orders=orders):
        yield from played.events


def replay_pictures(
    clip: Path, camera: Camera, *, people: PersonDetector, orders: Sequence[WorkOrder] = ()
) -> Iterator[Played]:
    """Every analysed picture of a recording, with what it raised and what is believed after it."""
    yield from play(FileSource(path=clip, start_at=START_AT), camera, people=people, orders=orders)


def play(
    source: Source, camera: Camera, *, people: PersonDetector, orders: Sequence[WorkOrder] = ()
) -> Iterator[Played]:
    """The same for any source that ends."""
    pipeline = Pipeline(
        camera=camera.id,
        doors=camera.doors,
        detectors=open_detectors(DetectorNeeds(people=people, state=None, masks=camera.masks)),
        policy=Policy(),
        orders=lambda: orders,
    )
    for frame in _decoded(source, open_decoder(camera, pipeline.sentry)):
        events = tuple(pipeline.process(frame))
        belief = pipeline.belief()
        assert belief is not None
        yield Played(frame, events, belief)


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
        "sentence": sentences(event, by_the_clip(START_AT)),
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
    """All pictures of a recording, at the camera's rate."""
    yield from _decoded(
        FileSource(path=clip, start_at=START_AT), Decoder(camera=camera.id, rate_hz=camera.analysis_fps)
    )


def _decoded(source: Source, decoder: Decoder | LateDecoder) -> Iterator[Frame]:
    for packet in source.packets(threading.Event()):
        yield from decoder.frames(packet)
    yield from decoder.flush()


def _words(line: dict[str, Any]) -> str:
    where = line["door"] or line["camera"]
    under = [f"work order {line['order']}"] if "order" in line else []
    why = f"{line['sentence']['en']}  ({'; '.join([*under, *line['evidence']])})"
    return f"{line['t']:8.1f} s  {line['severity']:9}  {line['kind']:16}  {where}  {why}"
