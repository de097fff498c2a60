"""What a surface looks like apart from the light on it: the directions and strengths of its edges.

Likeness is the normalised correlation of gradient fields, cell by cell: a change of brightness scales both
gradients and leaves it near 1; another surface (an open leaf, a removed board) takes it to 0 or below.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

CELL_PX = 12
NOISE_GREY = 0.8
"""Gradient, grey levels per pixel, that sensor noise and compression leave after smoothing."""
INFORMATIVE = 4.0
"""Times the noise energy above which a cell says anything about its surface."""


@dataclass(frozen=True, slots=True)
class Texture:
    """Gradients of a plane whose sides are multiples of CELL_PX."""

    across: Plane  # (H, W) grey levels per pixel
    down: Plane  # (H, W)
    brightness: Plane  # (H / CELL_PX, W / CELL_PX), grey level
    energy: Plane  # (H / CELL_PX, W / CELL_PX), in noise energies

    @staticmethod
    def of(plane: Plane) -> "Texture":
        """Of grey levels (H, W) float32 0..255."""
        smooth = cv2.GaussianBlur(plane, (0, 0), 1.0)
        across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=0.125).astype(np.float32)
        down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=0.125).astype(np.float32)
        brightness = cell_sums(plane) / np.float32(CELL_PX * CELL_PX)
        return Texture(across, down, brightness, cell_sums(across * across + down * down) / _NOISE_ENERGY)

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Cells with enough structure to be compared."""
        return self.energy > INFORMATIVE

    def dimming(self, other: "Texture") -> float:
        """How much darker `other` is round its rim, 0..1; 1 if it is not. Edge energy fades with its square."""
        ratio = np.sort((_rim(other.brightness) + 2) / (_rim(self.brightness) + 2))
        return min(1.0, float(ratio[len(ratio) // 2]))

    def evidence(self, other: "Texture") -> Plane:
        """Per cell: the energy that either has, or should have in `other`'s light: what cannot show cannot tell."""
        expected = self.energy * np.float32(self.dimming(other) ** 2)
        return np.asarray(np.maximum(expected, other.energy), np.float32)

    def remaining(self, other: "Texture") -> Plane:
        """Per cell: `other`'s energy in parts of what this surface should show in that light; 1 where it has none."""
        expected = self.energy * np.float32(self.dimming(other) ** 2)
        return np.where(expected > INFORMATIVE, other.energy / np.maximum(expected, 1.0), 1.0).astype(np.float32)

    def likeness(self, other: "Texture") -> Plane:
        """Per cell, -1..1: 1 the same surface in whatever light, 0 or less another one."""
        together = cell_sums(self.across * other.across + self.down * other.down) / _NOISE_ENERGY
        return np.asarray(together / np.sqrt((self.energy + 1) * (other.energy + 1)), np.float32)


def _rim(cells: Plane) -> Plane:
    return np.concatenate([cells[0], cells[-1], cells[1:-1, 0], cells[1:-1, -1]])


def cell_sums(plane: Plane) -> Plane:
    """(H, W) → sums over cells (H / CELL_PX, W / CELL_PX)."""
    height, width = plane.shape
    means = cv2.resize(plane, (width // CELL_PX, height // CELL_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(means * np.float32(CELL_PX * CELL_PX), np.float32)


_NOISE_ENERGY = np.float32(CELL_PX * CELL_PX * NOISE_GREY * NOISE_GREY)
