"""Changed copies of recordings: what sees only the originals has learned them, not break-ins.

Door polygons go with the pictures, times stay. lab/changed_copy.py writes the copies.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Door, Point, Polygon

Picture = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Luma (H, W) and chroma (2, H / 2, W / 2), H and W even."""
_CROP = 0.05
"""Cut off at each side, of width and height."""
_BLACK, _WHITE = 16, 235
_LEAST_AREA = 1e-4
"""A polygon of less than this part of the picture is out of it."""


def _same(picture: Picture) -> Picture:
    return picture


def _unmoved(polygon: Polygon) -> Polygon:
    return polygon


@dataclass(frozen=True, slots=True)
class Perturbation:
    """How a copy differs. `outline` takes a polygon with the picture; an empty one lies outside the copy."""

    name: str
    says: str
    picture: Callable[[Picture], Picture] = field(default=_same)
    outline: Callable[[Polygon], Polygon] = field(default=_unmoved)
    fps: float | None = None
    bitrate: float | None = None
    """As a part of the original's."""

    def doors(self, doors: Sequence[Door]) -> tuple[Door, ...]:
        """The doors that the copy shows, where it shows them."""
        moved = [replace(door, leaf=self.outline(door.leaf), floor=self.outline(door.floor)) for door in doors]
        return tuple(door for door in moved if door.leaf)

    def masks(self, masks: Sequence[Polygon]) -> tuple[Polygon, ...]:
        """The masks, as far as the copy shows what they hide."""
        return tuple(mask for mask in map(self.outline, masks) if mask)


def _mirror(picture: Picture) -> Picture:
    return picture[0][:, ::-1], picture[1][:, :, ::-1]


def _mirror_outline(polygon: Polygon) -> Polygon:
    return tuple((1.0 - x, y) for x, y in reversed(polygon))


def _crop(picture: Picture) -> Picture:
    luma, chroma = picture
    height, width = chroma.shape[1:]
    down, across = round(height * _CROP), round(width * _CROP)
    return (
        luma[2 * down : 2 * (height - down), 2 * across : 2 * (width - across)],
        chroma[:, down : height - down, across : width - across],
    )


def _crop_outline(polygon: Polygon) -> Polygon:
    scale = 1.0 - 2 * _CROP
    return clipped(tuple(((x - _CROP) / scale, (y - _CROP) / scale) for x, y in polygon))


def _gamma(exponent: float) -> Callable[[Picture], Picture]:
    levels = (np.clip(np.arange(256), _BLACK, _WHITE) - _BLACK) / (_WHITE - _BLACK)
    table = np.rint(_BLACK + levels**exponent * (_WHITE - _BLACK)).astype(np.uint8)
    return lambda picture: (table[picture[0]], picture[1])


def _to_4_3(picture: Picture) -> Picture:
    luma, chroma = picture
    width, height = luma.shape[1], round(luma.shape[1] * 3 / 8) * 2
    half = (chroma.shape[2], height // 2)
    return (
        np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8),
        np.stack([np.asarray(cv2.resize(plane, half), np.uint8) for plane in chroma]),
    )


PERTURBATIONS: Mapping[str, Perturbation] = {
    one.name: one
    for one in (
        Perturbation("mirrored", "left and right exchanged", _mirror, _mirror_outline),
        Perturbation("fps5", "5 pictures a second", fps=5.0),
        Perturbation("half_bitrate", "encoded at half the bitrate", bitrate=0.5),
        Perturbation("cropped", "10 % of width and height cut off", _crop, _crop_outline),
        Perturbation("gamma07", "brighter: gamma 0.7", _gamma(0.7)),
        Perturbation("gamma14", "darker: gamma 1.4", _gamma(1.4)),
        Perturbation("aspect43", "stretched to 4:3", _to_4_3),
    )
}


def clipped(polygon: Polygon) -> Polygon:
    """The part of a polygon inside 0..1, with corners where its edges cross the border; empty if there is none."""
    corners = list(polygon)
    for axis, limit, sign in ((0, 0.0, 1), (0, 1.0, -1), (1, 0.0, 1), (1, 1.0, -1)):
        kept: list[Point] = []
        for before, after in zip(corners[-1:] + corners[:-1], corners, strict=True):
            depth = (before[axis] - limit) * sign, (after[axis] - limit) * sign
            if depth[0] * depth[1] < 0:
                part = depth[0] / (depth[0] - depth[1])
                kept.append((before[0] + part * (after[0] - before[0]), before[1] + part * (after[1] - before[1])))
            if depth[1] >= 0:
                kept.append(after)
        corners = kept
    inside = tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in corners)
    return inside if len(inside) >= 3 and _area(inside) >= _LEAST_AREA else ()


def _area(polygon: Polygon) -> float:
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2
