"""One look at a leaf held against another, cell by cell."""

from dataclasses import dataclass

import numpy as np

from vigilanza.detect.geometry import CELL_ROWS, MARGIN_PX, Picture, without_margin
from vigilanza.detect.texture import CELL_PX, INFORMATIVE, Cells, Plane, Texture, cell_means, count, share

UNLIKE = 0.3
"""Likeness below which a cell does not show the same surface."""
BARE = 0.35
"""Part of the expected edge energy below which a cell has lost what was on it and got nothing else."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cells of one leaf: (CELL_ROWS, CELL_COLUMNS) bool."""

    comparable: Cells
    unlike: Cells
    bared: Cells
    """Those of the unlike cells from which something was taken away."""
    count: int
    """Comparable cells."""
    share: float
    """Unlike share of the comparable cells, 0..1."""

    @staticmethod
    def of(look: Texture, now: Texture, visible: Cells) -> "Comparison":
        """Of a leaf as it should look and as it looks now, and the cells of it that are visible."""
        expected = look.expected(now)
        comparable = visible & (np.maximum(expected, now.energy) > INFORMATIVE)
        unlike = comparable & (look.likeness(now) < UNLIKE)
        told, differs = count(comparable), count(unlike)
        bared = unlike & (expected > INFORMATIVE) & (now.energy < BARE * expected) if differs else unlike
        return Comparison(comparable, unlike, bared, told, differs / max(1, told))

    def share_below(self, likeness: Plane) -> float:
        """The same for another likeness of the same cells."""
        return share(likeness < UNLIKE, self.comparable)

    @property
    def reaches_up(self) -> bool:
        """False for what merely stands before the door (a bag, a bicycle): that leaves its upper part alone."""
        upper = slice(0, CELL_ROWS // 3)
        return count(self.unlike[upper]) >= 0.2 * max(1, count(self.comparable[upper]))


def leaf_texture(plane: Plane) -> Texture:
    """Of a flattened leaf with its margin, which only tells the light."""
    return Texture.of(plane, margin=MARGIN_PX // CELL_PX)


def leaf_parts(filled: Picture) -> Plane:
    """Part, 0..1, of each cell of the leaf where `filled`, of a flattened leaf with its margin, is 1."""
    return cell_means(without_margin(filled.astype(np.float32)))
