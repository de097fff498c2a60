"""Whether a camera may sleep, and what wakes it: the scene is quiet, and everything that was to be learned is."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from vigilanza.detect.gate import FEW_SHARE, LIGHT_JUMP, Activity, Gate
from vigilanza.detect.geometry import Picture
from vigilanza.detect.surroundings import WAKE_SHARE, outline, surroundings_of
from vigilanza.domain.door import Door, Role
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

CALM_S = 12.0
"""So long must nothing be new before a camera sleeps. Learning a door or a light in full takes ten seconds."""
REST_S = 3.0
"""So long is enough after a visit that left all as it was when the camera slept last: nothing is to be learned."""
STILL_S = 10.0
"""Key frames that are the same for so long: an encoder that smooths all noise away, or half of a frozen picture."""
_AS_SEALED = {Fact.LEAF_PARTLY_CHANGED: Fact.LEAF_SEALED}
"""A leaf's noise goes to and fro between the two; if hands did it, an incident is open."""
_NO_PICTURES: frozenset[tuple[Fact, str | None]] = frozenset({(Fact.SIGNAL_LOST, None)})


class Sentry:
    """Watches over the sleep of one camera. `note` every analysed picture; used by one thread."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._sealed = tuple(door for door in doors if door.role is Role.SEALED)
        self._gate = Gate()
        self._last: Picture | None = None
        self._still_since = 0.0
        self._facts = self._slept_with = _NO_PICTURES
        self._at = self._stirred_at = self._new_at = -math.inf

    def note(self, frame: Frame, activity: Activity, seen: Sequence[Observation], *, open_incident: bool) -> None:
        """Take in what was seen in a picture."""
        facts = frozenset((_AS_SEALED.get(one.kind, one.kind), one.where) for one in seen)
        person = any(kind is Fact.PERSON for kind, _ in facts)
        moves = activity.moved > FEW_SHARE and self._stirs(frame, activity)
        if person or moves or facts != self._facts:
            self._stirred_at = frame.at
        if open_incident or activity.light_jumped:
            self._new_at = frame.at
        self._at, self._facts = frame.at, facts

    def lose(self) -> None:
        """There are no pictures: what comes next is new."""
        self._facts = self._slept_with = _NO_PICTURES
        self._stirred_at, self._last = math.inf, None

    @property
    def may_sleep(self) -> bool:
        """True if nothing was new for CALM_S, or all is as it was for REST_S: from now on key frames are enough."""
        least_s = REST_S if self._facts == self._slept_with else CALM_S
        return self._at - self._stirred_at >= least_s and self._at - self._new_at >= CALM_S

    def wakes(self, frame: Frame) -> bool:
        """True if a key frame taken while asleep, not noted yet, differs from those before it by more than noise.

        Also if it has not differed at all for STILL_S: whether it is frozen, only all pictures can tell.
        """
        self._slept_with = self._facts
        activity = self._gate.look(frame)
        before, self._last = self._last, frame.luma
        if before is None or not _same(before, frame.luma):
            self._still_since = frame.at
        lit = before is not None and abs(math.log(_brightness(frame.luma) / _brightness(before))) > LIGHT_JUMP
        return lit or frame.at - self._still_since >= STILL_S or self._stirs(frame, activity)

    def _stirs(self, frame: Frame, activity: Activity) -> bool:
        if activity.light_jumped or not self._sealed:
            return activity.restless
        return activity.share(outline(surroundings_of(self._sealed, frame.size_px), frame.size_px)) > WAKE_SHARE


def _same(one: Picture, other: Picture) -> bool:
    """True if they do not differ at all; nearly always a few rows tell."""
    return np.array_equal(one[::32], other[::32]) and np.array_equal(one, other)


def _brightness(luma: Picture) -> float:
    return float(cv2.mean(luma)[0]) + 2.0
