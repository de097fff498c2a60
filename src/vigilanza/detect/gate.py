"""Where anything changed that light alone does not explain: decides whether the costly detectors look at all."""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from vigilanza.detect.geometry import Picture, shrink, to_pixels
from vigilanza.detect.texture import Cells, Plane, count, share
from vigilanza.domain.door import Polygon
from vigilanza.domain.frame import Frame

WIDTH_PX, HEIGHT_PX = 160, 90
LOOK_S = 0.15
"""In pictures that come sooner after the last look its answer stands."""
MEMORY_S = 8.0
"""Time constant of the running average."""
LIGHT_JUMP = 0.15
"""Change of the logarithm of mean brightness within half a second that is a light going on or off."""
LEAST_CHANGE = 4.0
"""Grey levels that sensor noise does not reach in a small picture."""
RESTLESS_SHARE = 0.02
FINE = 16
"""Parts of a grey level in which changes are compared."""
IR_CHROMA = 1.5
"""Mean distance of U and V from grey below which a camera shows its infrared, colourless picture."""


@dataclass(frozen=True, slots=True)
class Activity:
    """`changed` is (HEIGHT_PX, WIDTH_PX) bool over the whole picture."""

    changed: Cells
    light_jumped: bool
    infrared: bool

    @property
    def restless(self) -> bool:
        """True if the light jumped or much of the picture changed."""
        return self.light_jumped or count(self.changed) > RESTLESS_SHARE * self.changed.size

    def share(self, region: Polygon) -> float:
        """Changed part, 0..1, of a region in 0..1 of the picture."""
        return share(self.changed, _inside(region))


class Gate:
    """Compares each picture with a running average, region by region corrected for light."""

    def __init__(self) -> None:
        self._average: Plane = np.zeros((0, 0), np.float32)
        self._average_around = self._average
        self._at = 0.0
        self._brightness: list[tuple[float, float]] = []
        self._said: Activity | None = None

    def look(self, frame: Frame) -> Activity:
        """Activity in `frame`; the first picture has none."""
        if self._said is not None and 0 <= frame.at - self._at < LOOK_S:
            return self._said
        small = shrink(frame.luma, WIDTH_PX, HEIGHT_PX)
        around = _around(small)
        infrared = _is_infrared(frame)
        jumped = self._light_jumped(frame.at, cv2.mean(small)[0], infrared)
        if self._said is None:
            self._average, self._average_around, self._at = small.astype(np.float32), around.copy(), frame.at
        self._said = Activity(self._changed(small, around), jumped, infrared)
        weight = 1.0 - math.exp(min(0.0, self._at - frame.at) / MEMORY_S)
        cv2.accumulateWeighted(small, self._average, weight)
        cv2.accumulateWeighted(around, self._average_around, weight)
        self._at = frame.at
        return self._said

    def _changed(self, small: Picture, around: Plane) -> Cells:
        """What light does not explain; nothing, without a closer look, if the picture is as the average was."""
        if cv2.norm(small, cv2.convertScaleAbs(self._average), cv2.NORM_INF) < LEAST_CHANGE:
            return np.zeros(small.shape, np.bool_)
        gain = cv2.resize(around / self._average_around, small.shape[::-1], interpolation=cv2.INTER_LINEAR)
        rest = cv2.GaussianBlur(small - self._average * gain, (5, 5), 1.0)
        return np.asarray(cv2.convertScaleAbs(rest, alpha=FINE) > cv2.LUT(small, _LIGHT_EXPLAINS), np.bool_)

    def _light_jumped(self, at: float, mean: float, infrared: bool) -> bool:
        self._brightness = [(t, m) for t, m in self._brightness if at - 0.6 < t < at] + [(at, mean)]
        before = self._brightness[0][1]
        switched = self._said is not None and infrared != self._said.infrared
        return switched or abs(math.log((mean + 2) / (before + 2))) > LIGHT_JUMP


@lru_cache(maxsize=256)
def _inside(region: Polygon) -> Cells:
    """(HEIGHT_PX, WIDTH_PX): where a region in 0..1 of the picture is; asked for the same few doors all the time."""
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    cv2.fillPoly(mask, [to_pixels(region, (WIDTH_PX, HEIGHT_PX)).astype(np.int32)], 1)
    return mask.view(np.bool_)


def _around(small: Picture) -> Plane:
    """Mean brightness of each place's surroundings, a fifth of the picture wide; (HEIGHT_PX / 2, WIDTH_PX / 2)."""
    half = cv2.resize(small, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.boxFilter(half, cv2.CV_32F, (15, 15)) + np.float32(2), np.float32)


def _is_infrared(frame: Frame) -> bool:
    from_grey = (frame.chroma[:, ::8, ::8].reshape(-1) ^ 128).view(np.int8)
    return cv2.norm(from_grey, cv2.NORM_L1) < IR_CHROMA * from_grey.size


_LIGHT_EXPLAINS = (FINE * np.maximum(LEAST_CHANGE, 0.06 * np.arange(256))).astype(np.uint8)
"""Change up to which light and noise account for it, in FINE parts, for each grey level."""
