"""From a door's polygon in the picture to a flat, upright view of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Polygon

LEAF_WIDTH_PX, LEAF_HEIGHT_PX, MARGIN_PX = 48, 120, 12
"""Size of the rectified leaf; the margin round it shows the frame and the wall it is compared with."""

LEAF_SHAPE = (LEAF_HEIGHT_PX + 2 * MARGIN_PX, LEAF_WIDTH_PX + 2 * MARGIN_PX)
CELL_ROWS, CELL_COLUMNS = LEAF_HEIGHT_PX // 12, LEAF_WIDTH_PX // 12
"""The leaf is judged in cells, see texture.CELL_PX."""

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


def halved(luma: Picture, width_px: int, height_px: int) -> Picture:
    """A picture (H, W), halved as often as it stays at least so large, which is cheap."""
    while luma.shape[1] >= 2 * width_px and luma.shape[0] >= 2 * height_px:
        half = (luma.shape[1] // 2, luma.shape[0] // 2)
        luma = np.asarray(cv2.resize(luma, half, interpolation=cv2.INTER_AREA), np.uint8)
    return luma


def shrink(luma: Picture, width_px: int, height_px: int) -> Picture:
    """A small version of a picture (H, W): halved as often as it goes, the rest interpolated."""
    luma = halved(luma, width_px, height_px)
    if luma.shape == (height_px, width_px):
        return luma
    return np.asarray(cv2.resize(luma, (width_px, height_px), interpolation=cv2.INTER_LINEAR), np.uint8)


def to_pixels(polygon: Polygon, size_px: tuple[int, int]) -> NDArray[np.float32]:
    """Corners in pixels, (N, 2) as x, y; `size_px` is (width, height)."""
    return np.asarray(np.asarray(polygon, np.float32).reshape(-1, 2) * np.asarray(size_px, np.float32))


def quadrilateral(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """The four corners that fit a leaf's outline best: top left, top right, bottom right, bottom left.

    An outline clipped by the picture's edge has more corners than a leaf; they are merged step by step.
    """
    quad = corners
    if len(corners) != 4:
        quad = np.asarray(cv2.boxPoints(cv2.minAreaRect(corners)), np.float32)
        for tolerance in np.linspace(0.5, 0.2 * float(np.ptp(corners)), 40):
            merged = cv2.approxPolyDP(corners, float(tolerance), True)[:, 0]
            if len(merged) == 4:
                quad = np.asarray(merged, np.float32)
                break
    centre = quad.mean(axis=0)
    angle = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    return np.ascontiguousarray(quad[np.argsort(angle)], np.float32)


@dataclass(frozen=True, slots=True)
class Flattening:
    """Maps a four-sided surface in the picture to an upright view of `width_px` x `height_px`, margin included."""

    matrix: NDArray[np.float64]
    x_px: Plane  # (height_px, width_px): where each pixel of the view lies in the picture
    y_px: Plane
    width_px: int
    height_px: int

    @staticmethod
    def of(
        outline: Polygon, size_px: tuple[int, int], *, width_px: int, height_px: int, margin_px: int = 0
    ) -> "Flattening":
        """For a surface in 0..1 of a picture of `size_px` (width, height), with `margin_px` of its surroundings."""
        left, top, right, bottom = margin_px, margin_px, margin_px + width_px, margin_px + height_px
        target = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        matrix = np.asarray(cv2.getPerspectiveTransform(quadrilateral(to_pixels(outline, size_px)), target), np.float64)
        width, height = width_px + 2 * margin_px, height_px + 2 * margin_px
        grid = np.mgrid[:height, :width][::-1].reshape(2, -1).T.astype(np.float64)
        places = cv2.perspectiveTransform(grid[None], np.linalg.inv(matrix))[0].astype(np.float32)
        x_px, y_px = (np.ascontiguousarray(axis.reshape(height, width)) for axis in places.T)
        return Flattening(matrix, x_px, y_px, width, height)

    @staticmethod
    def of_leaf(leaf: Polygon, size_px: tuple[int, int]) -> "Flattening":
        """The leaf with its margin, in the size that leaves are compared in."""
        return Flattening.of(leaf, size_px, width_px=LEAF_WIDTH_PX, height_px=LEAF_HEIGHT_PX, margin_px=MARGIN_PX)

    def flatten(self, luma: Picture) -> Picture:
        """The upright view of `luma` (H, W)."""
        return np.asarray(cv2.remap(luma, self.x_px, self.y_px, cv2.INTER_LINEAR), np.uint8)

    def fill(self, polygons: Sequence[Polygon], size_px: tuple[int, int]) -> Picture | None:
        """(height, width) of the upright view: 1 where one of `polygons` (0..1 of the picture) lies; None: nowhere."""
        if not polygons:
            return None
        filled = np.zeros((self.height_px, self.width_px), np.uint8)
        for polygon in polygons:
            corners = cv2.perspectiveTransform(to_pixels(polygon, size_px)[None], self.matrix)[0]
            cv2.fillPoly(filled, [np.clip(corners, -500, 500).round().astype(np.int32)], 1)
        return filled if cv2.countNonZero(filled) else None


def without_margin(plane: Plane) -> Plane:
    """A flattened leaf (LEAF_SHAPE) itself, without what is round it."""
    return plane[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]


def depth_inside(polygon: Polygon, point: tuple[float, float], size_px: tuple[int, int]) -> float:
    """Distance in pixels from `point` (0..1) to the polygon's edge: positive inside, negative outside."""
    x, y = point[0] * size_px[0], point[1] * size_px[1]
    return float(cv2.pointPolygonTest(to_pixels(polygon, size_px), (x, y), True))
