"""One sealed leaf over time: what it looks like under whoever stands in front, and whether that is still sealed."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.comparison import Comparison, leaf_parts, leaf_texture
from vigilanza.detect.detector import Context
from vigilanza.detect.floor import FloorWatch
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS, Flattening, Picture
from vigilanza.detect.memory import PlaneMemory
from vigilanza.detect.reference import SealedReference
from vigilanza.detect.seal import SealWatch
from vigilanza.detect.texture import Cells, Texture, count
from vigilanza.detect.turned import TurnedLeaf
from vigilanza.detect.unrest import Unrest
from vigilanza.domain.door import Door
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

MOST_CHANGED_SHARE = 0.35
LEAST_CHANGED_SHARE = 0.22
"""Unlike share of a leaf that differs: in between, by how much it usually flickers (dusk, leaf shadows: 0.25)."""
STILL_CHANGED = 0.75
"""Part of that share which is enough while the leaf differs already: noise must not break off what it hardly shows."""
USUAL_S, PARTLY_SHARE = 10.0, 0.10
OTHER_LIGHT_SHARE = 0.6
"""A door's first infrared picture may differ this much from its colour picture and still be the sealed door: paint
that looks otherwise in infrared is likelier than a door opened in the very second of the first switch."""
HIDDEN_CHANGED_SHARE = 0.6
"""What is needed if less than half of the leaf can be seen."""
MASK_GREY = 128
LEAST_CELLS = 6
COVERED_PART = 0.07
"""Part of a cell under a person from which on it is hidden."""
COVER_HOLD_S = 0.6
"""A cell stays covered this long after a person was last seen there: people stand still and are missed for a moment."""
LEARN_S = 1.0
REFINE_S = (1.0, 2.5, 5.0)
"""A new reference is replaced by a longer average these times after it was learned: first pictures are coarse."""
SETTLE_S = 4.0
EASY_S, REST_S = 0.35, 0.9
"""It is looked at this often: when it comes to rest, while it is only refined and while told to differ, which is all
less pressing; and while at rest."""
_TOLD = (Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN)
RESTLESS_SHARE = 0.05
"""Part of the leaf that the gate sees changing: dusk does not do that, a person not found does."""
TURNED_S = 0.75
"""Whether it is turned is found anew this often."""
AJAR_HOLD_S = 60.0
"""A door that was ajar so lately is not learned: noise may hide for some looks that it still is."""
ALONE_S = 5.0
"""Nobody near the door for this long: what changes now was not done by a hand."""


@dataclass(slots=True)
class LeafWatch:
    """What is known of one leaf. Owned by one DoorDetector."""

    door: Door
    size_px: tuple[int, int]
    flattening: Flattening
    floor: FloorWatch
    reference: SealedReference
    masked: Picture | None = None
    """1 where the flattened leaf may not be looked at."""
    memory: PlaneMemory = field(default_factory=PlaneMemory)
    began: float | None = None
    covered_at: NDArray[np.float64] = field(default_factory=lambda: np.full((CELL_ROWS, CELL_COLUMNS), -np.inf))
    approached_at: float = -np.inf
    unrest: Unrest = field(init=False)
    lit_at: float = -np.inf
    sealed_at: float = -np.inf
    learned_at: float = -np.inf
    refined: int = len(REFINE_S)
    usual_share: float = 0.04
    changed_since: float | None = None
    ajar_at: float = -np.inf
    turned_at: float = -np.inf
    turned_fit: float | None = None
    turned: TurnedLeaf = field(init=False)
    seals: SealWatch = field(init=False)
    texture: Texture = field(init=False)
    steady: Cells = field(init=False)
    """Cells at rest."""
    free: Cells = field(init=False)
    """Cells that nobody hides."""
    settled: Texture | None = None
    said: Observation | None = None
    """What the leaf said when it was last looked at; None while it is still being learned."""

    def __post_init__(self) -> None:
        self.unrest = Unrest(self.door.leaf)
        self.turned, self.seals = TurnedLeaf(self.door.leaf, self.size_px), SealWatch(self.reference)
        if self.masked is not None:
            self.covered_at[leaf_parts(self.masked) > 0] = np.inf

    def rests(self, at: float, context: Context) -> bool:
        """True if nothing calls for another look: all is learned, still, lit steadily and alone; or told already."""
        if self.said is None:
            return False
        anybody = any(seen.kind is Fact.PERSON for seen in context.seen)
        if self.unrest.stirs(context.activity, at) or anybody or count(self.steady) < self.steady.size:
            pace_s = EASY_S if self.said.kind in _TOLD else 0.0
        else:
            pace_s = EASY_S if self.unrest.lasts(at) or self.refined < len(REFINE_S) else REST_S
        return 0 <= at - self.memory.at < pace_s

    def look(self, frame: Frame, context: Context) -> None:
        """Take in a picture and say what the leaf says in it."""
        self.unrest.look(context.activity)
        people = [seen.region for seen in context.seen if seen.kind is Fact.PERSON]
        covered = self.flattening.fill(people, frame.size_px)
        plane = self.flattening.flatten(frame.luma)
        if self.masked is not None:
            plane[self.masked > 0] = MASK_GREY
        self.memory.remember(plane, covered, frame.at)
        self.steady = self.memory.steady()
        self.floor.remember(frame, people)
        self.texture = leaf_texture(self.memory.fast)
        self._note_surroundings(frame.at, covered, context)
        self.free = frame.at - self.covered_at > COVER_HOLD_S
        if not self.reference.knows(infrared=context.activity.infrared) and self._learn_first(frame.at, context):
            self.said = None
        else:
            self.said = self._judge(frame.at, context)

    def _note_surroundings(self, at: float, covered: Picture | None, context: Context) -> None:
        if covered is not None:
            self.covered_at[(leaf_parts(covered) > COVERED_PART) & (self.covered_at < np.inf)] = at
            self.approached_at = at
        if context.activity.light_jumped:
            self.lit_at = at
        if self.began is None:
            self.began = at

    def _learn_first(self, at: float, context: Context) -> bool:
        """Learn the door in a light it was never seen in. True while that is not finished or not possible."""
        infrared = context.activity.infrared
        began = at if self.began is None else self.began
        coverable = self.covered_at[self.covered_at < np.inf]
        free = coverable.size > 0 and at - coverable.max() > LEARN_S
        calm = at - max(self.lit_at, began) >= LEARN_S
        if not self.reference.knows(infrared=not infrared):
            if free and calm and not context.blind:
                self._learn(at, infrared)
            return True
        alone = at - self.approached_at > ALONE_S and at - self.sealed_at < 2 * ALONE_S
        seen = self._compare(infrared)
        # Without its seal, or ajar when it was last looked at, a door is not learned in another light.
        alone = alone and not self.reference.gone.any() and self.turned_fit is None
        if free and calm and alone and seen.count >= LEAST_CELLS and seen.share < OTHER_LIGHT_SHARE:
            self._learn(at, infrared)
        return not self.reference.knows(infrared=infrared) and at - self.lit_at < ALONE_S

    def _learn(self, at: float, infrared: bool) -> None:
        """A light that is new: from a second's pictures, to be refined."""
        self.reference.learn(self.memory.slow, infrared=infrared)
        self.floor.learn()
        self.learned_at, self.refined = at, 0

    def _compare(self, infrared: bool, against: Texture | None = None) -> Comparison:
        """With the sealed reference, or with another look of the leaf."""
        look = against or self.reference.nearest(self.texture, infrared=infrared, cells=self.free).texture
        return Comparison.of(look, self.texture, self.free & self.steady)

    def _judge(self, at: float, context: Context) -> Observation:
        infrared = context.activity.infrared
        seen = self._compare(infrared)
        if seen.count < LEAST_CELLS:
            self.changed_since = None
            return Observation(Fact.LEAF_HIDDEN, 1.0, self.door.id)
        if self._differs(seen):
            return self._changed(at, seen, infrared)
        self.changed_since = None
        self.floor.forgive(at)
        if not 0 <= at - self.turned_at < TURNED_S and self.refined >= len(REFINE_S):
            self.turned_at, self.turned_fit = at, self._fits_turned(infrared)
        if self.turned_fit is not None:
            self.ajar_at = at
            return Observation(Fact.LEAF_AJAR, self.turned_fit, self.door.id)
        if self.seals.gone(seen, near=at - self.approached_at < ALONE_S and self.approached_at > self.lit_at):
            return Observation(Fact.SEAL_GONE, seen.share, self.door.id, count=int(self.reference.gone.sum()))
        self._follow(at, seen, context)
        if seen.share >= PARTLY_SHARE:
            return Observation(Fact.LEAF_PARTLY_CHANGED, seen.share, self.door.id)
        self.sealed_at, self.settled = at, None
        return Observation(Fact.LEAF_SEALED, 1.0 - seen.share, self.door.id)

    def _differs(self, seen: Comparison) -> bool:
        if count(seen.unlike) < LEAST_CELLS:
            return False
        if count(self.free) < 0.5 * self.covered_at.size:
            return seen.share >= HIDDEN_CHANGED_SHARE
        needed = min(MOST_CHANGED_SHARE, max(LEAST_CHANGED_SHARE, 0.15 + 3 * self.usual_share))
        if self.changed_since is not None:
            needed *= STILL_CHANGED
        return seen.share >= needed and seen.reaches_up

    def _fits_turned(self, infrared: bool) -> float | None:
        look = self.reference.nearest(self.texture, infrared=infrared, cells=self.free)
        return self.turned.fit(look, self.memory.fast, self.texture, self.free & self.steady)

    def _changed(self, at: float, seen: Comparison, infrared: bool) -> Observation:
        """The leaf differs: sealed no more; or hidden by somebody not found; or only learned badly."""
        if self.refined < 2 and self.approached_at < self.learned_at:  # first pictures are coarse: held against nobody
            if at - self.learned_at > 2.0:
                self._learn(at, infrared)
            return Observation(Fact.LEAF_PARTLY_CHANGED, seen.share, self.door.id)
        if self.changed_since is None:
            if self.floor.taken(at):
                return Observation(Fact.LEAF_HIDDEN, seen.share, self.door.id)
            self.changed_since = at
        again = self.settled is not None and self._compare(infrared, self.settled).share >= MOST_CHANGED_SHARE
        at_rest = at - self.changed_since > SETTLE_S and at - self.approached_at > SETTLE_S
        if at_rest and (again or self.settled is None):
            self.settled = leaf_texture(self.memory.slow)
        return Observation(Fact.LEAF_CHANGED_AGAIN if again else Fact.LEAF_CHANGED, seen.share, self.door.id)

    def _follow(self, at: float, seen: Comparison, context: Context) -> None:
        """While nobody is near: refine a new reference, learn how much the leaf flickers, follow dusk and sun."""
        infrared = context.activity.infrared
        if self.approached_at >= self.learned_at and at - self.approached_at < ALONE_S:
            return
        if count(self.reference.gone):
            return
        if self.refined < len(REFINE_S):
            if at - self.learned_at >= REFINE_S[self.refined]:
                if self.approached_at < self.learned_at:
                    self.reference.refine(self.memory.long, infrared=infrared)
                    self.floor.learn()
                self.refined += 1
            return
        self.usual_share += (1.0 - math.exp(-self.memory.step / USUAL_S)) * (seen.share - self.usual_share)
        if seen.share < PARTLY_SHARE or at - max(self.approached_at, self.learned_at, self.lit_at) < 2 * ALONE_S:
            return
        if at - self.ajar_at < AJAR_HOLD_S:
            return
        if context.activity.share(self.door.leaf) > RESTLESS_SHARE:
            return
        first = self.reference.first_likeness(self.texture, infrared=infrared)
        if seen.share_below(first) < MOST_CHANGED_SHARE and self._fits_turned(infrared) is None:
            self.reference.learn(self.memory.long, infrared=infrared)
            self.learned_at = at
