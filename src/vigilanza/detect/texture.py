"""What a surface looks like apart from the light on it: the directions and strengths of its edges.

Likeness is the normalised correlation of gradient fields, cell by cell: a change of brightness scales both
gradients and leaves it near 1; another surface (an open leaf, a removed board) takes it to 0 or below.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Cells = NDArray[np.bool_]

CELL_PX = 12
NOISE_GREY = 0.8
"""Gradient, grey levels per pixel, that sensor noise and compression leave after smoothing."""
REACH_PX = 3
"""How far a gradient sees."""
_ACROSS = np.array([1, 5, 10, 10, 5, 1], np.float32)
_DOWN = _ACROSS / np.float32(2048 * NOISE_GREY)
INFORMATIVE = 4.0
"""Times the noise energy above which a cell says anything about its surface."""


@dataclass(frozen=True, slots=True)
class Texture:
    """Gradients of a plane whose sides are multiples of CELL_PX; (R, C) cells without the margin."""

    across: Plane  # (R * CELL_PX, C * CELL_PX), in parts of NOISE_GREY
    down: Plane  # the same
    energy: Plane  # (R, C), in noise energies
    norm: Plane  # (R, C): root of the energy, that of noise included
    brightness: Plane  # grey level of each cell, margin included
    rim: Plane  # that of the outermost cells, and a little more than black

    @staticmethod
    def of(plane: Plane, *, margin: int = 0) -> "Texture":
        """Of grey levels (H, W) float32 0..255; of `margin` cells along each side only the brightness is wanted."""
        beyond = margin * CELL_PX - REACH_PX
        wider = plane[beyond:-beyond, beyond:-beyond] if margin else _mirrored(plane, REACH_PX)
        across, down = _gradients(wider)
        cells = cell_means(plane)
        rim = cells[outermost(cells.shape)] + np.float32(2)
        energy = _mean_product(across, down, across, down)
        return Texture(across, down, energy, np.sqrt(energy + 1), cells, rim)

    @property
    def informative(self) -> Cells:
        """Cells with enough structure to be compared."""
        return np.asarray(self.energy > INFORMATIVE, np.bool_)

    def dimming(self, other: "Texture") -> float:
        """How much darker `other` is round its rim, 0..1; 1 if it is not. Edge energy fades with its square."""
        ratio = other.rim / self.rim
        ratio.sort()
        return min(1.0, float(ratio[len(ratio) // 2]))

    def expected(self, other: "Texture") -> Plane:
        """Per cell: the energy that this surface should have in `other`'s light: what cannot show cannot tell."""
        return self.energy * np.float32(self.dimming(other) ** 2)

    def likeness(self, other: "Texture") -> Plane:
        """Per cell, -1..1: 1 the same surface in whatever light, 0 or less another one."""
        return _mean_product(self.across, self.down, other.across, other.down) / (self.norm * other.norm)


def count(cells: Cells) -> int:
    """How many are True."""
    return int(np.count_nonzero(cells))


def share(some: Cells, whole: Cells) -> float:
    """Part, 0..1, of the `whole` that is also in `some`; 0 if there is no whole."""
    return count(some & whole) / max(1, count(whole))


def cell_means(plane: Plane) -> Plane:
    """(H, W) → means over cells (H / CELL_PX, W / CELL_PX)."""
    height, width = plane.shape
    means = cv2.resize(plane, (width // CELL_PX, height // CELL_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32)


@lru_cache(maxsize=16)
def outermost(shape: tuple[int, int]) -> Cells:
    """True for the outermost of so many rows and columns of cells."""
    rim = np.ones(shape, np.bool_)
    rim[1:-1, 1:-1] = False
    return rim


def _mirrored(plane: Plane, by_px: int) -> Plane:
    """So much wider on each side: (H, W) → (H + 2 * by_px, W + 2 * by_px)."""
    return np.asarray(cv2.copyMakeBorder(plane, by_px, by_px, by_px, by_px, cv2.BORDER_REFLECT_101), np.float32)


def _gradients(wider: Plane) -> tuple[Plane, Plane]:
    """Across and down, of a plane (H + 2 * REACH_PX, W + 2 * REACH_PX) smoothed by a Gaussian of 1 px; (H, W).

    Two Sobel filters of 7 px, apart from what they have in common, which is taken once.
    """
    inside = slice(REACH_PX, 1 - REACH_PX)
    smooth = cv2.sepFilter2D(wider, cv2.CV_32F, _ACROSS, _DOWN)[inside, inside]
    falling = cv2.subtract(smooth[1:, 1:], smooth[:-1, :-1])
    rising = cv2.subtract(smooth[1:, :-1], smooth[:-1, 1:])
    return np.asarray(falling - rising, np.float32), np.asarray(falling + rising, np.float32)


def _mean_product(across: Plane, down: Plane, other_across: Plane, other_down: Plane) -> Plane:
    product = across * other_across
    cv2.accumulateProduct(down, other_down, product)
    return cell_means(product)
