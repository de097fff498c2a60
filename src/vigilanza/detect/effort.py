"""Whether somebody works with the whole body: levers, kicks, throws a shoulder against the door.

Whoever uses force stands in one place and swings the trunk to and fro, a stroke a second or faster. Who waits, reads a
notice, turns a key or pushes a leaflet under the door does not; who bends down once or walks past goes one way, not
to and fro. Legs and hands are often hidden by the body or out of the picture, the trunk hardly ever.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.track import Sighting

WINDOW_S = 4.0
STROKE_LEAST = 0.035
"""Shortest stroke of the shoulders, in leaf heights (7 cm): three times what a still person's joints tremble."""
STROKE_MOST = (0.30, 0.18)
"""Longer ones, across and down, are steps (60 cm) or somebody who crouches or bends down to the floor (35 cm)."""
ROAM_MOST = 0.5
"""Whoever wanders further than this, in leaf heights, within the window is under way."""


def strokes(path: Sequence[Sighting], *, leaf_height_px: float) -> int:
    """To-and-fro strokes of the trunk in the WINDOW_S before the last sighting; 0 for somebody under way."""
    recent = [seen for seen in path if path[-1].at - seen.at <= WINDOW_S]
    places = np.array([seen.shoulders for seen in recent]) / leaf_height_px
    if len(places) < 4 or float(np.ptp(places, axis=0).max()) > ROAM_MOST:
        return 0
    return max(_reversals(places[:, axis], longest) for axis, longest in enumerate(STROKE_MOST))


def _reversals(places: NDArray[np.float64], longest: float) -> int:
    """Strokes from one turning point to the next, from STROKE_LEAST to `longest`, trembling left out."""
    turn = end = float(places[0])
    count = 0
    for place in places.tolist():
        if (place - end) * (end - turn) >= 0:
            if abs(place - turn) > abs(end - turn):
                end = place
        elif abs(place - end) >= STROKE_LEAST:
            count += STROKE_LEAST <= abs(end - turn) <= longest
            turn, end = end, place
    return count + (STROKE_LEAST <= abs(end - turn) <= longest)
