"""Running pictures of one leaf, short and long, without whoever stands in front."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import Picture, without_margin
from vigilanza.detect.texture import Plane, cell_means

FAST_S, SLOW_S, LONG_S = 0.3, 0.6, 3.0
GAP_S = 2.0
STEADY = 0.12
"""Relative difference of the fast and the slow picture of a cell up to which it is at rest."""


class PlaneMemory:
    """Three exponential averages, updated in place; what somebody covers starts anew when it is free again."""

    def __init__(self) -> None:
        self.fast: Plane = np.zeros((0, 0), np.float32)
        self.slow = self.long = self.fast
        self.at = 0.0
        self.step = 0.0

    def remember(self, plane: Picture, covered: Picture | None, at: float) -> None:
        """Take in a picture of grey levels, `covered` (None: nowhere) where somebody stands before it; of one shape."""
        self.step = at - self.at
        if self.fast.shape != plane.shape or not 0 <= self.step < GAP_S:
            self.fast, self.slow, self.long = (plane.astype(np.float32) for _ in range(3))
            self.step = 0.0
        cv2.accumulateWeighted(plane, self.fast, 1.0 - math.exp(-self.step / FAST_S))
        cv2.accumulateWeighted(plane, self.slow, 1.0 - math.exp(-self.step / SLOW_S))
        cv2.accumulateWeighted(plane, self.long, 1.0 - math.exp(-self.step / LONG_S))
        if covered is not None:
            for average in (self.fast, self.slow, self.long):
                np.copyto(average, plane, where=covered > 0)
        self.at = at

    def steady(self) -> NDArray[np.bool_]:
        """Cells of the leaf that are at rest."""
        slow = without_margin(self.slow)
        difference = cell_means(np.asarray(cv2.absdiff(without_margin(self.fast), slow), np.float32))
        return np.asarray(difference <= STEADY * cell_means(slow), np.bool_)
