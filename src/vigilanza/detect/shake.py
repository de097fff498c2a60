"""Whether a leaf gives: while somebody is at it, it leaves its place against its frame for a moment, again and again.

A lever, a kick or a shoulder moves a locked leaf by some millimetres, and it springs back. A knock, a ball or a leaflet
does not; who leans on it, moves it once; shadows and arms move edges of their own, but not all of the leaf's.
"""

from collections import deque
from statistics import median

import numpy as np

from vigilanza.detect.detector import Context
from vigilanza.detect.displacement import Anchor, Shift
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS, LEAF_WIDTH_PX
from vigilanza.detect.leaf import MASK_GREY, LeafWatch
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

LEAST_PX = LEAF_WIDTH_PX / 240
"""4 mm of a leaf 0.9 m wide, and six times what noise and compression leave of a leaf at rest."""
REST_S = 3.0
LEAST_RESTS = 4
"""Where the leaf rests is the median of so many looks at least, within this time."""
LONGEST_S = 1.5
"""Whoever leans against it, and what stays otherwise, moves the leaf for longer."""
APART_S = 0.5
"""Both edges may tell of the same shake."""
WINDOW_S = 10.0
LEAST_SHAKES = 3
"""So many in that time are no accident."""
_ALL = np.ones((CELL_ROWS, CELL_COLUMNS), np.bool_)


class ShakeWatch:
    """Of one leaf; it looks only while somebody is at the door."""

    def __init__(self, leaf: LeafWatch) -> None:
        self._leaf = leaf
        self._anchor: Anchor | None = None
        """None if nobody was there lately: with a hundred doors it would be 20 MB."""
        self._infrared = False
        self._at = -np.inf
        self._edges = (_Edge(), _Edge())
        self._shakes: deque[float] = deque()

    def look(self, frame: Frame, context: Context) -> list[Observation]:
        """LEAF_SHAKEN with how often it was lately, if that is no accident; the leaf itself is looked at before."""
        door = self._leaf.door.id
        if not any(seen.kind is Fact.PERSON_AT_DOOR and seen.where == door for seen in context.seen):
            if not 0 <= frame.at - self._at <= REST_S:
                self._anchor = None
            return []
        self._follow(frame, context)
        while self._shakes and not 0 <= frame.at - self._shakes[0] <= WINDOW_S:
            self._shakes.popleft()
        count = len(self._shakes)
        return [Observation(Fact.LEAF_SHAKEN, 1.0, door, count=count)] if count >= LEAST_SHAKES else []

    def _follow(self, frame: Frame, context: Context) -> None:
        infrared = context.activity.infrared
        known = 0 <= frame.at - self._at <= REST_S and infrared is self._infrared and not context.activity.light_jumped
        self._at, self._infrared = frame.at, infrared
        if self._anchor is None or not known:
            sealed = self._leaf.reference.nearest(self._leaf.texture, infrared=infrared, cells=_ALL)
            self._anchor, self._edges = Anchor.of(sealed.plane), (_Edge(), _Edge())
        people = [seen.region for seen in context.seen if seen.kind is Fact.PERSON]
        plane = self._leaf.flattening.flatten(frame.luma)
        if self._leaf.masked is not None:
            plane[self._leaf.masked > 0] = MASK_GREY
        shifts = self._anchor.shifts(plane, self._leaf.flattening.fill(people, frame.size_px))
        sprang = [edge.springs_back(shift, frame.at) for edge, shift in zip(self._edges, shifts, strict=True)]
        if any(sprang) and not (self._shakes and frame.at - self._shakes[-1] < APART_S):
            self._shakes.append(frame.at)


class _Edge:
    """One upright edge of the leaf since somebody came."""

    def __init__(self) -> None:
        self._rest: deque[tuple[float, Shift]] = deque()
        self._off_since: float | None = None

    def springs_back(self, shift: Shift | None, at: float) -> bool:
        """True if it is in its place again after it was out of it for a moment."""
        while self._rest and at - self._rest[0][0] > REST_S:
            self._rest.popleft()
        if self._off_since is not None and at - self._off_since > LONGEST_S:
            self._rest.clear()
            self._off_since = None
        if shift is None:
            return False
        known = len(self._rest) >= LEAST_RESTS
        if known and self._is_off(shift):
            self._off_since = at if self._off_since is None else self._off_since
            return False
        sprang, self._off_since = known and self._off_since is not None, None
        self._rest.append((at, shift))
        return sprang

    def _is_off(self, shift: Shift) -> bool:
        """All of it and its upper part, to the same side."""
        whole = shift.whole_px - median(seen.whole_px for _, seen in self._rest)
        upper = shift.upper_px - median(seen.upper_px for _, seen in self._rest)
        return min(abs(whole), abs(upper)) >= LEAST_PX and whole * upper > 0
