"""One look at a leaf held against another, cell by cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigilanza.detect.geometry import CELL_ROWS
from vigilanza.detect.texture import INFORMATIVE, Plane, Texture

Cells = NDArray[np.bool_]

UNLIKE = 0.3
"""Likeness below which a cell does not show the same surface."""
BARE = 0.35
"""Part of the expected edge energy below which a cell has lost what was on it and got nothing else."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cells of one leaf; all (CELL_ROWS, CELL_COLUMNS) bool."""

    comparable: Cells
    unlike: Cells
    bared: Cells
    """Those of the unlike cells from which something was taken away."""

    @staticmethod
    def of(look: Texture, now: Texture, visible: Cells) -> "Comparison":
        """Of a leaf as it should look and as it looks now, and the cells of it that are visible."""
        comparable = visible & (leaf_cells(look.evidence(now)) > INFORMATIVE)
        unlike = comparable & (leaf_cells(look.likeness(now)) < UNLIKE)
        return Comparison(comparable, unlike, unlike & (leaf_cells(look.remaining(now)) < BARE))

    @property
    def count(self) -> int:
        """Comparable cells."""
        return int(self.comparable.sum())

    @property
    def share(self) -> float:
        """Unlike share of the comparable cells, 0..1."""
        return float(self.unlike.sum()) / max(1, self.count)

    def share_below(self, likeness: Plane) -> float:
        """The same for another likeness of the same cells."""
        return float((leaf_cells(likeness)[self.comparable] < UNLIKE).mean()) if self.count else 0.0

    @property
    def reaches_up(self) -> bool:
        """False for what merely stands before the door (a bag, a bicycle): that leaves its upper part alone."""
        upper = slice(0, CELL_ROWS // 3)
        return float(self.unlike[upper].sum()) >= 0.2 * max(1, int(self.comparable[upper].sum()))


def leaf_cells(cells: Plane) -> Plane:
    """The cells of the leaf itself, without the margin round it."""
    return cells[1:-1, 1:-1]
