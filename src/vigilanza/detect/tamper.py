"""Attacks on the camera: compares the whole view with what it should show, as texture, not as light."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.detector import Context
from vigilanza.detect.geometry import shrink, to_pixels
from vigilanza.detect.keep import keep_arrays, kept_arrays
from vigilanza.detect.texture import CELL_PX, Plane, Texture, cell_sums
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

WIDTH_PX, HEIGHT_PX = 14 * CELL_PX, 8 * CELL_PX
UNLIKE = 0.4
LOST_SHARE = 0.7
"""Share of the view's structure that is gone; lamps and infrared change at most 0.4 of it, people near 0.5."""
STRANGE_SHARE = 0.6
DULL_SHARE = 0.65
DULL_ENERGY = 0.2
"""Part of the expected edge energy below which a cell has lost its detail."""
DARK_GREY = 18.0
FROZEN_S = 20.0
"""A living sensor never gives the same picture twice; a static scene at a low bitrate does so between key frames."""
DIM_GREY = 50.0
"""A picture without structure that was never seen otherwise is a dark corridor up to this brightness."""
LOOK_S = 0.35
"""In pictures that come sooner after the last look its answer stands."""
LEARN_S = 1.0
ADAPT_S = 10.0
MASK_GREY = np.float32(128.0)
MAXIMUM_LOOKS = 6
LEAST_STRUCTURE = 0.08
"""Share of cells with structure below which a picture shows nothing."""


@dataclass(frozen=True, slots=True)
class View:
    """The whole picture, small: texture and mean grey level per cell."""

    texture: Texture
    brightness: Plane

    @staticmethod
    def of(plane: Plane) -> "View":
        """Of (HEIGHT_PX, WIDTH_PX) grey levels."""
        return View(Texture.of(plane), cell_sums(plane) / np.float32(CELL_PX * CELL_PX))


