"""Whether somebody works with the whole body: levers, kicks, throws a shoulder against the door.

Whoever uses force stands in one place and swings the trunk to and fro, a stroke in two seconds or faster. Who waits,
reads a notice, turns a key or pushes a leaflet under the door does not; who bends down once or walks past goes one
way, not to and fro. Legs and hands are often hidden by the body or out of the picture, the trunk hardly ever.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.track import Sighting

WINDOW_S = 4.0
LEAST_SIGHTINGS = 4
STROKE_LEAST = 0.2
"""Shortest stroke of the shoulders, in heights of the person's own torso (0.5 m): a key or a leaflet takes less."""
STROKE_MOST, STROKE_MOST_DOWN = 1.25, 0.75
"""Longer ones are steps, or, if they go down, somebody who crouches or bends to the floor."""
STROKE_LONGEST_S = 2.0
"""Force comes in a rhythm: who stands still in between only moves now and then."""
ROAM_MOST = 2.2
"""Whoever wanders further than this within the window is under way."""


def strokes(path: Sequence[Sighting]) -> int:
    """To-and-fro strokes of the trunk in the WINDOW_S before the last sighting; 0 for somebody under way."""
    recent = [seen for seen in path if path[-1].at - seen.at <= WINDOW_S]
    if len(recent) < LEAST_SIGHTINGS:
        return 0
    torso_px = float(np.median([seen.torso_px for seen in recent]))
    places = np.array([seen.shoulders for seen in recent]) / max(1.0, torso_px)
    if float(np.ptp(places, axis=0).max()) > ROAM_MOST:
        return 0
    turns = [(recent[index].at, places[index]) for index in _turns(places)]
    return sum(_is_stroke(end_at - turn_at, end - turn) for (turn_at, turn), (end_at, end) in pairwise(turns))


def _turns(places: NDArray[np.float64]) -> list[int]:
    """The first place, every place where the movement turned back by STROKE_LEAST, and the furthest since."""
    turns, end = [0], 0
    for index, place in enumerate(places):
        if _length(place - places[turns[-1]]) > _length(places[end] - places[turns[-1]]):
            end = index
        elif _length(place - places[end]) >= STROKE_LEAST:
            turns.append(end)
            end = index
    return [*turns, end]


def _is_stroke(lasted: float, way: NDArray[np.float64]) -> bool:
    """From one turning point to the next, neither a trembling, nor a step, nor two movements with a rest between."""
    no_step = _length(way) <= STROKE_MOST and abs(float(way[1])) <= STROKE_MOST_DOWN
    return no_step and _length(way) >= STROKE_LEAST and lasted <= STROKE_LONGEST_S


def _length(way: NDArray[np.float64]) -> float:
    return float(np.hypot(*way))
