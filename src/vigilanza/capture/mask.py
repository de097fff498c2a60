"""Blackening what may not be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vigilanza.capture.decode import planes
from vigilanza.domain.door import Polygon

_BLACK, _GREY = 16, 128
"""Luma and chroma of black in limited range."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A mask for a time: `outline` in 0..1 of the picture, black in what was taken from `start` to `end`, UTC in
    Unix seconds.
    """

    outline: Polygon
    start: float
    end: float

    def touches(self, start: float, end: float) -> bool:
        """Whether anything that was taken from `start` to `end` is black in it."""
        return self.start <= end and start <= self.end


def hides_more(covers: Sequence[Cover], *, than: Sequence[Cover], start: float, end: float) -> bool:
    """Whether `covers` make anything black from `start` to `end` (UTC, Unix seconds) that `than` leave to be seen."""
    return any(not any(_includes(old, one, start, end) for old in than) for one in covers if one.touches(start, end))


def _includes(old: Cover, one: Cover, start: float, end: float) -> bool:
    same = old.outline == one.outline
    return same and old.start <= max(one.start, start) and old.end >= min(one.end, end)


def masked_i420(picture: VideoFrame, masks: Sequence[Polygon]) -> NDArray[np.uint8]:
    """The picture as I420 (H * 3 // 2, W), H and W made even, limited range, black in luma and chroma in the masks.

    Masks are polygons in 0..1 of the picture; each pixel they touch is black, and one pixel around them.
    """
    width, height = picture.width // 2 * 2, picture.height // 2 * 2
    luma, chroma = planes(picture.reformat(format="yuv420p", dst_color_range="MPEG"))
    luma, chroma = luma[:height, :width].copy(), chroma.copy()
    if masks:
        covered = _covered(masks, picture.width, picture.height)[:height, :width]
        luma[covered] = _BLACK
        chroma[:, covered.reshape(height // 2, 2, width // 2, 2).any(axis=(1, 3))] = _GREY
    return np.concatenate([luma.ravel(), chroma.ravel()]).reshape(height * 3 // 2, width)


def _covered(masks: Sequence[Polygon], width: int, height: int) -> NDArray[np.bool_]:
    drawn = np.zeros((height, width), np.uint8)
    for polygon in masks:
        corners = np.array([(x * width, y * height) for x, y in polygon])
        cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], 1)
    return cv2.dilate(drawn, np.ones((3, 3), np.uint8)).astype(np.bool_)
