"""People at the sealed doors, and what their hands do; looked for only where the gate saw something."""

from collections.abc import Sequence

import numpy as np

from vigilanza.detect.deeds import deeds
from vigilanza.detect.detector import Context
from vigilanza.detect.dusk import Dusk
from vigilanza.detect.focus import Focus
from vigilanza.detect.pace import Pace
from vigilanza.detect.passage import Passages
from vigilanza.detect.people import NotYet, PersonDetector
from vigilanza.detect.pose import Pose
from vigilanza.detect.surroundings import WAKE_SHARE, outline, surroundings_of
from vigilanza.detect.track import Track, Tracks
from vigilanza.detect.window import Window, even, size_of
from vigilanza.domain.door import Door
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

AWAKE_S = 3.0
STALE_S = 2.0
"""The last answer stands no longer than this."""
_WORK = (Fact.WORKS_ON_LEAF, Fact.STRAINS_AT_LEAF)


class PeopleWatch:
    """A Detector: people round the sealed doors of one camera. Who finds them may be shared between cameras."""

    def __init__(self, *, people: PersonDetector) -> None:
        self._people = people
        self._awake_until = -np.inf
        self._looked_at = -np.inf
        self._late_since: float | None = None
        self._pace, self._focus, self._dusk = Pace(), Focus(), Dusk()
        self._poses: list[Pose] = []
        self._tracks = Tracks()
        self._told: dict[str, list[Observation]] = {}
        self._passages: dict[str, Passages] = {}

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """PERSON for each one; what deeds.deeds tells, WENT_IN and CAME_OUT for each sealed door."""
        if not context.sealed:
            return []
        surroundings = surroundings_of(context.sealed, frame.size_px)
        if context.activity.share(outline(surroundings, frame.size_px)) > WAKE_SHARE:
            if frame.at > self._awake_until:
                self._pace.begin(frame.at)
            self._awake_until = frame.at + AWAKE_S
        self._dusk.follow(frame, surroundings, lit=context.activity.light_jumped)
        if frame.at > self._awake_until:
            self._poses = []
        elif self._pace.takes(frame.at):
            self._look(frame, surroundings, context.sealed)
        return self._report(frame, context)

    def _look(self, frame: Frame, window: Window, doors: Sequence[Door]) -> None:
        """In between, the last answer stands; so it does, as if had again, while nothing moves."""
        frame = self._dusk.plain(frame, window)
        part = self._focus.aim(frame, window, self._poses) if self._late_since is None else window
        try:
            if part is not None:
                self._poses = self._people.find(frame, part, size_of(even(window)))
            self._looked_at, self._late_since = frame.at, None
        except DetectorError:
            self._focus = Focus()
            raise
        except NotYet:
            self._late_since = frame.at if self._late_since is None else self._late_since
            if frame.at - self._late_since > STALE_S:
                self._poses = []
                raise DetectorError("people are found too late to be of use: this box has too much to do") from None
        self._pace.saw(self._poses, doors, frame.at)
        if self._poses:
            self._awake_until = frame.at + AWAKE_S

    def _report(self, frame: Frame, context: Context) -> list[Observation]:
        width, height = frame.size_px
        seen: list[Track] = []
        if self._looked_at == frame.at:
            seen = self._tracks.follow(self._poses, at=frame.at, size_px=frame.size_px)
        gone = self._tracks.dismiss(frame.at)
        said = [Observation(Fact.PERSON, pose.score, region=pose.outline(width / height)) for pose in self._poses]
        for door in context.sealed:
            if seen or not self._poses:
                self._told[door.id] = [fact for track in seen for fact in deeds(track, door, frame.size_px)]
                if any(fact.kind in _WORK for fact in self._told[door.id]):
                    self._pace.urge(frame.at)
            passages = self._passages.setdefault(door.id, Passages(door))
            said += self._told[door.id]
            said += passages.follow(seen, gone, at=frame.at, size_px=frame.size_px)
        return said
