"""A part of the picture, as networks want it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.frame import Frame

Window = tuple[int, int, int, int]
"""Part of the picture that is looked at: left, top, right, bottom in pixels."""
Size = tuple[int, int]
"""Width and height in pixels."""


def size_of(window: Window) -> Size:
    """How large it is."""
    left, top, right, bottom = window
    return right - left, bottom - top


def even(window: Window) -> Window:
    """Its borders at even pixels, where colours begin."""
    left, top, right, bottom = (value & ~1 for value in window)
    return left, top, right, bottom


def colours(frame: Frame, window: Window) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of `window`, see even."""
    left, top, right, bottom = even(window)
    planes = [frame.luma[top:bottom, left:right]]
    planes += [plane[top // 2 : bottom // 2, left // 2 : right // 2] for plane in frame.chroma]
    stacked = np.concatenate([np.ascontiguousarray(plane).reshape(-1) for plane in planes])
    i420 = stacked.reshape((bottom - top) * 3 // 2, right - left)
    return np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), np.uint8)
