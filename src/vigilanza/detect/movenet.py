"""People as MoveNet MultiPose sees them: a score and seventeen joints each.

Input and output layout: TF Hub, MoveNet MultiPose Lightning (Google, Apache-2.0): int32 RGB 0..255 NHWC in;
[1, 6, 56] out: 17 × (y, x, score), ymin, xmin, ymax, xmax, score, all in 0..1 of the input.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Size, Window, colours, even, size_of
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame

MINIMUM_SCORE = 0.12
"""Scores run low; best on hand-checked corridor footage between 0.10 and 0.13."""
MOST_PEOPLE = 6
WHOLE_PX = (448, 256)
"""Width and height of the input that a whole picture is made to fit."""
STEP_PX = 32
"""Inputs are so many times this wide and high."""

Infer = Callable[[NDArray[np.int32]], NDArray[np.float32]]
"""Runs the network: (1, height, width, 3) in, (1, 6, 56) out; several threads call it at once."""


class MoveNet:
    """A PersonDetector; which library runs the network is `infer`'s affair."""

    def __init__(self, *, infer: Infer, size_px: Size | None = None) -> None:
        """`size_px`: width and height of the only input it takes; None: it takes any, in steps of STEP_PX.

        DetectorError if what `infer` runs is no MoveNet MultiPose, or not of that size.
        """
        self._infer, self._fixed_px = infer, size_px
        width, height = size_px or WHOLE_PX
        try:
            shape = infer(np.zeros((1, height, width, 3), np.int32)).shape
        except Exception as error:
            raise DetectorError(f"is no MoveNet MultiPose: {type(error).__name__}") from error
        if shape != (1, MOST_PEOPLE, 56):
            raise DetectorError(f"is no MoveNet MultiPose: answers {shape}, not (1, 6, 56)")

    def find(self, frame: Frame, window: Window, whole_px: Size | None = None) -> list[Pose]:
        """At most MOST_PEOPLE."""
        try:
            return self._find(frame, even(window), whole_px or size_of(even(window)))
        except Exception as error:
            raise DetectorError(f"people could not be looked for: {type(error).__name__}") from error

    def _find(self, frame: Frame, window: Window, whole_px: Size) -> list[Pose]:
        left, top, _, _ = window
        crop = colours(frame, window)
        most = self._fixed_px or WHOLE_PX
        scale = min(most[0] / whole_px[0], most[1] / whole_px[1])
        shrink = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
        fitted = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=shrink)
        width, height = self._fixed_px or (_enough(fitted.shape[1]), _enough(fitted.shape[0]))
        fitted = fitted[:height, :width]
        picture = np.zeros((1, height, width, 3), np.int32)
        picture[0, : fitted.shape[0], : fitted.shape[1]] = fitted
        found = self._infer(picture)[0]
        to_picture = np.array([width, height], np.float32) / np.float32(scale)
        corner, size = np.array([left, top], np.float32), np.array(frame.size_px, np.float32)
        poses = []
        for row in found[found[:, 55] > MINIMUM_SCORE]:
            joints = row[:51].reshape(17, 3)[:, [1, 0, 2]].astype(np.float32)
            joints[:, :2] = (joints[:, :2] * to_picture + corner) / size
            box = (row[[52, 51, 54, 53]].reshape(2, 2) * to_picture + corner) / size
            poses.append(Pose(float(row[55]), joints, tuple(box.reshape(4).tolist())))
        return poses


def _enough(length_px: int) -> int:
    """The input's least length for a picture of that length; a pixel more than a step is cut off."""
    return STEP_PX * max(1, -(-(length_px - 1) // STEP_PX))
