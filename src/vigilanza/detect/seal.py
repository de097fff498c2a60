"""Whether a seal or notice was taken from one leaf: part of the leaf lost what was on it while somebody stood there."""

import numpy as np

from vigilanza.detect.comparison import Comparison
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS
from vigilanza.detect.reference import SealedReference
from vigilanza.detect.texture import Cells, count

LEAST_BARED = 2
BARED_SHARE = 0.5
"""A seal or notice is gone if so many cells, and such a part of those that differ, lost what was on them.

Only the upper half counts: what is put down before a door hides the lower one.
"""


class SealWatch:
    """Of one leaf; which cells are gone is kept with its reference."""

    def __init__(self, reference: SealedReference) -> None:
        self._reference = reference
        self._faded: Cells = np.zeros((CELL_ROWS, CELL_COLUMNS), np.bool_)
        """Cells that lost what was on them while nobody was near."""

    def gone(self, seen: Comparison, *, near: bool) -> bool:
        """What was on part of the leaf is gone since somebody stood there; a leaflet brings something instead.

        What vanishes while nobody is `near` was taken by the light, and stays so whoever passes later. A single cell
        that fades just as somebody passes is no seal either.
        """
        if not (count(seen.bared) or count(self._reference.gone) or count(self._faded)):
            return False
        as_sealed = seen.comparable & ~seen.unlike
        gone, self._faded = self._reference.gone & ~as_sealed, self._faded & ~as_sealed
        fresh = seen.bared & ~gone & ~self._faded
        fresh[CELL_ROWS // 2 :] = False
        if near:
            gone |= fresh
        else:
            self._faded |= fresh if gone.sum() >= LEAST_BARED else fresh | gone
            gone &= ~self._faded
        self._reference.mark_gone(gone)
        others = (seen.unlike & ~self._faded)[: CELL_ROWS // 2]
        return bool(gone.sum() >= max(LEAST_BARED, BARED_SHARE * float(others.sum())))
