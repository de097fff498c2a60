"""Compares every sealed door with its sealed reference, whatever the light and whoever stands in front."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vigilanza.detect.detector import Context
from vigilanza.detect.floor import FloorWatch
from vigilanza.detect.geometry import Flattening
from vigilanza.detect.leaf import LeafWatch
from vigilanza.detect.reference import SealedReference
from vigilanza.detect.shake import ShakeWatch
from vigilanza.domain.door import Door, Polygon
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Observation

RETRY_S = 60.0


class DoorDetector:
    """Watches every sealed door of one camera."""

    def __init__(self, *, state: Path | None = None, masks: Sequence[Polygon] = ()) -> None:
        """With `state`, a folder of this camera's own, references are kept there over restarts.

        What `masks` (0..1 of the picture) cover is neither compared nor kept.
        """
        self._state, self._masks = state, tuple(masks)
        self._watches: dict[str, LeafWatch] = {}
        self._shakes: dict[str, ShakeWatch] = {}
        self._kept: dict[str, int] = {}
        self._failed_at: dict[str, float] = {}
        self._said: Sequence[Observation] = ()

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """LEAF_SEALED, LEAF_PARTLY_CHANGED, LEAF_AJAR, LEAF_CHANGED(_AGAIN) or LEAF_HIDDEN for each; LEAF_SHAKEN.

        DetectorError, at most once in RETRY_S, if a door's reference can be neither read nor kept; the other doors
        are watched all the same.
        """
        if context.activity.at != frame.at:
            return self._said
        said: list[Observation] = []
        self._said = said
        if context.blind:
            return said
        failures: list[str] = []
        for door in context.sealed:
            if 0 <= frame.at - self._failed_at.get(door.id, -np.inf) < RETRY_S and door.id not in self._watches:
                continue
            try:
                said += self._look(door, frame, context)
            except DetectorError as error:
                self._failed_at[door.id] = frame.at
                failures.append(str(error))
        if failures:
            raise DetectorError("; ".join(failures))
        return said

    def _look(self, door: Door, frame: Frame, context: Context) -> Sequence[Observation]:
        watch = self._watches.get(door.id)
        if watch is None or watch.size_px != frame.size_px:
            watch = self._open(door, frame, None if watch is None else watch.reference)
        if not watch.rests(frame.at, context):
            watch.look(frame, context)
            self._keep(door, watch.reference, frame.at)
        return [] if watch.said is None else [watch.said, *self._shakes[door.id].look(frame, context)]

    def _open(self, door: Door, frame: Frame, known: SealedReference | None) -> LeafWatch:
        """Begin to watch a door, or go on with what is known of it in pictures of another size."""
        if known is None:
            path = None if self._state is None else self._path(door, self._state)
            known = SealedReference.load(path) if path is not None and path.exists() else SealedReference()
            self._kept[door.id] = known.version
        flattening = Flattening.of_leaf(door.leaf, frame.size_px)
        self._watches[door.id] = LeafWatch(
            door=door,
            size_px=frame.size_px,
            flattening=flattening,
            floor=FloorWatch(door.floor, frame.size_px),
            reference=known,
            masked=flattening.fill(self._masks, frame.size_px),
        )
        self._shakes[door.id] = ShakeWatch(self._watches[door.id])
        return self._watches[door.id]

    def _keep(self, door: Door, reference: SealedReference, at: float) -> None:
        unchanged = reference.version == self._kept.get(door.id)
        if self._state is None or unchanged or 0 <= at - self._failed_at.get(door.id, -np.inf) < RETRY_S:
            return
        reference.save(self._path(door, self._state))
        self._kept[door.id] = reference.version

    @staticmethod
    def _path(door: Door, state: Path) -> Path:
        """A leaf drawn anew is another picture of the door, and learned anew."""
        outline = zlib.crc32(repr(door.leaf).encode())
        return state / f"door-{door.id}-{outline:08x}.npz"
