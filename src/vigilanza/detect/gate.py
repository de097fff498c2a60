"""Where anything changed that light alone does not explain: decides whether the costly detectors look at all."""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from vigilanza.detect.geometry import Picture, halved, shrink, to_pixels
from vigilanza.detect.texture import Cells, Plane, count
from vigilanza.domain.door import Polygon
from vigilanza.domain.frame import Frame

WIDTH_PX, HEIGHT_PX = 160, 90
LOOK_S = 0.15
"""In pictures that come sooner after the last look its answer stands."""
COMPARE_S = 0.75
"""Held against the running average this often, and at once if something begins to move, or much moves."""
FEW_SHARE, MUCH_SHARE = 0.001, 0.1
"""Parts of the picture: what moves beyond the first is no noise, beyond the second no single person far away."""
MEMORY_S = 8.0
"""Time constant of the running average."""
LIGHT_JUMP = 0.15
"""Change of the logarithm of mean brightness within half a second that is a light going on or off."""
LEAST_CHANGE = 4
"""Grey levels that sensor noise does not reach in a small picture."""
RESTLESS_SHARE = 0.02
LIGHT_EXPLAINS = np.maximum(LEAST_CHANGE, 0.06 * np.arange(256)).astype(np.uint8)
"""Change in grey levels, for each of them, up to which light and noise account for it."""
FINE = 16
"""Parts of a grey level in which changes are compared with the average."""
_EXPLAINED = (FINE * np.maximum(LEAST_CHANGE, 0.06 * np.arange(256))).astype(np.uint8)
IR_CHROMA = 1.5
"""Mean distance of U and V from grey below which a camera shows its infrared, colourless picture."""


@dataclass(frozen=True, slots=True)
class Activity:
    """`changed` is (HEIGHT_PX, WIDTH_PX) bool over the whole picture."""

    at: float
    """When it was looked at last: in pictures that come after this the answer stands."""
    changed: Cells
    moved: float
    """Part of the picture, 0..1, that differs from the one that was compared before; sensor noise hardly does."""
    light_jumped: bool
    infrared: bool
    small: Picture
    """What was looked at, (HEIGHT_PX, WIDTH_PX)."""
    coarse: Picture
    """The same, halved only as often as it stays at least twice as large."""

    @property
    def restless(self) -> bool:
        """True if the light jumped or much of the picture changed."""
        return self.light_jumped or count(self.changed) > RESTLESS_SHARE * self.changed.size

    def share(self, region: Polygon) -> float:
        """Changed part, 0..1, of a region in 0..1 of the picture."""
        place, inside, size = _inside(region)
        return count(self.changed[place] & inside) / size


class Gate:
    """Compares each picture with a running average, region by region corrected for light."""

    def __init__(self) -> None:
        self._average: Plane = np.zeros((0, 0), np.float32)
        self._average_around = self._average
        self._compared: Picture = np.zeros((0, 0), np.uint8)
        self._at = self._compared_at = 0.0
        self._moves = False
        self._brightness: list[tuple[float, float]] = []
        self._said: Activity | None = None

    def look(self, frame: Frame) -> Activity:
        """Activity in `frame`; the first picture has none."""
        before, at = self._said, frame.at
        if before is not None and 0 <= at - self._at < LOOK_S:
            return before
        coarse = halved(frame.luma, 2 * WIDTH_PX, 2 * HEIGHT_PX)
        small = shrink(coarse, WIDTH_PX, HEIGHT_PX)
        jumped = self._light_jumped(at, cv2.mean(small)[0])
        moved = 0.0 if before is None else count(cv2.absdiff(small, self._compared) > LEAST_CHANGE) / small.size
        sudden = before is None or jumped or self._is_sudden(moved)
        changed, infrared = (None, False) if before is None else (before.changed, before.infrared)
        if changed is None or sudden or not 0 <= at - self._compared_at < COMPARE_S:
            changed, infrared = self._compare(small, at), _is_infrared(frame)
            jumped = jumped or (before is not None and infrared != before.infrared)
        self._at = at
        self._said = Activity(at, changed, moved, jumped, infrared, small, coarse)
        return self._said

    def _is_sudden(self, moved: float) -> bool:
        """True if movement begins, or so much moves that it may be something else."""
        begins, self._moves = not self._moves, moved > FEW_SHARE
        return self._moves and (begins or moved > MUCH_SHARE)

    def _compare(self, small: Picture, at: float) -> Cells:
        """What changed, held against the running average, which then takes it in."""
        around = _around(small)
        if self._said is None:
            self._average, self._average_around, self._compared_at = small.astype(np.float32), around.copy(), at
        changed = self._changed(small, around)
        weight = 1.0 - math.exp(min(0.0, self._compared_at - at) / MEMORY_S)
        cv2.accumulateWeighted(small, self._average, weight)
        cv2.accumulateWeighted(around, self._average_around, weight)
        self._compared, self._compared_at = small, at
        return changed

    def _changed(self, small: Picture, around: Plane) -> Cells:
        """What light does not explain."""
        gain = cv2.resize(around / self._average_around, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
        rest = cv2.GaussianBlur(small - self._average * gain, (5, 5), 1.0)
        return np.asarray(cv2.convertScaleAbs(rest, alpha=FINE) > cv2.LUT(small, _EXPLAINED), np.bool_)

    def _light_jumped(self, at: float, mean: float) -> bool:
        self._brightness = [(t, m) for t, m in self._brightness if at - 0.6 < t < at] + [(at, mean)]
        return abs(math.log((mean + 2) / (self._brightness[0][1] + 2))) > LIGHT_JUMP


def place_of(region: Polygon) -> tuple[slice, slice]:
    """Rows and columns of the box round a region in 0..1 of the picture."""
    return _inside(region)[0]


@lru_cache(maxsize=256)
def _inside(region: Polygon) -> tuple[tuple[slice, slice], Cells, int]:
    """The box round a region, which part of it is inside and how much; asked for the same few doors all the time."""
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    cv2.fillPoly(mask, [to_pixels(region, (WIDTH_PX, HEIGHT_PX)).astype(np.int32)], 1)
    left, top, width, height = cv2.boundingRect(mask)
    place = slice(top, top + height), slice(left, left + width)
    return place, mask[place].view(np.bool_), max(1, cv2.countNonZero(mask))


def _around(small: Picture) -> Plane:
    """Mean brightness of each place's surroundings, a fifth of the picture wide; (HEIGHT_PX / 2, WIDTH_PX / 2)."""
    half = cv2.resize(small, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.boxFilter(half, cv2.CV_32F, (15, 15)) + np.float32(2), np.float32)


def _is_infrared(frame: Frame) -> bool:
    from_grey = (frame.chroma[:, ::8, ::8].reshape(-1) ^ 128).view(np.int8)
    return cv2.norm(from_grey, cv2.NORM_L1) < IR_CHROMA * from_grey.size
