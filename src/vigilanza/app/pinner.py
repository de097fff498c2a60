"""Keeps the pictures of an incident: out of the ring, onto disk, into the journal."""

import shutil
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import structlog

from vigilanza.app.cut import Cut, Kept
from vigilanza.app.film import Film
from vigilanza.app.openings import KEPT_S, Openings
from vigilanza.app.originals import Originals
from vigilanza.capture.clip import Clip, covered_still, write_clip
from vigilanza.capture.mask import Cover, hides_more
from vigilanza.capture.ring import Recording
from vigilanza.clock import Clock
from vigilanza.config import Clips
from vigilanza.domain.errors import JournalUnavailable, RecordingError
from vigilanza.domain.events import Event, Severity
from vigilanza.store.media import MediaStore
from vigilanza.store.withdrawal import Withdrawal

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
KEPT_MAX = 1000
"""Clips already made that are looked at again when more is known of a door."""


class Pinner:
    """Makes stills and clips of what was recorded. `pin` may be called by any thread, `run` is one thread's."""

    def __init__(
        self,
        *,
        films: Mapping[str, Film],
        openings: Openings,
        media: MediaStore,
        withdrawal: Withdrawal,
        clips: Clips,
        clock: Clock,
        workshop: Path,
        originals: Originals | None = None,
    ) -> None:
        """`workshop`: a folder of its own where clips are made; what an earlier run left there is removed. `originals`
        keep what masks hide.
        """
        self._films, self._openings, self._media, self._withdrawal = films, openings, media, withdrawal
        self._clips, self._clock, self._originals = clips, clock, originals
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(parents=True)
        self._workshop = workshop
        self._cuts: list[Cut] = []
        self._kept: deque[Kept] = deque(maxlen=KEPT_MAX)
        self._lock = threading.Lock()
        self._making = False
        self.dropped_cuts = self.failed_cuts = self.lost_cuts = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is planned or being made; any thread may ask."""
        with self._lock:
            return not (self._cuts or self._making)

    def awaits(self, camera: str) -> bool:
        """Whether pictures of that camera are still to be kept; any thread may ask."""
        with self._lock:
            return self._making or any(cut.event.camera == camera for cut in self._cuts)

    def pin(self, events: Sequence[Event]) -> None:
        """Plan stills and clips for what an operator will want to see."""
        for event in events:
            if event.severity.rank < Severity.ATTENTION.rank or event.camera not in self._films:
                continue
            whole = self._whole(event)
            first_end = event.at + FIRST_CUT_S
            self._plan(Cut(event, whole.start, first_end, first_end + 1.0, whole=False))
            self._plan(whole)

    def _whole(self, event: Event) -> Cut:
        """The event's full clip; one that is planned for the same incident and not yet made goes on to cover it."""
        start, end = event.at - self._clips.before, event.at + self._clips.after
        longest = self._clips.before + self._clips.after + GROWTH_S
        with self._lock:
            for cut in self._cuts:
                mine = cut.event.incident == event.incident and not cut.replaces
                if mine and event.at < cut.end and end - cut.start <= longest:
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
        self._look_again(now)
        with self._lock:
            cut = min((cut for cut in self._cuts if cut.due <= now), key=lambda cut: cut.due, default=None)
            if cut is None:
                return False
            self._cuts.remove(cut)
            self._making = True
        understood = False
        try:
            self._try(cut, now)
            understood = True
        finally:
            self._making = False
            if not understood:
                self._give_up(cut, "internal error")  # what shows the inside of a flat may not stay for that
        return True

    def _try(self, cut: Cut, now: float) -> None:
        try:
            self._make(cut)
        except (RecordingError, JournalUnavailable, OSError) as error:
            self._again(cut, now, str(error))

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
            spare = [one for one in self._cuts if not one.replaces]
            for one in spare[: max(0, len(self._cuts) - PENDING_MAX)]:
                self._cuts.remove(one)
                self.dropped_cuts += 1

    def _look_again(self, now: float) -> None:
        """A door was open earlier than was known when a clip was made: it is made again, and the other one goes."""
        for kept in list(self._kept):
            if hides_more(self._covers(kept.cut.event.camera), than=kept.covers, start=kept.start, end=kept.end):
                self._kept.remove(kept)
                self._plan(replace(kept.cut, due=now, tries=0, replaces=kept.media))
        latest = max((kept.end for kept in self._kept), default=0.0)
        while self._kept and self._kept[0].end < latest - KEPT_S:
            self._kept.popleft()

    def _covers(self, camera: str) -> tuple[Cover, ...]:
        return self._films[camera].covers(self._openings.of(camera))

    def _make(self, cut: Cut) -> None:
        film, covers = self._films[cut.event.camera], self._covers(cut.event.camera)
        recording = film.ring.recording(cut.start, cut.end)
        incident, at = cut.event.incident, cut.event.at
        taken = covered_still(recording, at, film.masks, covers)
        still = self._media.add(
            incident=incident, kind="still", start=at, end=at, content=taken.jpeg, suffix=".jpg", covered=taken.covered
        )
        clip, clip_id = self._keep_clip(cut, recording, covers)
        made = frozenset({still.id, clip_id})
        self._withdraw(cut.replaces - made)
        self._kept.append(Kept(cut, clip.start, clip.end, covers, made))

    def _keep_clip(self, cut: Cut, recording: Recording, covers: Sequence[Cover]) -> tuple[Clip, UUID]:
        with TemporaryDirectory(dir=self._workshop) as folder:
            path = Path(folder) / "clip.mp4"
            clip = write_clip(recording, path, self._films[cut.event.camera].masks, covers)
            keeper = self._originals if clip.masked else None
            try:
                if keeper is not None and cut.whole:
                    keeper.keep(cut.event.incident, recording)  # first: a process killed between both loses none
            finally:
                item = self._media.add(
                    incident=cut.event.incident,
                    kind="clip",
                    start=clip.start,
                    end=clip.end,
                    content=path,
                    suffix=".mp4",
                    covered=clip.covered,
                    owes_original=keeper is not None,
                )
        log.info("clip kept", camera=cut.event.camera, incident=str(cut.event.incident), seconds=clip.end - clip.start)
        return clip, item.id

    def _withdraw(self, media: frozenset[UUID]) -> None:
        if media:
            self._withdrawal.withdraw(media, why="a door stood open in it, which was not known when it was made")

    def _again(self, cut: Cut, now: float, why: str) -> None:
        """Disk or database may come back while the ring has the pictures; with none in it, they may still come."""
        self.failed_cuts += 1
        log.warning("clip not kept", camera=cut.event.camera, incident=str(cut.event.incident), why=why)
        held = bool(self._films[cut.event.camera].ring.recording(cut.start, cut.end).packets)
        over = now == float("inf") or (not held and cut.tries >= TRIES_WITHOUT_PICTURES)
        if over and self._give_up(cut, why):
            return
        if now != float("inf"):
            self._plan(replace(cut, due=now + RETRY_S, tries=cut.tries + 1))

    def _give_up(self, cut: Cut, why: str) -> bool:
        """False if what it was to replace could not be withdrawn either."""
        try:
            self._withdraw(cut.replaces)
        except (JournalUnavailable, OSError) as error:
            log.error("pictures of the inside of a flat stay", media=sorted(map(str, cut.replaces)), why=str(error))
            return False
        self.lost_cuts += 1
        log.error("clip given up", camera=cut.event.camera, incident=str(cut.event.incident), why=why)
        return True
