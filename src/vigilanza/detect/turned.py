"""Whether a leaf is turned a little about one of its upright edges: a door that is ajar.

How the sealed leaf would be seen if it stood open by some degrees follows from its outline alone. What it looks like
now is held against these views as against the sealed reference: it is ajar if one of them fits better. Shadows, things
and people before the leaf make neither fit better; a camera that was pushed moves the frame as well.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.comparison import leaf_parts, leaf_texture
from vigilanza.detect.geometry import (
    LEAF_HEIGHT_PX,
    LEAF_SHAPE,
    LEAF_WIDTH_PX,
    MARGIN_PX,
    Flattening,
    quadrilateral,
    to_pixels,
)
from vigilanza.detect.reference import Look
from vigilanza.detect.texture import CELL_PX, INFORMATIVE, Cells, Plane, Texture, count, outermost
from vigilanza.domain.door import Polygon

ANGLES_DEG = (6.0, 12.0, 20.0)
"""Of the views, about either edge; each fits for some degrees more and less."""
WIDTH_M, HEIGHT_M = 0.9, 2.1
"""A usual leaf; only the ratio counts."""
FOCAL_LENGTH = 0.7
"""Of a usual camera, in picture widths (71 degrees across); half or twice as much makes little difference."""
LEAST_FIT = 0.2
"""-1 looks as sealed, 1 as turned, 0 as much like the one as like the other."""
LEAST_LIKENESS = 0.5
"""What fits better must also fit: whatever else hides the leaf fits neither view."""
LEAST_CELLS, LEAST_UNLIKE_CELLS = 8, 3.0
"""So many cells must tell, and the two views differ by so many: otherwise noise decides."""
WHOLE = 0.85
"""Part of a cell that the turned leaf must cover; the rest is the open doorway."""
PUSHED_PX = 1.0
"""If the frame fits better when it is moved by this much, the camera was pushed, and nothing is told."""
GAIN = 0.05
"""Of likeness: less is noise."""

_CORNERS = np.array([(0, 0), (WIDTH_M, 0), (WIDTH_M, HEIGHT_M), (0, HEIGHT_M)])
_FLAT = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * (LEAF_WIDTH_PX, LEAF_HEIGHT_PX) + MARGIN_PX
_RIM = outermost((LEAF_SHAPE[0] // CELL_PX, LEAF_SHAPE[1] // CELL_PX))
_SIZE = LEAF_SHAPE[::-1]
_Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Views:
    """One sealed look, and how it would be seen turned; cells are counted along the last axis."""

    look: Look
    fields: _Array  # (cells, views, values of a cell): the gradients
    norm: _Array  # (views, cells)
    energy: _Array  # the same
    unlike: _Array  # the same: how much of the sealed look is lost in it


class TurnedLeaf:
    """Of one leaf in pictures of one size."""

    def __init__(self, leaf: Polygon, size_px: tuple[int, int]) -> None:
        """`leaf` in 0..1 of a picture of `size_px` (width, height)."""
        quads = _turned_quads(leaf, size_px)
        self._warps = [cv2.getPerspectiveTransform(_FLAT.astype(np.float32), quad) for quad in quads]
        self._whole = np.array([_covered(quad) > WHOLE for quad in quads], np.bool_)
        self._views: _Views | None = None

    def fit(self, look: Look, plane: Plane, texture: Texture, visible: Cells) -> float | None:
        """How much better a turned leaf fits than the sealed `look`, -1..1; None if no turned one fits at all.

        `plane` is the flattened leaf as it is now, with its margin, and `texture` that of the leaf.
        """
        if not self._warps:  # no view follows from the outline: only a rest of the leaf is in the picture
            return None
        if self._views is None or self._views.look is not look:
            self._views = self._seen_turned(look)
        views = self._views
        turned = _likeness(views, texture)
        sealed = look.texture.likeness(texture).ravel()
        shown = look.texture.dimming(texture) ** 2
        telling = visible & (np.maximum(look.texture.energy * shown, texture.energy) > INFORMATIVE)
        cells = self._whole & telling.ravel() & (views.energy * shown > INFORMATIVE)
        number, differ = cells.sum(axis=1), (views.unlike * cells).sum(axis=1)
        alike = (turned * cells).sum(axis=1) / np.maximum(number, 1)
        better = ((turned - sealed) * cells).sum(axis=1) / np.maximum(differ, 1.0)
        fits = better[(number >= LEAST_CELLS) & (differ >= LEAST_UNLIKE_CELLS) & (alike >= LEAST_LIKENESS)]
        if not fits.size or (best := float(fits.max())) < LEAST_FIT or _pushed(look.plane, plane):
            return None
        return min(1.0, best)

    def _seen_turned(self, look: Look) -> _Views:
        views = [
            leaf_texture(np.asarray(cv2.warpPerspective(look.plane, warp, _SIZE, borderMode=cv2.BORDER_REPLICATE)))
            for warp in self._warps
        ]
        return _Views(
            look=look,
            fields=np.ascontiguousarray(np.stack([_by_cell(view) for view in views], axis=1)),
            norm=np.stack([view.norm.ravel() for view in views]),
            energy=np.stack([view.energy.ravel() for view in views]),
            unlike=np.stack([1 - look.texture.likeness(view).ravel() for view in views]),
        )


def _likeness(views: _Views, texture: Texture) -> _Array:
    """(views, cells), as Texture.likeness, of all views at once."""
    product = (views.fields @ _by_cell(texture)[..., None])[..., 0].T / np.float32(CELL_PX**2)
    return np.asarray(product / (views.norm * texture.norm.ravel()), np.float32)


def _by_cell(texture: Texture) -> _Array:
    """(cells, values): both gradients of each cell in a row."""
    rows, columns = texture.energy.shape
    fields = np.stack([texture.across, texture.down]).reshape(2, rows, CELL_PX, columns, CELL_PX)
    return fields.transpose(1, 3, 0, 2, 4).reshape(rows * columns, -1)


def _pushed(before: Plane, now: Plane) -> bool:
    """True if what is round the leaf is in another place: a shift betters more of it than it worsens.

    A doorway that opens betters at most what is beside the gap.
    """
    texture, still = Texture.of(now), Texture.of(before)
    rest, telling = still.likeness(texture), still.informative & _RIM
    for right, down in ((PUSHED_PX, 0), (-PUSHED_PX, 0), (0, PUSHED_PX), (0, -PUSHED_PX)):
        shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
        there = Texture.of(np.asarray(cv2.warpAffine(before, shift, _SIZE, borderMode=cv2.BORDER_REPLICATE)))
        gained = (there.likeness(texture) - rest)[telling]
        if count(gained > GAIN) > count(gained < -GAIN):
            return True
    return False


def _turned_quads(leaf: Polygon, size_px: tuple[int, int]) -> list[_Array]:
    """The leaf's corners, in pixels of the flattened leaf, for each view that the camera sees from its front."""
    focal_px = FOCAL_LENGTH * size_px[0]
    lens = np.array([(focal_px, 0, size_px[0] / 2), (0, focal_px, size_px[1] / 2), (0, 0, 1)])
    corners = quadrilateral(to_pixels(leaf, size_px)).astype(np.float64)
    _, turn, shift = cv2.solvePnP(np.insert(_CORNERS, 2, 0.0, axis=1), corners, lens, None)
    matrix = Flattening.of_leaf(leaf, size_px).matrix

    def seen(points: NDArray[np.float64]) -> NDArray[np.float64]:
        picture = cv2.projectPoints(points, turn, shift, lens, None)[0].reshape(1, 4, 2)
        return np.asarray(cv2.perspectiveTransform(picture, matrix)[0], np.float64)

    off = _FLAT - seen(np.insert(_CORNERS, 2, 0.0, axis=1))
    quads = [(seen(_opened(angle, hinge)) + off).astype(np.float32) for hinge in (0.0, WIDTH_M) for angle in ANGLES_DEG]
    return [quad for quad in quads if cv2.contourArea(quad, oriented=True) > 0]


def _opened(angle_deg: float, hinge_m: float) -> NDArray[np.float64]:
    """The leaf's corners in metres, (x, y, inwards), turned into the flat about its edge at x = `hinge_m`."""
    away, angle = _CORNERS[:, 0] - hinge_m, np.radians(angle_deg)
    return np.stack([hinge_m + away * np.cos(angle), _CORNERS[:, 1], np.abs(away) * np.sin(angle)], axis=1)


def _covered(quad: _Array) -> _Array:
    """Part, 0..1, of each cell of the leaf; (cells,)."""
    filled = np.zeros(LEAF_SHAPE, np.uint8)
    cv2.fillConvexPoly(filled, np.rint(np.clip(quad, -500, 500)).astype(np.int32), 1)
    return leaf_parts(filled).ravel()
