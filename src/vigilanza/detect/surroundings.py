"""The part of the picture in which somebody who comes to the sealed doors of a camera, or goes, is seen."""

from functools import lru_cache

import numpy as np

from vigilanza.detect.geometry import to_pixels
from vigilanza.detect.window import Window
from vigilanza.domain.door import Door, Polygon

WAKE_SHARE = 0.004
"""Changed share of the surroundings of the doors above which people are looked for."""


@lru_cache(maxsize=256)
def surroundings_of(doors: tuple[Door, ...], size_px: tuple[int, int]) -> Window:
    """The window, shaped like the network's input, that shows the doors and somebody coming or going.

    Asked for the same few doors at every picture.
    """
    width, height = size_px
    leaves = np.concatenate([to_pixels(door.leaf, size_px) for door in doors])
    points = np.concatenate([leaves, *(to_pixels(door.floor, size_px) for door in doors)])
    low, high = points.min(axis=0), points.max(axis=0)
    leaf_height = float(max(np.ptp(to_pixels(door.leaf, size_px)[:, 1]) for door in doors))
    tall = max(1.35 * float(high[1] - low[1]), 1.5 * leaf_height)
    wide = max(1.75 * tall, 1.5 * float(high[0] - low[0]) + leaf_height)
    tall = max(tall, wide / 1.75)
    if tall >= height or wide >= width:
        return 0, 0, width, height
    left = min(max(float(low[0] + high[0]) / 2 - wide / 2, 0.0), width - wide)
    top = min(max(float(low[1] + high[1]) / 2 - tall / 2, 0.0), height - tall)
    return int(left), int(top), int(left + wide), int(top + tall)


def outline(window: Window, size_px: tuple[int, int]) -> Polygon:
    """A window in pixels as a polygon in 0..1 of the picture."""
    left, top, right, bottom = (np.array(window) / np.tile(size_px, 2)).tolist()
    return (left, top), (right, top), (right, bottom), (left, bottom)
