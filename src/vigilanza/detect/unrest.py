"""Whether a leaf looks otherwise in the picture than when it was last looked at."""

import cv2

from vigilanza.detect.gate import LIGHT_EXPLAINS, Activity, place_of
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS, Picture
from vigilanza.detect.texture import count
from vigilanza.domain.door import Polygon

LEAST_SHARE = 1 / (CELL_ROWS * CELL_COLUMNS)
"""Of the box round the leaf: less than one of its cells says nothing of it."""
HOLD_S = 0.6
"""It is disturbed for so long after it last looked otherwise: by then the short average shows what is there."""


class Unrest:
    """Spares one leaf the looks that can say nothing new; the gate's pictures tell."""

    def __init__(self, leaf: Polygon) -> None:
        """Of an outline in 0..1 of the picture."""
        self._place = place_of(leaf)
        self._looked_at: Picture | None = None
        self._stirred_at = float("-inf")

    def stirs(self, activity: Activity, at: float) -> bool:
        """True if it looks otherwise: what creeps is held against the last look, not against the last picture."""
        if self._looked_at is None or activity.light_jumped or self._differs(activity.small, self._looked_at):
            self._stirred_at = at
        return at == self._stirred_at

    def lasts(self, at: float) -> bool:
        """True if it looked otherwise lately."""
        return 0 <= at - self._stirred_at <= HOLD_S

    def look(self, activity: Activity) -> None:
        """The leaf is looked at now."""
        self._looked_at = activity.small

    def _differs(self, small: Picture, before: Picture) -> bool:
        now, then = small[self._place], before[self._place]
        return count(cv2.absdiff(now, then) > cv2.LUT(then, LIGHT_EXPLAINS)) > LEAST_SHARE * now.size
