"""Where anything changed that light alone does not explain: decides whether the costly detectors look at all."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import to_pixels
from vigilanza.domain.door import Polygon
from vigilanza.domain.frame import Frame

WIDTH_PX, HEIGHT_PX = 160, 90
MEMORY_S = 8.0
"""Time constant of the running average."""
LIGHT_JUMP = 0.15
"""Change of the logarithm of mean brightness within half a second that is a light going on or off."""
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
        half = cv2.resize(frame.luma, (WIDTH_PX * 2, HEIGHT_PX * 2), interpolation=cv2.INTER_AREA)
        small = cv2.resize(half, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
        infrared = float(np.abs(frame.chroma.astype(np.int16) - 128).mean()) < IR_CHROMA
        jumped = self._light_jumped(frame.at, float(small.mean()), infrared)
        if self._average is None:
            self._average, self._at = small, frame.at
        changed = self._unexplained(small, self._average)
        weight = 1.0 - float(np.exp(-max(0.0, frame.at - self._at) / MEMORY_S))
        self._average = self._average + np.float32(weight) * (small - self._average)
        self._at = frame.at
        return Activity(changed, jumped, infrared)

    @staticmethod
    def _unexplained(small: NDArray[np.float32], average: NDArray[np.float32]) -> NDArray[np.bool_]:
        around = (31, 31)
        gain = (cv2.blur(small, around) + 2) / (cv2.blur(average, around) + 2)
        rest = cv2.GaussianBlur(small - average * gain, (0, 0), 1.0)
        return np.asarray(np.abs(rest) > np.maximum(4.0, 0.06 * small), np.bool_)

    def _light_jumped(self, at: float, mean: float, infrared: bool) -> bool:
        self._brightness = [(t, m) for t, m in self._brightness if at - 0.6 < t < at] + [(at, mean)]
        before = self._brightness[0][1]
        switched = self._infrared is not None and infrared != self._infrared
        self._infrared = infrared
        return switched or abs(float(np.log((mean + 2) / (before + 2)))) > LIGHT_JUMP
