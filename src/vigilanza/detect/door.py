"""Compares every sealed door with its sealed reference, whatever the light and whoever stands in front."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.detector import Context
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS, Rectifier
from vigilanza.detect.reference import SealedReference
from vigilanza.detect.texture import INFORMATIVE, Plane, Texture, cell_sums
from vigilanza.domain.door import Door
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

Cells = NDArray[np.bool_]

UNLIKE = 0.3
"""Likeness below which a cell does not show the sealed surface."""
CHANGED_SHARE = 0.35
"""Share of comparable cells that must be unlike for "the leaf differs"; light, dusk and leaf shadows reach 0.25."""
PARTLY_SHARE = 0.10
COVER_HOLD_S = 0.6
"""A cell stays covered this long after a person was last seen there: people stand still and are missed for a moment."""
LEARN_S = 1.0
SETTLE_S = 4.0
ALONE_S = 5.0
"""Nobody near the door for this long: what changes now was not done by a hand."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cells of one leaf; all (CELL_ROWS, CELL_COLUMNS) bool."""

    comparable: Cells
    unlike: Cells

    @property
    def share(self) -> float:
        """Unlike share of the comparable cells, 0..1."""
        return float(self.unlike.sum()) / max(1, int(self.comparable.sum()))

    @property
    def reaches_up(self) -> bool:
        """False for what merely stands before the door (a bag, a bicycle): that leaves its upper part alone."""
        upper = slice(0, CELL_ROWS // 3)
        return float(self.unlike[upper].sum()) >= 0.3 * max(1, int(self.comparable[upper].sum()))


@dataclass(slots=True)
class LeafWatch:
    """What one leaf looks like over time. Owned by one DoorDetector."""

    door: Door
    rectifier: Rectifier
    reference: SealedReference
    fast: Plane | None = None
    slow: Plane | None = None
    at: float = 0.0
    began: float | None = None
    covered_at: NDArray[np.float64] = field(default_factory=lambda: np.full((CELL_ROWS, CELL_COLUMNS), -np.inf))
    approached_at: float = -np.inf
    lit_at: float = -np.inf
    sealed_at: float = -np.inf
    learned_at: float = -np.inf
    changed_since: float | None = None
    settled: Texture | None = None

    def look(self, frame: Frame, context: Context) -> Observation | None:
        """What the leaf says in this picture; None while it is still being learned."""
        people = [seen.region for seen in context.seen if seen.kind is Fact.PERSON]
        covered = self.rectifier.fill(people, frame.size_px)
        self._remember(frame, covered)
        self._note_surroundings(frame.at, covered, context)
        if not self.reference.knows(infrared=context.activity.infrared) and self._learn_first(frame.at, context):
            return None
        return self._judge(frame.at, context)

    def _remember(self, frame: Frame, covered: NDArray[np.uint8]) -> None:
        """Keep two running pictures, 0.3 s and 1 s long; what somebody covers starts anew when it is free again."""
        plane = self.rectifier.flatten(frame.luma)
        gap = frame.at - self.at
        if self.fast is None or self.slow is None or not 0 <= gap < 2.0:
            self.fast = self.slow = plane
        for name, memory in (("fast", 0.3), ("slow", 1.0)):
            old: Plane = getattr(self, name)
            weight = np.float32(1.0 - np.exp(-gap / memory))
            setattr(self, name, np.where(covered > 0, plane, old + weight * (plane - old)))
        self.at = frame.at
        self.covered_at[leaf_cells(cell_sums(covered.astype(np.float32))) > 10] = frame.at

    def _note_surroundings(self, at: float, covered: NDArray[np.uint8], context: Context) -> None:
        if covered.any():
            self.approached_at = at
        if context.activity.light_jumped:
            self.lit_at = at
        if self.began is None:
            self.began = at

    def _learn_first(self, at: float, context: Context) -> bool:
        """Learn the door in a light it was never seen in. True while that is not finished or not possible."""
        assert self.slow is not None
        assert self.began is not None
        free = at - self.covered_at.max() > LEARN_S
        calm = at - max(self.lit_at, self.began) >= LEARN_S
        if not self.reference.knows(infrared=not context.activity.infrared):
            if free and calm and not context.blind:
                self._learn(at, context)
            return True
        if free and calm and at - self.approached_at > ALONE_S and at - self.sealed_at < 2 * ALONE_S:
            self._learn(at, context)
        return not self.reference.knows(infrared=context.activity.infrared) and at - self.lit_at < ALONE_S

    def _learn(self, at: float, context: Context) -> None:
        assert self.slow is not None
        self.reference.learn(self.slow, infrared=context.activity.infrared)
        self.learned_at = at

    def _compare(self, against: Texture | None, infrared: bool) -> Comparison:
        assert self.fast is not None
        assert self.slow is not None
        texture = Texture.of(self.fast)
        free = self.at - self.covered_at > COVER_HOLD_S
        change = leaf_cells(cell_sums(np.abs(self.fast - self.slow))) / leaf_cells(cell_sums(self.slow) + 1.0)
        steady = change < 0.12
        if against is None:
            where = np.zeros(texture.energy.shape, np.bool_)
            where[1:-1, 1:-1] = free
            likeness, energy = self.reference.likeness(texture, infrared=infrared, cells=where)
        else:
            likeness, energy = against.likeness(texture), np.maximum(against.energy, texture.energy)
        comparable = free & steady & (leaf_cells(energy) > INFORMATIVE)
        return Comparison(comparable, comparable & (leaf_cells(likeness) < UNLIKE))

    def _judge(self, at: float, context: Context) -> Observation | None:
        seen = self._compare(None, context.activity.infrared)
        enough = int(seen.comparable.sum()) >= 6 and at - self.covered_at.min() > COVER_HOLD_S
        if not enough:
            self.changed_since = None
            return Observation(Fact.LEAF_HIDDEN, 1.0, self.door.id)
        mostly_hidden = float((at - self.covered_at > COVER_HOLD_S).mean()) < 0.5
        needed = 0.6 if mostly_hidden else CHANGED_SHARE
        if seen.share >= needed and int(seen.unlike.sum()) >= 6 and (mostly_hidden or seen.reaches_up):
            return self._changed(at, seen, context)
        self.changed_since = None
        if seen.share >= PARTLY_SHARE:
            self._learn_gradual(at, seen, context)
            return Observation(Fact.LEAF_PARTLY_CHANGED, seen.share, self.door.id)
        self.sealed_at, self.settled = at, None
        return Observation(Fact.LEAF_SEALED, 1.0 - seen.share, self.door.id)

    def _changed(self, at: float, seen: Comparison, context: Context) -> Observation | None:
        """The leaf differs: sealed no more, or only another light that fell on it while nobody was near."""
        if self._only_light(at):
            if at - self.lit_at > 2.0:
                self._learn(at, context)
            return None
        assert self.slow is not None
        self.changed_since = self.changed_since if self.changed_since is not None else at
        if self.settled is not None and self._compare(self.settled, context.activity.infrared).share >= CHANGED_SHARE:
            if self._settles(at):
                self.settled = Texture.of(self.slow)
            return Observation(Fact.LEAF_CHANGED_AGAIN, seen.share, self.door.id)
        if self.settled is None and self._settles(at):
            self.settled = Texture.of(self.slow)
        return Observation(Fact.LEAF_CHANGED, seen.share, self.door.id)

    def _only_light(self, at: float) -> bool:
        alone = self.lit_at - self.approached_at > ALONE_S and at - self.approached_at > ALONE_S
        return alone and self.sealed_at >= self.lit_at - 1.0 and at - self.lit_at < ALONE_S

    def _settles(self, at: float) -> bool:
        since = self.changed_since if self.changed_since is not None else at
        return at - since > SETTLE_S and at - self.approached_at > SETTLE_S

    def _learn_gradual(self, at: float, seen: Comparison, context: Context) -> None:
        """Follow dusk and sun: slow changes while nobody is near, as long as the first look is still recognised."""
        assert self.fast is not None
        if at - max(self.approached_at, self.learned_at, self.lit_at) < 2 * ALONE_S or context.blind:
            return
        first = self.reference.first_likeness(Texture.of(self.fast), infrared=context.activity.infrared)
        if float((leaf_cells(first)[seen.comparable] < UNLIKE).mean()) < CHANGED_SHARE:
            self._learn(at, context)


class DoorDetector:
    """Watches every sealed door of one camera."""

    def __init__(self, *, state: Path | None = None) -> None:
        """With `state`, a folder, references are kept there over restarts."""
        self._state = state
        self._watches: dict[str, LeafWatch] = {}

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """LEAF_SEALED, LEAF_PARTLY_CHANGED, LEAF_CHANGED(_AGAIN) or LEAF_HIDDEN for each sealed door."""
        if context.blind:
            return []
        said = []
        for door in context.sealed:
            watch = self._watches.get(door.id) or self._open(door, frame)
            learned = watch.learned_at
            observation = watch.look(frame, context)
            if observation is not None:
                said.append(observation)
            if watch.learned_at != learned and self._state is not None:
                watch.reference.save(self._path(door, self._state))
        return said

    def _open(self, door: Door, frame: Frame) -> LeafWatch:
        path = None if self._state is None else self._path(door, self._state)
        reference = SealedReference.load(path) if path is not None and path.exists() else SealedReference()
        rectifier = Rectifier.of(door.leaf, frame.size_px)
        self._watches[door.id] = LeafWatch(door, rectifier, reference)
        return self._watches[door.id]

    @staticmethod
    def _path(door: Door, state: Path) -> Path:
        return state / f"door-{door.id}.npz"


def leaf_cells(cells: Plane) -> Plane:
    """The cells of the leaf itself, without the margin round it."""
    return cells[1:-1, 1:-1]
