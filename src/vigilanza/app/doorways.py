"""What must be black in live pictures: the leaves of the sealed doors through which one may see now."""

from collections.abc import Mapping, Sequence

from vigilanza.app.film import Film
from vigilanza.app.openings import Openings
from vigilanza.domain.door import Polygon
from vigilanza.domain.doorway import Doorway, doorway_after
from vigilanza.domain.observation import Observation


class Doorways:
    """Of all cameras of a process. Each camera's own thread tells, any thread may ask.

    A door is open from the first picture in which its leaf looks otherwise (or its contact opens) to the end of the
    incident that comes of it. What is not known counts as open: before the first look after a start or an outage, and
    before the journal has told which doors stood open at the last end.
    """

    def __init__(self, *, films: Mapping[str, Film], openings: Openings) -> None:
        self._films, self._openings = films, openings
        self._seen: dict[str, tuple[Doorway, ...]] = {}

    def see(self, camera: str, observations: Sequence[Observation], at: float) -> None:
        """What was observed in a camera's picture taken `at` (UTC, Unix seconds), or that there is none."""
        known = self._seen.get(camera) or tuple(Doorway(door) for door in self._films[camera].leaves)
        self._seen[camera] = tuple(doorway_after(one, observations, at) for one in known)

    def forget(self, camera: str) -> None:
        """Nobody looks there any more."""
        self._seen.pop(camera, None)

    def hidden(self, camera: str, at: float) -> tuple[Polygon, ...]:
        """Outlines (0..1 of the picture) that are black in what the camera took `at`."""
        leaves, seen = self._films[camera].leaves, self._seen.get(camera)
        if seen is None or not self._openings.is_complete:
            return tuple(leaves.values())
        shown = {one.door for one in seen if one.hides(at)}
        opened = {one.door for one in self._openings.of(camera) if at <= one.end}
        return tuple(leaf for door, leaf in leaves.items() if door in shown | opened)
