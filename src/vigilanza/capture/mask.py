"""Blackening what may not be seen."""

from collections.abc import Sequence

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vigilanza.capture.decode import planes
from vigilanza.domain.door import Polygon

_BLACK, _GREY = 16, 128
"""Luma and chroma of black in limited range."""


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
