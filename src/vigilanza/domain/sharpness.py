"""How large a door is in the picture that is analysed, and whether that is enough."""

from dataclasses import dataclass
from itertools import pairwise

from vigilanza.domain.door import Polygon

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
        corners = [(x * size_px[0], y * size_px[1]) for x, y in leaf]
        across, down = ([corner[axis] for corner in corners] for axis in (0, 1))
        edges = pairwise([*corners, corners[0]])
        area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in edges)) / 2
        height, width = area / (max(across) - min(across)), area / (max(down) - min(down))
        return Sharpness(height / LEAF_HEIGHT_M, width)

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
