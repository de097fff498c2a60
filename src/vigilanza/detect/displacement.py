"""How far the two upright edges of a leaf are from where its reference has them, apart from where its frame is.

One step of Lucas and Kanade (1981) in each of many small blocks: the shift that explains best, by the gradients of the
reference, what the block shows now. Each block has its own gain, so that light does not matter; a median over blocks
does not heed the few that an arm or its shadow crosses; and what the frame does as well, the camera did.
"""

from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import LEAF_HEIGHT_PX, LEAF_SHAPE, MARGIN_PX, Picture
from vigilanza.detect.texture import Plane

_Value = TypeVar("_Value", np.float32, np.uint8)

FREE_PART = 0.7
"""Part of a block that nobody may hide."""
LEAST_ENERGY = 150.0
"""Sum of the squared gradients of a block, in grey levels, from which on it tells a shift across."""
LEAST_GAIN = 0.3
"""A block that shows less of the reference's structure shows something else."""
LEAST_BLOCKS, LEAST_UPPER = 5, 3
STEADY_PX = 0.3
"""If the frame is further from its place than this, the camera moves, and nothing is told."""

_BLOCKS, _TALL = 10, LEAF_HEIGHT_PX // 10
"""Along an edge, from the top; each so many pixels high."""
_UPPER = 4
"""Of them: the shadow of somebody at the door hardly reaches there."""
_WIDTH_PX = LEAF_SHAPE[1]
_STRIPS = (
    slice(MARGIN_PX - 3, MARGIN_PX + 21),
    slice(_WIDTH_PX - MARGIN_PX - 21, _WIDTH_PX - MARGIN_PX + 3),
    slice(0, MARGIN_PX - 3),
    slice(_WIDTH_PX - MARGIN_PX + 3, _WIDTH_PX),
)
"""Columns that show the left and the right edge of the leaf, and the frame beside them."""
_COLUMNS = np.concatenate([np.arange(_WIDTH_PX)[strip] for strip in _STRIPS])
_DOWN = np.kron(np.eye(_BLOCKS), np.ones((1, _TALL))).astype(np.float32)
_ACROSS = np.stack([np.isin(_COLUMNS, np.arange(_WIDTH_PX)[strip]) for strip in _STRIPS], axis=1).astype(np.float32)
_AREA_PX = _TALL * _ACROSS.sum(axis=0)
_RIDGE = np.diag([10.0, 20.0, 20.0]).astype(np.float32)
_Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shift:
    """Of one edge of the leaf against its frame, to the right, in pixels of the flattened leaf: in all, and above."""

    whole_px: float
    upper_px: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """A flattened leaf in its place, margin included, and what it takes to say how far another picture of it is off."""

    fields: _Array  # (3, rows, columns of the strips): structure and its gradients
    products: _Array  # (3, 3, rows, columns): of each two of them
    normal: _Array  # (blocks, strips, 3, 3): their sums

    @staticmethod
    def of(plane: Plane) -> "Anchor":
        """Of grey levels of LEAF_SHAPE."""
        structure = _structure(plane)
        gradients = [cv2.Sobel(structure, cv2.CV_32F, x, 1 - x, ksize=3, scale=-1 / 8) for x in (1, 0)]
        fields = np.stack([_strips(np.asarray(field, np.float32)) for field in (structure, *gradients)])
        products = fields[:, None] * fields[None]
        return Anchor(fields, products, _normal(products))

    def shifts(self, plane: Picture, hidden: Picture | None) -> tuple[Shift | None, Shift | None]:
        """Of the left and the right edge in `plane`, as far as they can be told; `hidden` is 1 where somebody is."""
        seen = self.fields * _strips(_structure(plane.astype(np.float32)))
        normal, whole = self.normal, None
        if hidden is not None:
            free = 1.0 - _strips(hidden).astype(np.float32)
            seen *= free
            normal, whole = _normal(self.products * free), _sums(free) >= FREE_PART * _AREA_PX
        right = np.moveaxis(_sums(seen), 0, -1)
        gain, across, _ = np.moveaxis(np.linalg.solve(normal, right[..., None])[..., 0], -1, 0)
        telling = (normal[..., 1, 1] > LEAST_ENERGY) & (gain > LEAST_GAIN)
        if whole is not None:
            telling &= whole
        off = across / np.where(telling, gain, np.nan)
        rest = off[:, 2:][telling[:, 2:]].tolist()
        if len(rest) < LEAST_BLOCKS or abs(still := median(rest)) > STEADY_PX:
            return None, None
        return _shift(off[:, 0], telling[:, 0], still), _shift(off[:, 1], telling[:, 1], still)


def _structure(plane: Plane) -> Plane:
    """What is neither noise nor light."""
    smooth = cv2.GaussianBlur(plane, (5, 5), 1.0)
    return np.asarray(smooth - cv2.blur(plane, (7, 7)), np.float32)


def _strips(field: NDArray[_Value]) -> NDArray[_Value]:
    """Of a field of LEAF_SHAPE: the height of the leaf, the strips side by side."""
    beside = field[MARGIN_PX:-MARGIN_PX]
    return np.concatenate([beside[:, strip] for strip in _STRIPS], axis=1)


def _sums(field: _Array) -> _Array:
    """(..., rows, columns of the strips) → (..., blocks, strips)."""
    return np.asarray(_DOWN @ field @ _ACROSS, np.float32)


def _normal(products: _Array) -> _Array:
    return np.asarray(np.moveaxis(_sums(products), (0, 1), (-2, -1)) + _RIDGE, np.float32)


def _shift(blocks: _Array, telling: NDArray[np.bool_], still: float) -> Shift | None:
    known, upper = blocks[telling].tolist(), blocks[:_UPPER][telling[:_UPPER]].tolist()
    if len(known) < LEAST_BLOCKS or len(upper) < LEAST_UPPER:
        return None
    return Shift(median(known) - still, median(upper) - still)