class ViewDetector:
    """Learns what one camera shows and says when it no longer does."""

    def __init__(self, *, state: Path | None = None, masks: Sequence[Polygon] = ()) -> None:
        """With `state`, a folder of this camera's own, the view is kept there: a restart does not accept a cover.

        What `masks` (0..1 of the picture) cover is neither compared nor kept.
        """
        self._masked = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
        for mask in masks:
            cv2.fillPoly(self._masked, [to_pixels(mask, (WIDTH_PX, HEIGHT_PX)).round().astype(np.int32)], 1)
        self._masked = cv2.dilate(self._masked, np.ones((3, 3), np.uint8)).astype(np.uint8)
        self._damaged: str | None = None
        self._path = None if state is None else state / "view.npz"
        self._looks: list[View] = []
        self._planes: list[Plane] = []
        self._recalled = False
        self._slow: Plane | None = None
        self._at, self._began = -np.inf, 0.0
        self._said: Sequence[Observation] = ()
        self._last: NDArray[np.uint8] | None = None
        self._moved_at = 0.0
        self._alike_since: float | None = None
        self.forgotten_looks = 0

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """At most one of VIEW_CLEAR, _COVERED, _MOVED, _DEFOCUSED, _DARK, _FROZEN; none while learning or in doubt."""
        if self._recalled and 0 <= frame.at - self._at < LOOK_S:
            return self._said
        small = shrink(frame.luma, WIDTH_PX, HEIGHT_PX).astype(np.float32)
        plane = np.where(self._masked > 0, MASK_GREY, small).astype(np.float32)
        if self._slow is None:
            self._slow, self._began, self._at = plane, frame.at, frame.at
        weight = np.float32(1.0 - np.exp(-max(0.0, frame.at - self._at) / 0.4))
        self._slow = self._slow + weight * (plane - self._slow)
        self._at = frame.at
        if self._is_frozen(frame):
            self._said = [Observation(Fact.VIEW_FROZEN, 1.0)]
            return self._said
        if not self._recalled:
            self._recall()
        if self._looks:
            self._said = self._judge(View.of(self._slow), frame.at, context)
        else:
            self._said = self._learn_first(self._slow, frame.at)
        return self._said

    def _is_frozen(self, frame: Frame) -> bool:
        if self._last is None or not np.array_equal(self._last, frame.luma):
            self._moved_at = frame.at
        self._last = frame.luma
        return frame.at - self._moved_at >= FROZEN_S

    def _judge(self, view: View, at: float, context: Context) -> Sequence[Observation]:
        look = min(self._looks, key=lambda look: _lost_share(look, view))
        lost, dull = _lost_share(look, view), _dull_share(look, view)
        mean, expected = float(view.brightness.mean()), float(look.brightness.mean())
        if mean < DARK_GREY and float(view.texture.informative.mean()) < 0.2 * float(look.texture.informative.mean()):
            return [Observation(Fact.VIEW_DARK, 1.0 - mean / DARK_GREY)]
        if dull >= DULL_SHARE:
            dimmed = abs(np.log((mean + 2) / (expected + 2))) > 0.2
            return [Observation(Fact.VIEW_COVERED if dimmed or lost >= 0.5 else Fact.VIEW_DEFOCUSED, dull)]
        if lost >= LOST_SHARE:
            return [Observation(Fact.VIEW_MOVED, lost)]
        self._adapt(view, lost, at, context)
        return [Observation(Fact.VIEW_CLEAR, 1.0 - lost)] if lost < 0.5 else []

    def _recall(self) -> None:
        """Damaged, it is not learned anew by itself: whatever hides the view now would be taken for it."""
        if self._damaged is not None:
            raise DetectorError(self._damaged)
        if self._path is not None and self._path.exists():
            self._damaged = f"{self._path} is damaged: delete it to learn anew, with a clear view"
            planes = kept_arrays(self._path).get("planes")
            if planes is None or planes.shape[1:] != (HEIGHT_PX, WIDTH_PX):
                raise DetectorError(self._damaged)
            self._damaged = None
            self._planes = [np.asarray(plane, np.float32) for plane in planes]
            self._looks = [View.of(plane) for plane in self._planes]
        self._recalled = True

    def _learn_first(self, plane: Plane, at: float) -> Sequence[Observation]:
        """A picture that shows nothing is not what a camera was hung up for: it is not learned."""
        if at - self._began < LEARN_S:
            return []
        if float(View.of(plane).texture.informative.mean()) < LEAST_STRUCTURE:
            return [Observation(Fact.VIEW_DARK if float(plane.mean()) < DIM_GREY else Fact.VIEW_COVERED, 0.5)]
        self._learn(plane)
        return []

    def _learn(self, plane: Plane) -> None:
        if len(self._looks) >= MAXIMUM_LOOKS:
            del self._looks[1], self._planes[1]
            self.forgotten_looks += 1
        self._looks.append(View.of(plane))
        self._planes.append(plane)
        if self._path is not None:
            keep_arrays(self._path, {"planes": np.stack(self._planes)})

    def _adapt(self, view: View, lost: float, at: float, context: Context) -> None:
        """Learn another light once it has lasted with the picture otherwise at rest.

        What has little left of the first look is none: a lens that is covered bit by bit is not followed.
        """
        restless = context.activity.light_jumped or float(context.activity.changed.mean()) > 0.02
        if lost < 0.15 or restless or _lost_share(self._looks[0], view) >= STRANGE_SHARE:
            self._alike_since = None
            return
        self._alike_since = at if self._alike_since is None else self._alike_since
        if at - self._alike_since >= ADAPT_S:
            self._alike_since = None
            if self._slow is not None:
                self._learn(self._slow)


def _lost_share(look: View, view: View) -> float:
    told = look.texture.informative
    return float((look.texture.likeness(view.texture)[told] < UNLIKE).mean()) if told.any() else 0.0


def _dull_share(look: View, view: View) -> float:
    """Cells that lost their edges although, by their brightness, edges should be seen."""
    told = look.texture.informative
    dimming = np.minimum(1.0, (view.brightness + 2) / (look.brightness + 2)) ** 2
    expected = look.texture.energy * dimming
    told = told & (expected > 2.0)
    return float((view.texture.energy[told] < DULL_ENERGY * expected[told]).mean()) if told.any() else 0.0
