"""What a pipeline believes after a picture: to be looked at, never to be changed."""

from dataclasses import dataclass

from vigilanza.domain.attack import Attack
from vigilanza.domain.incident import Incident
from vigilanza.domain.observation import Fact, Observation

_COMPARED = frozenset(
    {
        *(Fact.LEAF_SEALED, Fact.LEAF_PARTLY_CHANGED, Fact.SEAL_GONE),
        *(Fact.LEAF_AJAR, Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN),
    }
)


@dataclass(frozen=True, slots=True)
class Belief:
    """`at` is the picture's time on the pipeline's line, which `attack` and `incidents` (one per sealed door) live on.

    `infrared` is the light of the picture, `seen` all that was observed in it.
    """

    at: float
    infrared: bool
    seen: tuple[Observation, ...]
    attack: Attack
    incidents: tuple[Incident, ...]

    def vacant(self) -> frozenset[str | None]:
        """The sealed doors with no open incident; None among them: the view has none."""
        doors = frozenset(now.door for now in self.incidents if not now.open)
        return doors if self.attack.open else doors | {None}

    def of_door(self, door: str) -> tuple[Observation, ...]:
        """What was observed at one door."""
        return tuple(observation for observation in self.seen if observation.where == door)

    def compares(self, door: str) -> bool:
        """True if the leaf was held against its sealed reference: neither hidden, nor unknown, nor out of view."""
        return any(seen.kind in _COMPARED for seen in self.of_door(door))

    def count(self, fact: Fact, door: str | None = None) -> int:
        """How many observations there are of one fact, at `door` or of the whole picture."""
        return sum(observation.kind is fact and observation.where == door for observation in self.seen)
