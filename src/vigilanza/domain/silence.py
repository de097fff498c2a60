"""Which boxes give no sign of life. Pure; counted in looks, for whoever stood still has not looked either."""

from collections.abc import Mapping

LOOKS = 4
"""In so many looks in a row a box gave no sign: it is silent."""
GRACE_LOOKS = 10
"""After nobody could give one, nobody is silent for so many: others may need longer to find the server again."""


class Silence:
    """Told of every look at the boxes' signs of life. A box is taken for alive until it was silent for long enough."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._missed: dict[str, int] = {}
        self._grace = 0

    def note(self, beats: Mapping[str, int]) -> None:
        """By box the number of its last sign, at one look; each look a moment after the one before.

        One that has left, or that the server has forgotten, gives none.
        """
        self._grace = max(0, self._grace - 1)
        for box in self._last.keys() | beats.keys():
            is_new = box in beats and self._last.get(box) != beats[box]
            self._missed[box] = 0 if is_new else self._missed[box] + 1
        self._last |= beats
        for box in self._last.keys() - beats.keys() - self.alive():
            del self._last[box], self._missed[box]

    def meet(self, beats: Mapping[str, int]) -> None:
        """Whoever is seen for the first time between two looks is alive, too; of the others it says nothing."""
        for box in beats.keys() - self._last.keys():
            self._last[box], self._missed[box] = beats[box], 0

    def begin_anew(self) -> None:
        """Nothing could be seen for a while."""
        self._grace = GRACE_LOOKS

    def alive(self) -> frozenset[str]:
        """All that were seen, but for the silent ones."""
        return frozenset(box for box, missed in self._missed.items() if self._grace or missed < LOOKS)
