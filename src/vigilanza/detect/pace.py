"""How often people are looked for: a look is dear, and hands move only where somebody is near a sealed door."""

from collections.abc import Sequence

import numpy as np

from vigilanza.detect.pose import Pose
from vigilanza.domain.door import Door

LOOKS_HZ = 5.0
"""At most, and while somebody works at a sealed door: whoever goes in is through it within a second, and is known by
where they were seen last. Looks fall into fifths of a second, whatever the rate of the pictures."""
BRISK_EVERY, CALM_EVERY = 2, 4
"""Of these every second will do for hands, and while nobody is near a sealed door every fourth: whoever walks up to it
takes longer."""
URGENT_S = 5.0
"""No look is left out for so long after somebody worked at a sealed door."""
BRISK_S = 2.0
"""Every second look is taken for so long after something began to move, and after somebody was near a door."""
REACH = 0.5
"""In widths of the leaf: who is farther than this beside leaf and floor is not near."""

Box = tuple[float, float, float, float]


class Pace:
    """Of one camera; all times are those of its pictures, in seconds."""

    def __init__(self) -> None:
        self._turn = -1
        self._brisk_until = self._urgent_until = -np.inf

    def begin(self, at: float) -> None:
        """Something begins to move."""
        self._brisk_until = at + BRISK_S

    def saw(self, poses: Sequence[Pose], doors: Sequence[Door], at: float) -> None:
        """Those were found at the last look; `doors` are the sealed ones."""
        if any(_overlap(pose.box, _neighbourhood(door)) for pose in poses for door in doors):
            self._brisk_until = at + BRISK_S

    def urge(self, at: float) -> None:
        """Somebody works at a sealed door."""
        self._urgent_until = at + URGENT_S

    def takes(self, at: float) -> bool:
        """Whether it is time for a look; if so, that look is taken."""
        turn = int(at * LOOKS_HZ + 1e-3)
        due = turn - self._turn >= self._every(at) or turn < self._turn
        if due:
            self._turn = turn
        return due

    def _every(self, at: float) -> int:
        if at < self._urgent_until:
            return 1
        return BRISK_EVERY if at < self._brisk_until else CALM_EVERY


def _neighbourhood(door: Door) -> Box:
    """Left, top, right, bottom in 0..1 of the picture."""
    leaf, all_of_it = np.array(door.leaf), np.array([*door.leaf, *door.floor])
    aside = REACH * float(np.ptp(leaf[:, 0]))
    (left, top), (right, bottom) = all_of_it.min(axis=0), all_of_it.max(axis=0)
    return float(left) - aside, float(top), float(right) + aside, float(bottom)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
