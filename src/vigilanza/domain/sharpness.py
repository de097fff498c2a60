"""How large a door is in the picture that is analysed, and whether that is enough."""

from dataclasses import dataclass

from vigilanza.domain.door import Polygon, area

LEAF_HEIGHT_M = 2.1
LEAST_PX_PER_METRE = 80.0
"""EN 62676-4:2025 "Discern"."""
LEAST_WIDTH_PX = 40.0
"""A leaf seen so steeply, or from so far, that it is narrower can hardly be told from an open one."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Of one leaf: pixels per metre of its height, and its mean width in pixels."""

    px_per_metre: float
    width_px: float

    @staticmethod
    def of(leaf: Polygon, size_px: tuple[int, int]) -> "Sharpness":
        """Of a leaf that is 2.1 m high, as leaves are, in pictures of `size_px` (width, height)."""
        across, down = ([corner[axis] for corner in leaf] for axis in (0, 1))
        height_px = size_px[1] * area(leaf) / (max(across) - min(across))
        width_px = size_px[0] * area(leaf) / (max(down) - min(down))
        return Sharpness(height_px / LEAF_HEIGHT_M, width_px)

    @property
    def complaint(self) -> str | None:
        """What is too little, and what to do; None if all is well."""
        little = []
        if self.px_per_metre < LEAST_PX_PER_METRE:
            little.append(f"{LEAST_PX_PER_METRE:.0f} per metre are needed")
        if self.width_px < LEAST_WIDTH_PX:
            little.append(f"{LEAST_WIDTH_PX:.0f} pixels of width are needed")
        if not little:
            return None
        return f"{', '.join(little)}: analyse a larger stream, or bring the camera nearer or before the door"
