"""Pictures of a dark place, made plain: what differs from the empty place is shown three times as strongly.

A sensor's noise hides people from networks that learned from daylight, and smoothing hides them too. The empty place is
known without noise from the seconds before; what differs from it by more than noise is somebody, and only there the
picture of the moment counts.
"""

import math
from dataclasses import replace

import cv2
import numpy as np

from vigilanza.detect.geometry import Picture
from vigilanza.detect.texture import Plane
from vigilanza.detect.window import Window
from vigilanza.domain.frame import Frame

DARK_GREY = 60.0
"""Mean brightness below which a place is dark. Above it people are found in pictures as they are."""
ALIKE_S, APART_S = 3.0, 30.0
"""Time constants with which the empty place is followed: where nothing but noise differs, and elsewhere."""
KNOWN_S = 2.0
"""It is known after so many seconds in one light."""
FOLLOW_S = 0.35
GAP_S = 60.0
"""Who sees no picture for longer learns it anew."""
EXAGGERATED = 3.0
SMOOTH_PX, AROUND_PX = 1.2, 3.0
"""Of a Gaussian: for what is shown, and over which it is decided where it differs."""
LEAST_NOISE = 1.0
NOISE, SURE = 1.5, 3.5
"""What differs by less than the first, in parts of how much half of the place does, is noise; by the second, none."""


class Dusk:
    """One window of one camera; times are those of its pictures, in seconds."""

    def __init__(self) -> None:
        self._window: Window | None = None
        self._empty: Plane | None = None
        """None while the place is bright."""
        self._at = self._since = -math.inf

    def follow(self, frame: Frame, window: Window, *, lit: bool) -> None:
        """Take in a picture; `lit`: a light went on or off just now."""
        step = frame.at - self._at
        if 0 <= step < FOLLOW_S and not lit:
            return
        seen = _part(frame, window)
        self._at = frame.at
        bright = _is_bright(seen)
        if self._empty is None or lit or window != self._window or not 0 <= step < GAP_S or bright:
            self._window, self._since = window, frame.at
            self._empty = None if bright else seen.astype(np.float32)
            return
        _, strength = _apart(seen, self._empty)
        likely = cv2.threshold(strength, SURE, 1.0, cv2.THRESH_BINARY_INV)[1].astype(np.uint8)
        cv2.accumulateWeighted(seen, self._empty, _weight(step, ALIKE_S), likely)
        cv2.accumulateWeighted(seen, self._empty, _weight(step, APART_S), 1 - likely)

    def plain(self, frame: Frame, window: Window) -> Frame:
        """`frame` made plain within `window`, if it is dark there and the empty place is known; else as it is."""
        seen = _part(frame, window)
        if self._empty is None or window != self._window or frame.at - self._since < KNOWN_S or _is_bright(seen):
            return frame
        apart, strength = _apart(seen, self._empty)
        sure = np.clip((strength - NOISE) / (SURE - NOISE), 0.0, 1.0)
        luma = frame.luma.copy()
        left, top, right, bottom = window
        luma[top:bottom, left:right] = np.clip(self._empty + EXAGGERATED * sure * apart, 0, 255)
        return replace(frame, luma=luma)


def _apart(seen: Picture, empty: Plane) -> tuple[Plane, Plane]:
    """How many grey levels brighter than the empty place, and how strongly it differs, in parts of the noise."""
    apart = np.asarray(cv2.GaussianBlur(seen - empty, (0, 0), SMOOTH_PX), np.float32)
    apart = apart - np.float32(np.median(apart[::4, ::4]))
    strength = np.asarray(cv2.GaussianBlur(np.abs(apart), (0, 0), AROUND_PX), np.float32)
    return apart, strength / np.float32(max(LEAST_NOISE, float(np.median(strength[::4, ::4]))))


def _part(frame: Frame, window: Window) -> Picture:
    left, top, right, bottom = window
    return frame.luma[top:bottom, left:right]


def _is_bright(seen: Picture) -> bool:
    return cv2.mean(seen)[0] >= DARK_GREY


def _weight(step: float, constant_s: float) -> float:
    return 1.0 - math.exp(-step / constant_s)
