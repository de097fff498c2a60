"""People in dim light, where a sensor's noise hides them from networks that learned from daylight."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame

DIM_GREY = 60.0
"""Mean brightness of what is looked at, below which nobody found may be somebody lost in noise."""
MEDIAN_PX, BLUR_PX = 5, 1.5


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A PersonDetector that asks another one, and in dim light, if nobody is found, again with the noise smoothed away.

    Only then: smoothing makes those visible whom noise hides, and hides those who are small.
    """

    people: PersonDetector

    def find(self, frame: Frame, window: Window) -> list[Pose]:
        """As of the one that is asked."""
        found = self.people.find(frame, window)
        left, top, right, bottom = window
        if found or cv2.mean(frame.luma[top:bottom, left:right])[0] >= DIM_GREY:
            return found
        return self.people.find(_smooth(frame), window)


def _smooth(frame: Frame) -> Frame:
    luma = cv2.GaussianBlur(cv2.medianBlur(frame.luma, MEDIAN_PX), (0, 0), BLUR_PX)
    chroma = [cv2.GaussianBlur(np.ascontiguousarray(plane), (0, 0), BLUR_PX) for plane in frame.chroma]
    return replace(frame, luma=np.asarray(luma, np.uint8), chroma=np.stack(chroma).astype(np.uint8))
