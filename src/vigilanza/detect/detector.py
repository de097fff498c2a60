"""What a detector is: it says what it saw in one picture, and nothing of what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vigilanza.detect.gate import Activity
from vigilanza.domain.door import Door, Role
from vigilanza.domain.frame import Frame
from vigilanza.domain.observation import Fact, Observation

BLIND = frozenset({Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DARK, Fact.VIEW_FROZEN, Fact.VIEW_DEFOCUSED})


@dataclass(frozen=True, slots=True)
class Context:
    """What is already known of this picture: where it changed, and what earlier detectors saw in it."""

    doors: tuple[Door, ...]
    activity: Activity
    seen: tuple[Observation, ...] = ()

    @property
    def sealed(self) -> tuple[Door, ...]:
        """The doors that are watched."""
        return tuple(door for door in self.doors if door.role is Role.SEALED)

    @property
    def blind(self) -> bool:
        """True if the picture does not show the scene it should."""
        return any(observation.kind in BLIND for observation in self.seen)


class Detector(Protocol):
    """One pair of eyes on one camera. It may remember earlier pictures; it is used by one thread."""

    def observe(self, frame: Frame, context: Context) -> Sequence[Observation]:
        """Facts in this picture. Raises DetectorError if it cannot say."""
        ...
