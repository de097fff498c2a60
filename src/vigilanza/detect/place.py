"""A sealed door and the floor before it, as somebody stands there."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import depth_inside, quadrilateral, to_pixels
from vigilanza.detect.pose import Arm, Pose
from vigilanza.domain.door import Door

WITHIN_REACH = 0.78
"""Part of the floor's depth, from the leaf outwards, on which one can work on the leaf: an arm's length of 0.9 m."""
STEP_BACK = 0.15
"""Who throws a shoulder against a door steps back this much further from its floor, in leaf heights (30 cm)."""
ASIDE, BEHIND = 0.1, 0.4
"""The same where the floor can be seen from above: parts of its width on either side, and of its depth."""
EDGE = 0.005
"""So near to the picture's edge, in 0..1, a floor is cut off by it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Of one door, in pictures of `size_px` (width, height)."""

    door: Door
    size_px: tuple[int, int]
    leaf_height_px: float
    outwards: NDArray[np.float64] | None
    """Pixels to the floor seen from above, 0..1 across it and 0..1 from the leaf to its outer edge; if that is seen."""

    @staticmethod
    @lru_cache(maxsize=256)
    def of(door: Door, size_px: tuple[int, int]) -> "Place":
        """Asked for the same few doors all the time."""
        height = float(np.ptp(to_pixels(door.leaf, size_px)[:, 1]))
        return Place(door, size_px, height, _outwards(door, size_px))

    def has(self, pose: Pose, beside: float) -> bool:
        """True if the feet are on the door's floor, or up to `beside` leaf heights next to it."""
        feet = pose.feet() if self.door.floor else []
        stands = max((depth_inside(self.door.floor, foot, self.size_px) for foot in feet), default=None)
        if stands is not None:
            return stands > -beside * self.leaf_height_px
        # Feet hidden by a railing or the picture's edge: the middle of the body decides.
        left, top, right, bottom = pose.box
        return depth_inside(self.door.leaf, ((left + right) / 2, (top + bottom) / 2), self.size_px) > 0

    def has_before_it(self, pose: Pose) -> bool:
        """True if the feet are on the door's floor or a step behind it, not beside it; STEP_BACK if that is unknown."""
        feet = self._seen_from_above(pose)
        if feet is None:
            return self.has(pose, STEP_BACK)
        aside, off = feet
        return -ASIDE <= aside <= 1 + ASIDE and off <= 1 + BEHIND

    def is_within_reach(self, pose: Pose) -> bool:
        """False if the feet are seen too far off for hands on the leaf."""
        feet = self._seen_from_above(pose)
        return feet is None or feet[1] <= WITHIN_REACH

    def touching(self, pose: Pose, beyond: float) -> list[Arm]:
        """The arms whose hand is on the leaf in the picture, or up to `beyond` leaf heights next to it."""
        least = -beyond * self.leaf_height_px
        return [arm for arm in pose.arms() if depth_inside(self.door.leaf, arm.hand, self.size_px) > least]

    def is_touched(self, pose: Pose, beyond: float) -> bool:
        """True if there is such an arm."""
        return bool(self.touching(pose, beyond))

    def stretch_px(self, arm: Arm) -> float:
        """From the shoulder to the wrist."""
        return float(np.hypot(arm.away[0] * self.size_px[0], arm.away[1] * self.size_px[1]))

    def _seen_from_above(self, pose: Pose) -> tuple[float, float] | None:
        """The middle between the feet that are seen, in 0..1 across the floor and 0..1 from the leaf outwards."""
        feet = pose.feet()
        if self.outwards is None or not feet:
            return None
        points = cv2.perspectiveTransform(to_pixels(tuple(feet), self.size_px)[None], self.outwards)[0]
        aside, off = points.mean(axis=0).tolist()
        return aside, off


def _outwards(door: Door, size_px: tuple[int, int]) -> NDArray[np.float64] | None:
    """None if its depth is not known: without a floor, or one cut off by the picture's edge, or no quadrilateral."""
    if not door.floor or any(value <= EDGE or value >= 1 - EDGE for corner in door.floor for value in corner):
        return None
    corners = quadrilateral(to_pixels(door.floor, size_px))
    foot = to_pixels(door.leaf, size_px)
    foot = foot[np.argsort(foot[:, 1])[-2:]]
    along = (foot[1] - foot[0]) / max(1e-6, float(np.hypot(*(foot[1] - foot[0]))))
    off = np.abs((corners - foot[0]) @ np.array([-along[1], along[0]]))
    inner = min(range(4), key=lambda index: float(off[index] + off[(index + 1) % 4]))
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    turned = np.roll(corners, -inner, axis=0).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(turned, square), np.float64)
    return matrix if np.linalg.matrix_rank(matrix) == len(matrix) else None
