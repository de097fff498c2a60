"""Whether pictures still come from a sensor: a living one trembles, a stuck encoder repeats itself.

A still scene at a low bitrate repeats itself too, but only between key frames: each key frame shows the sensor's noise
anew. So what counts is the liveliest picture within some seconds, held against what is usual for this camera.
"""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

WINDOW_S = 8.0
"""Long enough for some key frames (every one to four seconds)."""
REPEATED_S = 20.0
"""Nothing at all changes for this long: frozen, whatever was usual."""
CHANGED_GREY = 2
USUAL_LEAST = 0.10
"""Changed share of the picture below which a camera is too clean to be judged by its noise."""
STUCK_SHARE = 0.35
"""Of the usual; repeated pictures, encoded anew at every key frame, reach 0.2 of it."""
FOLLOW_S = 60.0
RELIT = 0.08
"""Change of the logarithm of mean brightness since the noise was last judged: another light has another noise."""


class Liveliness:
    """Watches one camera's pictures for repetition."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._changes: deque[tuple[float, float]] = deque(maxlen=256)
        self._began = self._changed_at = 0.0
        self._usual: float | None = None
        self._brightness = 0.0

    def stuck(self, luma: NDArray[np.uint8], at: float) -> bool:
        """True if the picture (H, W) taken at `at` only repeats earlier ones. In another light all is learned anew."""
        small = np.ascontiguousarray(luma[::4, ::4])
        brightness = float(np.log(small.mean() + 2))
        relit = abs(brightness - self._brightness) > RELIT
        if self._last is None or self._last.shape != small.shape or relit:
            self._forget(small, at, brightness)
            return False
        apart = cv2.absdiff(small, self._last)
        self._last = small
        if apart.any():
            self._changed_at = at
        self._changes.append((at, float(np.count_nonzero(apart > CHANGED_GREY)) / apart.size))
        while at - self._changes[0][0] > WINDOW_S:
            self._changes.popleft()
        return at - self._changed_at >= REPEATED_S or self._unusual(at)

    def _forget(self, small: NDArray[np.uint8], at: float, brightness: float) -> None:
        self._last, self._began, self._changed_at, self._usual = small, at, at, None
        self._brightness = brightness
        self._changes.clear()

    def _unusual(self, at: float) -> bool:
        if self._last is None or at - self._began < WINDOW_S:
            return False
        liveliest = max(share for _, share in self._changes)
        if self._usual is None:
            self._usual = liveliest
        stuck = self._usual >= USUAL_LEAST and liveliest < STUCK_SHARE * self._usual
        if not stuck:
            step = at - self._changes[-2][0] if len(self._changes) > 1 else 0.0
            rise = 1.0 - float(np.exp(-step / FOLLOW_S))
            self._usual = min(liveliest, self._usual + rise * (liveliest - self._usual))
            self._brightness += rise * (float(np.log(self._last.mean() + 2)) - self._brightness)
        return stuck
