"""The sealed reference: what the closed, sealed door looks like, in every light it was seen in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.comparison import leaf_texture
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS, LEAF_SHAPE
from vigilanza.detect.keep import keep_arrays, kept_arrays
from vigilanza.detect.texture import Plane, Texture
from vigilanza.domain.errors import DetectorError

MAXIMUM_LOOKS = 8


@dataclass(frozen=True, slots=True)
class Look:
    """One appearance of the sealed door."""

    plane: Plane
    texture: Texture
    infrared: bool

    @staticmethod
    def of(plane: Plane, infrared: bool) -> "Look":
        """Of a flattened leaf, which is copied."""
        return Look(plane.copy(), leaf_texture(plane), infrared)


class SealedReference:
    """Up to MAXIMUM_LOOKS looks of one door; the first of each light (colour, infrared) is never forgotten."""

    def __init__(self) -> None:
        self._looks: list[Look] = []
        self.version = 0
        """Grows with every change."""
        self.forgotten_looks = 0
        self.gone: NDArray[np.bool_] = np.zeros((CELL_ROWS, CELL_COLUMNS), np.bool_)
        """Cells of the leaf from which somebody took a seal or notice; kept, so that a restart does not mend it."""

    def knows(self, *, infrared: bool) -> bool:
        """True once the door was learned in this light."""
        return self._first(infrared) is not None

    def learn(self, plane: Plane, *, infrared: bool) -> None:
        """Remember this look as sealed."""
        if len(self._looks) >= MAXIMUM_LOOKS:
            firsts = {id(self._first(light)) for light in (False, True)}
            oldest = next(i for i, look in enumerate(self._looks) if id(look) not in firsts)
            del self._looks[oldest]
            self.forgotten_looks += 1
        self._looks.append(Look.of(plane, infrared))
        self.version += 1

    def refine(self, plane: Plane, *, infrared: bool) -> None:
        """Replace the look learned last by a better picture of the same; nothing if that was in another light."""
        if self._looks[-1].infrared == infrared:
            self._looks[-1] = Look.of(plane, infrared)
            self.version += 1

    def mark_gone(self, cells: NDArray[np.bool_]) -> None:
        """From these cells, and from no others, something was taken."""
        if (cells != self.gone).any():
            self.gone = cells
            self.version += 1

    def nearest(self, texture: Texture, *, infrared: bool, cells: NDArray[np.bool_]) -> Look:
        """The look that fits best over `cells` of the leaf, in this light if the door was ever seen in it."""
        looks = [look for look in self._looks if look.infrared == infrared] or self._looks
        if len(looks) == 1:
            return looks[0]
        return max(looks, key=lambda look: float(look.texture.likeness(texture)[cells].sum()))

    def first_likeness(self, texture: Texture, *, infrared: bool) -> Plane:
        """Likeness per cell to the look that was learned first in this light."""
        first = self._first(infrared) or self._looks[0]
        return first.texture.likeness(texture)

    def _first(self, infrared: bool) -> Look | None:
        for look in self._looks:
            if look.infrared == infrared:
                return look
        return None

    def save(self, path: Path) -> None:
        """Write all that is known to `path`, replacing it in one step. DetectorError if the disk does not take it."""
        planes = np.stack([look.plane for look in self._looks])
        infrared = np.array([look.infrared for look in self._looks])
        keep_arrays(path, {"planes": planes, "infrared": infrared, "gone": self.gone})

    @staticmethod
    def load(path: Path) -> "SealedReference":
        """What `save` wrote. DetectorError if the file is damaged."""
        reference = SealedReference()
        stored = kept_arrays(path)
        planes, infrared = stored.get("planes"), stored.get("infrared")
        if planes is None or infrared is None or planes.shape != (len(infrared), *LEAF_SHAPE):
            raise DetectorError(f"{path} is damaged: delete it to learn anew, with the door sealed")
        for plane, light in zip(planes, infrared, strict=True):
            reference.learn(np.asarray(plane, np.float32), infrared=bool(light))
        gone = stored.get("gone", reference.gone)
        if gone.shape != reference.gone.shape:
            raise DetectorError(f"{path} is damaged: delete it to learn anew, with the door sealed")
        reference.gone = np.asarray(gone, np.bool_)
        return reference
