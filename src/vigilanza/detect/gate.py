"""Where anything changed that light alone does not explain: decides whether the costly detectors look at all."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import Picture, shrink, to_pixels
from vigilanza.domain.door import Polygon
from vigilanza.domain.frame import Frame

WIDTH_PX, HEIGHT_PX = 160, 90
MEMORY_S = 8.0
"""Time constant of the running average."""
LIGHT_JUMP = 0.15
"""Change of the logarithm of mean brightness within half a second that is a light going on or off."""
LEAST_CHANGE = 4.0
"""Grey levels that sensor noise does not reach in a small picture."""
IR_CHROMA = 1.5
"""Mean distance of U and V from grey below which a camera shows its infrared, colourless picture."""


@dataclass(frozen=True, slots=True)
class Activity:
    """`changed` is (HEIGHT_PX, WIDTH_PX) bool over the whole picture."""

    changed: NDArray[np.bool_]
    light_jumped: bool
    infrared: bool

    def share(self, region: Polygon) -> float:
        """Changed part, 0..1, of a region in 0..1 of the picture."""
        mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
        cv2.fillPoly(mask, [to_pixels(region, (WIDTH_PX, HEIGHT_PX)).astype(np.int32)], 1)
        area = int(mask.sum())
        return float(self.changed[mask > 0].sum()) / area if area else 0.0


class Gate:
    """Compares each picture with a running average, region by region corrected for light."""

    def __init__(self) -> None:
        self._average: NDArray[np.float32] | None = None
        self._at = 0.0
        self._brightness: list[tuple[float, float]] = []
        self._infrared: bool | None = None

    def look(self, frame: Frame) -> Activity:
        """Activity in `frame`; the first picture has none."""
        small = shrink(frame.luma, WIDTH_PX, HEIGHT_PX)
        infrared = float(np.abs(frame.chroma[:, ::8, ::8].astype(np.int16) - 128).mean()) < IR_CHROMA
        jumped = self._light_jumped(frame.at, cv2.mean(small)[0], infrared)
        if self._average is None:
            self._average, self._at = small.astype(np.float32), frame.at
        changed = self._changed(small, self._average)
        weight = 1.0 - float(np.exp(-max(0.0, frame.at - self._at) / MEMORY_S))
        cv2.accumulateWeighted(small, self._average, weight)
        self._at = frame.at
        return Activity(changed, jumped, infrared)

    def _changed(self, small: Picture, average: NDArray[np.float32]) -> NDArray[np.bool_]:
        """What light does not explain; nothing, without a closer look, if the picture is as the average was."""
        apart = cv2.absdiff(small, cv2.convertScaleAbs(average))
        if cv2.minMaxLoc(apart)[1] < LEAST_CHANGE:
            return np.zeros(small.shape, np.bool_)
        return self._unexplained(small.astype(np.float32), average)

    @staticmethod
    def _unexplained(small: NDArray[np.float32], average: NDArray[np.float32]) -> NDArray[np.bool_]:
        gain = cv2.resize(_around(small) / _around(average), (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
        rest = cv2.GaussianBlur(small - average * gain, (0, 0), 1.0)
        return np.asarray(np.abs(rest) > np.maximum(LEAST_CHANGE, 0.06 * small), np.bool_)

    def _light_jumped(self, at: float, mean: float, infrared: bool) -> bool:
        self._brightness = [(t, m) for t, m in self._brightness if at - 0.6 < t < at] + [(at, mean)]
        before = self._brightness[0][1]
        switched = self._infrared is not None and infrared != self._infrared
        self._infrared = infrared
        return switched or abs(float(np.log((mean + 2) / (before + 2)))) > LIGHT_JUMP


def _around(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean brightness of each place's surroundings, a fifth of the picture wide; (HEIGHT_PX / 2, WIDTH_PX / 2)."""
    half = cv2.resize(grey, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(half, (15, 15)) + 2, np.float32)
