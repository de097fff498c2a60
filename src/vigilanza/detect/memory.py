"""Running pictures of one leaf, short and long, without whoever stands in front."""

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.comparison import leaf_cells
from vigilanza.detect.texture import Plane, cell_sums

FAST_S, SLOW_S, LONG_S = 0.3, 0.6, 3.0
GAP_S = 2.0
STEADY = 0.12
"""Relative difference of the fast and the slow picture of a cell up to which it is at rest."""


class PlaneMemory:
    """Three exponential averages; what somebody covers starts anew when it is free again."""

    def __init__(self) -> None:
        self.fast: Plane = np.zeros((0, 0), np.float32)
        self.slow = self.long = self.fast
        self.at = 0.0
        self.step = 0.0

    def remember(self, plane: Plane, covered: NDArray[np.uint8], at: float) -> None:
        """Take in a picture of grey levels, `covered` where somebody stands before it; both of one shape."""
        gap = at - self.at
        if self.fast.shape != plane.shape or not 0 <= gap < GAP_S:
            self.fast = self.slow = self.long = plane
            gap = 0.0
        self.fast = _mixed(self.fast, plane, covered, gap / FAST_S)
        self.slow = _mixed(self.slow, plane, covered, gap / SLOW_S)
        self.long = _mixed(self.long, plane, covered, gap / LONG_S)
        self.at, self.step = at, gap

    def steady(self) -> NDArray[np.bool_]:
        """Cells of the leaf that are at rest."""
        difference = leaf_cells(cell_sums(np.abs(self.fast - self.slow)))
        return np.asarray(difference / (leaf_cells(cell_sums(self.slow)) + 1.0) < STEADY, np.bool_)


def _mixed(old: Plane, new: Plane, covered: NDArray[np.uint8], share: float) -> Plane:
    weight = np.float32(1.0 - np.exp(-share))
    return np.where(covered > 0, new, old + weight * (new - old)).astype(np.float32)
