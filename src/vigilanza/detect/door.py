"""Compares every sealed door with its sealed reference, whatever the light and whoever stands in front."""

from collections.abc import Sequence
from pathlib import Path

from vigilanza.detect.detector import Context
from vigilanza.detect.floor import FloorWatch
from vigilanza.detect.geometry import Flattening
from vigilanza.detect.leaf import LeafWatch
from vigilanza.detect.reference import SealedReference
from vigilanza.domain.door import Door
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Observation


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
            learned = watch.reference.version
            observation = watch.look(frame, context)
            if observation is not None:
                said.append(observation)
            if watch.reference.version != learned and self._state is not None:
                watch.reference.save(self._path(door, self._state))
        return said

    def _open(self, door: Door, frame: Frame) -> LeafWatch:
        path = None if self._state is None else self._path(door, self._state)
        reference = SealedReference.load(path) if path is not None and path.exists() else SealedReference()
        flattening = Flattening.of_leaf(door.leaf, frame.size_px)
        floor = FloorWatch(door.floor, frame.size_px)
        self._watches[door.id] = LeafWatch(door, flattening, floor, reference)
        return self._watches[door.id]

    @staticmethod
    def _path(door: Door, state: Path) -> Path:
        return state / f"door-{door.id}.npz"
