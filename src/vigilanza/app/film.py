"""What one camera films, and what may not be seen of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vigilanza.capture.mask import Cover
from vigilanza.capture.ring import GopRing
from vigilanza.config import Camera, Privacy
from vigilanza.domain.door import Polygon, Role
from vigilanza.domain.opening import Opening


@dataclass(frozen=True, slots=True)
class Film:
    """Where one camera's compressed pictures are, and what must be blackened in them.

    `masks` always; `leaves`, by door, while that door stands open.
    """

    ring: GopRing
    masks: tuple[Polygon, ...]
    leaves: Mapping[str, Polygon] = field(default_factory=dict)

    @staticmethod
    def of(camera: Camera, ring: GopRing, privacy: Privacy) -> "Film":
        """Of neighbours' doors nobody tells whether they are open."""
        sealed = {door.id: door.leaf for door in camera.doors if door.role is Role.SEALED}
        return Film(ring, camera.masks, {} if privacy.interiors == "shown" else sealed)

    def covers(self, openings: Sequence[Opening]) -> tuple[Cover, ...]:
        """What these openings of its doors make black."""
        return tuple(Cover(self.leaves[one.door], one.start, one.end) for one in openings if one.door in self.leaves)
