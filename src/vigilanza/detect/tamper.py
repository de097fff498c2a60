"""Attacks on the camera: compares the whole view with what it should show, as texture, not as light."""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.detector import Context
from vigilanza.detect.gate import Activity
from vigilanza.detect.geometry import Picture, shrink, to_pixels
from vigilanza.detect.keep import keep_arrays, kept_arrays
from vigilanza.detect.texture import CELL_PX, Plane, Texture, count, share
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
SMOOTH_S = 0.4
LOOK_S, REST_S = 0.35, 1.45
"""In pictures that come sooner after the last look its answer stands; the second for a clear view without unrest."""
UNREST_SHARE, UNREST_S = 0.1, 1.0
"""Part of the picture that differs: covering or turning a camera changes more of it; and the time after, in which the
smoothed picture comes to show that."""
LEARN_S = 1.0
ADAPT_S = 10.0
MASK_GREY = 128
MAXIMUM_LOOKS = 6
LEAST_STRUCTURE = 0.08
"""Share of cells with structure below which a picture shows nothing."""


class ViewDetector:
    """Learns what one camera shows and says when it no longer does."""

    def __init__(self, *, state: Path | None = None, masks: Sequence[Polygon] = ()) -> None:
        """With `state`, a folder of this camera's own, the view is kept there: a restart does not accept a cover.

        What `masks` (0..1 of the picture) cover is neither compared nor kept.
        """
        self._masked = _filled(masks) if masks else None
        self._damaged: str | None = None
        self._path = None if state is None else state / "view.npz"
        self._looks: list[Texture] = []
        self._planes: list[Plane] = []
        self._recalled = False
        self._slow: Plane | None = None
        self._at, self._began = -np.inf, 0.0
        self._said: Sequence[Observation] = ()
        self._stirred_at = -np.inf
        self._last: tuple[Picture, Picture] | None = None
        self._moved_at = 0.0
        self._alike_since: float | None = None
        self.forgotten_looks = 0

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """At most one of VIEW_CLEAR, _COVERED, _MOVED, _DEFOCUSED, _DARK, _FROZEN; none while learning or in doubt."""
        if context.activity.at != frame.at or (self._recalled and self._rests(frame.at, context.activity)):
            return self._said
        small = shrink(context.activity.coarse, WIDTH_PX, HEIGHT_PX)
        if self._masked is not None:
            small = np.where(self._masked, MASK_GREY, small)
        if self._slow is None:
            self._slow, self._began, self._at = small.astype(np.float32), frame.at, frame.at
        cv2.accumulateWeighted(small, self._slow, 1.0 - math.exp(min(0.0, self._at - frame.at) / SMOOTH_S))
        self._at = frame.at
        if self._is_frozen(frame, context.activity.small):
            self._said = [Observation(Fact.VIEW_FROZEN, 1.0)]
            return self._said
        if not self._recalled:
            self._recall()
        if self._looks:
            self._said = self._judge(Texture.of(self._slow), frame.at, context)
        else:
            self._said = self._learn_first(self._slow, frame.at)
        return self._said

    def _rests(self, at: float, activity: Activity) -> bool:
        """True if the last answer stands: it was just given, or the view is clear and hardly anything moves in it."""
        if activity.light_jumped or activity.moved > UNREST_SHARE:
            self._stirred_at = at
        said = {seen.kind for seen in self._said}
        if Fact.VIEW_FROZEN in said:
            return False
        calm = Fact.VIEW_CLEAR in said and at - self._stirred_at > UNREST_S
        return 0 <= at - self._at < (REST_S if calm else LOOK_S)

    def _is_frozen(self, frame: Frame, small: Picture) -> bool:
        """Nearly always the small pictures tell that two are not the same."""
        before, self._last = self._last, (small, frame.luma)
        if before is None or not (np.array_equal(before[0], small) and np.array_equal(before[1], frame.luma)):
            self._moved_at = frame.at
        return frame.at - self._moved_at >= FROZEN_S

    def _judge(self, view: Texture, at: float, context: Context) -> Sequence[Observation]:
        shares = [_lost_share(look, view) for look in self._looks]
        lost = min(shares)
        look = self._looks[shares.index(lost)]
        dull = _dull_share(look, view)
        mean, expected = cv2.mean(view.brightness)[0], cv2.mean(look.brightness)[0]
        if mean < DARK_GREY and _structure(view) < 0.2 * _structure(look):
            return [Observation(Fact.VIEW_DARK, 1.0 - mean / DARK_GREY)]
        if dull >= DULL_SHARE:
            dimmed = abs(np.log((mean + 2) / (expected + 2))) > 0.2
            return [Observation(Fact.VIEW_COVERED if dimmed or lost >= 0.5 else Fact.VIEW_DEFOCUSED, dull)]
        if lost >= LOST_SHARE:
            return [Observation(Fact.VIEW_MOVED, lost)]
        self._adapt(lost, shares[0], at, context)
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
            self._looks = [Texture.of(plane) for plane in self._planes]
        self._recalled = True

    def _learn_first(self, plane: Plane, at: float) -> Sequence[Observation]:
        """A picture that shows nothing is not what a camera was hung up for: it is not learned."""
        if at - self._began < LEARN_S:
            return []
        if _structure(Texture.of(plane)) < LEAST_STRUCTURE:
            return [Observation(Fact.VIEW_DARK if float(plane.mean()) < DIM_GREY else Fact.VIEW_COVERED, 0.5)]
        self._learn(plane)
        return []

    def _learn(self, plane: Plane) -> None:
        if len(self._looks) >= MAXIMUM_LOOKS:
            del self._looks[1], self._planes[1]
            self.forgotten_looks += 1
        self._looks.append(Texture.of(plane))
        self._planes.append(plane.copy())
        if self._path is not None:
            keep_arrays(self._path, {"planes": np.stack(self._planes)})

    def _adapt(self, lost: float, lost_of_first: float, at: float, context: Context) -> None:
        """Learn another light once it has lasted with the picture otherwise at rest.

        What has little left of the first look is none: a lens that is covered bit by bit is not followed.
        """
        if lost < 0.15 or lost_of_first >= STRANGE_SHARE or context.activity.restless:
            self._alike_since = None
            return
        self._alike_since = at if self._alike_since is None else self._alike_since
        if at - self._alike_since >= ADAPT_S:
            self._alike_since = None
            if self._slow is not None:
                self._learn(self._slow)


def _filled(masks: Sequence[Polygon]) -> NDArray[np.bool_]:
    """(HEIGHT_PX, WIDTH_PX): where masks reach, with what is next to them."""
    filled = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    for mask in masks:
        cv2.fillPoly(filled, [to_pixels(mask, (WIDTH_PX, HEIGHT_PX)).round().astype(np.int32)], 1)
    return np.asarray(cv2.dilate(filled, np.ones((3, 3), np.uint8)) > 0, np.bool_)


def _structure(view: Texture) -> float:
    """Share of cells with structure, 0..1."""
    return count(view.informative) / view.energy.size


def _lost_share(look: Texture, view: Texture) -> float:
    return share(look.likeness(view) < UNLIKE, look.informative)


def _dull_share(look: Texture, view: Texture) -> float:
    """Cells that lost their edges although, by their brightness, edges should be seen."""
    dimming = np.minimum(1.0, (view.brightness + 2) / (look.brightness + 2)) ** 2
    expected = look.energy * dimming
    told = look.informative & (expected > 2.0)
    return share(view.energy < DULL_ENERGY * expected, told)
