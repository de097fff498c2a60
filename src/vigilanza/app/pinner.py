"""Keeps the pictures of an incident: out of the ring, onto disk, into the journal."""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from vigilanza.capture.clip import still, write_clip
from vigilanza.capture.ring import GopRing, Recording
from vigilanza.clock import Clock
from vigilanza.config import Clips
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import JournalUnavailable, RecordingError
from vigilanza.domain.events import Event, Severity
from vigilanza.store.media import MediaStore

log = structlog.get_logger(__name__)

FIRST_CUT_S = 3.0
"""A first, short clip is ready this long after the event: the operator does not wait for the whole one."""
SLACK_S = 2.0
"""Waits for the last pictures of the clip to arrive."""
RETRY_S = 5.0
TRIES_WITHOUT_PICTURES = 5
GROWTH_S = 30.0
"""A clip grows by at most this when more happens while it is waited for."""
PENDING_MAX = 500


@dataclass(frozen=True, slots=True)
class Film:
    """Where one camera's compressed pictures are, and what must be blackened in them."""

    ring: GopRing
    masks: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A clip to be made at `due` (Clock.now()): from `start` to `end`, UTC in Unix seconds; `tries` made so far."""

    event: Event
    start: float
    end: float
    due: float
    tries: int = 0


class Pinner:
    """Makes stills and clips of what was recorded. `pin` may be called by any thread, `run` is one thread's."""

    def __init__(
        self, *, films: Mapping[str, Film], media: MediaStore, clips: Clips, clock: Clock, workshop: Path
    ) -> None:
        """`workshop`: a folder of its own where clips are made; what an earlier run left there is removed."""
        self._films, self._media, self._clips, self._clock = films, media, clips, clock
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(parents=True)
        self._workshop = workshop
        self._cuts: list[Cut] = []
        self._lock = threading.Lock()
        self.dropped_cuts = self.failed_cuts = self.lost_cuts = 0

    def pin(self, events: Sequence[Event]) -> None:
        """Plan stills and clips for what an operator will want to see."""
        for event in events:
            if event.severity.rank < Severity.ATTENTION.rank or event.camera not in self._films:
                continue
            whole = self._whole(event)
            first_end = event.at + FIRST_CUT_S
            self._plan(Cut(event, whole.start, first_end, first_end + 1.0))
            self._plan(whole)

    def _whole(self, event: Event) -> Cut:
        """The event's full clip; one that is planned for the same incident and not yet made goes on to cover it."""
        start, end = event.at - self._clips.before, event.at + self._clips.after
        longest = self._clips.before + self._clips.after + GROWTH_S
        with self._lock:
            for cut in self._cuts:
                if cut.event.incident == event.incident and event.at < cut.end and end - cut.start <= longest:
                    self._cuts.remove(cut)
                    start = cut.start
                    break
        return Cut(event, start, end, end + SLACK_S)

    def run(self, stop: threading.Event) -> None:
        """Make what is due until `stop` is set, then what can be made of the rest."""
        while not self._clock.wait(0.5, stop):
            while self._try_once(self._clock.now()):
                pass
        while self._try_once(float("inf")):
            pass

    def run_once(self, now: float) -> bool:
        """Make the cut that has been due for longest at `now`; False if none is."""
        with self._lock:
            cut = min((cut for cut in self._cuts if cut.due <= now), key=lambda cut: cut.due, default=None)
            if cut is None:
                return False
            self._cuts.remove(cut)
        try:
            self._make(cut)
        except (RecordingError, JournalUnavailable, OSError) as error:
            self._again(cut, now, str(error))
        return True

    def _try_once(self, now: float) -> bool:
        try:
            return self.run_once(now)
        except Exception:  # one cut that cannot be made may not cost all later ones
            self.failed_cuts += 1
            log.exception("clip not kept: internal error")
            return True

    def _plan(self, cut: Cut) -> None:
        with self._lock:
            self._cuts.append(cut)
            excess = max(0, len(self._cuts) - PENDING_MAX)
            del self._cuts[:excess]
            self.dropped_cuts += excess

    def _make(self, cut: Cut) -> None:
        film = self._films[cut.event.camera]
        recording = film.ring.recording(cut.start, cut.end)
        incident, at = cut.event.incident, cut.event.at
        jpeg = still(recording, at, film.masks)
        self._media.add(incident=incident, kind="still", start=at, end=at, content=jpeg, suffix=".jpg")
        self._keep_clip(cut, recording, film.masks)

    def _keep_clip(self, cut: Cut, recording: Recording, masks: Sequence[Polygon]) -> None:
        with TemporaryDirectory(dir=self._workshop) as folder:
            path = Path(folder) / "clip.mp4"
            clip = write_clip(recording, path, masks)
            self._media.add(
                incident=cut.event.incident,
                kind="clip",
                start=clip.start,
                end=clip.end,
                content=path,
                suffix=".mp4",
            )
        log.info("clip kept", camera=cut.event.camera, incident=str(cut.event.incident), seconds=clip.end - clip.start)

    def _again(self, cut: Cut, now: float, why: str) -> None:
        """Disk or database may come back while the ring has the pictures; with none in it, they may still come."""
        self.failed_cuts += 1
        log.warning("clip not kept", camera=cut.event.camera, incident=str(cut.event.incident), why=why)
        held = bool(self._films[cut.event.camera].ring.recording(cut.start, cut.end).packets)
        if now == float("inf") or (not held and cut.tries >= TRIES_WITHOUT_PICTURES):
            self.lost_cuts += 1
            log.error("clip given up", camera=cut.event.camera, incident=str(cut.event.incident), why=why)
        else:
            self._plan(Cut(cut.event, cut.start, cut.end, now + RETRY_S, cut.tries + 1))


Record = Callable[[Sequence[Event]], None]


def recording_and_pinning(record: Record, pinner: Pinner) -> Record:
    """`record`, and after it has succeeded the pictures: media belong to incidents the journal knows."""

    def both(events: Sequence[Event]) -> None:
        record(events)
        for event in events:
            log.info(
                "event", kind=event.kind.value, severity=event.severity.value, camera=event.camera, door=event.door
            )
        pinner.pin(events)

    return both
