"""The part of a window in which people are looked for: where they were, and where something moved since.

A look costs what its area does, and what has not moved since the last look was seen by it.
"""

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
LEAST_CHANGE, FAINT_CHANGE = 4.0, 2.0
"""Grey levels of a small picture from which on a change is movement; and from which on it may be somebody unknown."""
NOISE, MOST_NOISE = 3.0, 16.0
"""So many times the change that half of the small picture shows is still noise, up to so many grey levels: more than
that everywhere is a light."""
BESIDE, BESIDE_UNKNOWN = 1, 2
"""Cells that are looked at on every side of who was found, and of what moves while nobody is known."""
STILL_S = 1.0
"""The last look stands no longer than this, even if nothing moves."""
WHOLE_S = 2.0
"""The whole window is looked at this often: somebody may have been missed there and stand still."""

Cells = NDArray[np.bool_]
"""(ROWS, COLUMNS)"""


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
        if not moved.any():
            faint = not known and _moved(small, self._small, FAINT_CHANGE).any()
            return self._take(frame, window, small, window) if faint or frame.at - self._at >= STILL_S else None
        for pose in known:
            moved[_covered(pose, window, frame.size_px)] = True
        return self._take(frame, window, small, _part(window, moved, beside=BESIDE if known else BESIDE_UNKNOWN))

    def _take(self, frame: Frame, window: Window, small: Picture, part: Window) -> Window:
        self._window, self._small, self._at = window, small, frame.at
        if part == window:
            self._whole_at = frame.at
        return part


def _small(frame: Frame, window: Window) -> Picture:
    left, top, right, bottom = window
    small = shrink(frame.luma[top:bottom, left:right], COLUMNS * CELL_PX, ROWS * CELL_PX)
    return np.asarray(cv2.blur(small, (3, 3)), np.uint8)


def _moved(small: Picture, before: Picture, least: float) -> Cells:
    change = cv2.absdiff(small, before)
    least = min(max(least, NOISE * float(np.median(change))), MOST_NOISE)
    moved = (change > least).reshape(ROWS, CELL_PX, COLUMNS, CELL_PX)
    return np.asarray(moved.any(axis=(1, 3)))


def _covered(pose: Pose, window: Window, size_px: tuple[int, int]) -> tuple[slice, slice]:
    """The cells that a box touches."""
    corner, length = np.array(window[:2]), np.array([window[2] - window[0], window[3] - window[1]])
    places = (np.array(pose.box).reshape(2, 2) * size_px - corner) / length * (COLUMNS, ROWS)
    (left, top), (right, bottom) = np.clip(places, 0, (COLUMNS, ROWS))
    return slice(int(top), int(np.ceil(bottom))), slice(int(left), int(np.ceil(right)))


def _part(window: Window, cells: Cells, *, beside: int) -> Window:
    """Of `window`, round all `cells`, with so many more on every side."""
    left, top, right, bottom = window
    grown = cv2.dilate(cells.view(np.uint8), np.ones((2 * beside + 1, 2 * beside + 1), np.uint8))
    column, row, columns, rows = cv2.boundingRect(grown)
    wide, tall = (right - left) / COLUMNS, (bottom - top) / ROWS
    return (
        int(left + column * wide),
        int(top + row * tall),
        round(left + (column + columns) * wide),
        round(top + (row + rows) * tall),
    )
