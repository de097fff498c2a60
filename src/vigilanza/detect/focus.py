"""The part of a window in which people are looked for: where they were, and where something moved since.

A look costs what its area does, and what has not moved since the last look was seen by it.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import Picture, shrink
from vigilanza.detect.pose import Pose
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame

COLUMNS, ROWS = 14, 8
"""Of the cells that a window is cut into: the coarsest grid of a network whose input is 448 x 256."""
CELL_PX = 8
"""Side of a cell in the small picture that movement is looked for in."""
PLACE_PX = 2
"""Parts begin at multiples of this, in pixels of the small picture: wherever they do, the network sees the same."""
LEAST_CHANGE, FAINT_CHANGE = 4.0, 2.0
"""Grey levels of a small picture from which on a change is movement; and from which on it may be somebody unknown."""
NOISE, MOST_NOISE = 3.0, 16.0
"""So many times the change that half of the small picture shows is still noise, up to so many grey levels: more than
that everywhere is a light."""
BESIDE_PX, BESIDE_UNKNOWN_PX = 8, 16
"""Pixels of the small picture, 4 of the network's input each, that are looked at on every side of who was found, and of
what moves while nobody is known."""
STILL_S = 1.0
"""Where somebody is known the last look stands no longer than this, even if nothing moves."""
WHOLE_S = 4.0
"""The whole window is looked at this often: somebody may have been missed there and stand still."""

Mask = NDArray[np.bool_]
"""(ROWS * CELL_PX, COLUMNS * CELL_PX)"""


class Focus:
    """Of one camera; all times are those of its pictures, in seconds."""

    def __init__(self) -> None:
        self._window: Window | None = None
        self._small: Picture = np.zeros((0, 0), np.uint8)
        self._at = self._whole_at = -np.inf

    def aim(self, frame: Frame, window: Window, known: Sequence[Pose]) -> Window | None:
        """The part of `window` to look at, `known` being who was found last; None if the last look still holds."""
        small = _small(frame, window)
        if window != self._window or not 0 <= frame.at - self._whole_at < WHOLE_S:
            return self._take(frame, window, small, window)
        moved = _moved(small, self._small, LEAST_CHANGE)
        rests = not moved.any()
        if rests and not known:
            faint = _moved(small, self._small, FAINT_CHANGE).any()
            return self._take(frame, window, small, window) if faint else None
        if rests and frame.at - self._at < STILL_S:
            return None
        for pose in known:
            moved[_covered(pose, window, frame.size_px)] = True
        return self._take(frame, window, small, _part(window, moved, BESIDE_PX if known else BESIDE_UNKNOWN_PX))

    def _take(self, frame: Frame, window: Window, small: Picture, part: Window) -> Window:
        self._window, self._small, self._at = window, small, frame.at
        if part == window:
            self._whole_at = frame.at
        return part


def _small(frame: Frame, window: Window) -> Picture:
    left, top, right, bottom = window
    small = shrink(frame.luma[top:bottom, left:right], COLUMNS * CELL_PX, ROWS * CELL_PX)
    return np.asarray(cv2.blur(small, (3, 3)), np.uint8)


def _moved(small: Picture, before: Picture, least: float) -> Mask:
    change = cv2.absdiff(small, before)
    least = min(max(least, NOISE * float(np.median(change))), MOST_NOISE)
    return np.asarray(change > least)


def _covered(pose: Pose, window: Window, size_px: tuple[int, int]) -> tuple[slice, slice]:
    """Where in the small picture a box is."""
    corner, length = np.array(window[:2]), np.array([window[2] - window[0], window[3] - window[1]])
    end = np.array([COLUMNS, ROWS]) * CELL_PX
    (left, top), (right, bottom) = np.clip((np.array(pose.box).reshape(2, 2) * size_px - corner) / length * end, 0, end)
    return slice(int(top), int(np.ceil(bottom))), slice(int(left), int(np.ceil(right)))


def _part(window: Window, places: Mask, beside_px: int) -> Window:
    """Of `window`, round all `places`, with so much more on every side."""
    left, top, right, bottom = window
    x, y, width, height = cv2.boundingRect(places.view(np.uint8))
    begin_x, end_x = _cells(x - beside_px, x + width + beside_px, COLUMNS)
    begin_y, end_y = _cells(y - beside_px, y + height + beside_px, ROWS)
    across, down = (right - left) / (COLUMNS * CELL_PX), (bottom - top) / (ROWS * CELL_PX)
    return (
        int(left + begin_x * across),
        int(top + begin_y * down),
        round(left + end_x * across),
        round(top + end_y * down),
    )


def _cells(begin_px: int, end_px: int, most: int) -> tuple[int, int]:
    """As many whole cells as hold all between these, at most `most`: the network takes no others."""
    begin_px, end_px = max(0, begin_px), min(most * CELL_PX, end_px)
    length = min(most, math.ceil((end_px - begin_px) / CELL_PX)) * CELL_PX
    begin = (begin_px + end_px - length) // 2 // PLACE_PX * PLACE_PX
    begin = min(max(begin, 0), most * CELL_PX - length)
    return begin, begin + length
