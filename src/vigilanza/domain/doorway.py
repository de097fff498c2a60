"""Whether somebody may look through a sealed door now: told by each picture, long before there is an event."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vigilanza.domain.observation import Fact, Observation

SHUT_S = 3.0
"""A door that looked open, and then shut for so long, is shut: in between light or a sleeve may have deceived."""

_OPEN = frozenset({Fact.LEAF_AJAR, Fact.LEAF_CHANGED, Fact.LEAF_CHANGED_AGAIN, Fact.CONTACT_OPEN})
_BLIND = frozenset({Fact.VIEW_COVERED, Fact.VIEW_MOVED, Fact.VIEW_DARK, Fact.VIEW_FROZEN, Fact.VIEW_DEFOCUSED})
"""Nothing is said of a leaf then."""
_SHUT = frozenset({Fact.LEAF_SEALED, Fact.LEAF_PARTLY_CHANGED, Fact.SEAL_GONE})


@dataclass(frozen=True, slots=True)
class Doorway:
    """One sealed door, as the newest pictures show it. Nobody has looked yet: then it counts as open.

    `shut_since`: since which picture it was always seen shut (UTC, Unix seconds); inf while it is not, -inf if it was
    never seen otherwise.
    """

    door: str
    is_open: bool = True
    shut_since: float = float("-inf")

    def hides(self, at: float) -> bool:
        """Whether a picture taken `at` (UTC, Unix seconds) may show the inside of the flat."""
        return self.is_open or at < self.shut_since


def doorway_after(known: Doorway, observations: Sequence[Observation], at: float) -> Doorway:
    """What is known after the picture taken `at`, of which all that was observed is given.

    Whoever stands before a door changes nothing; a view without signal, or that does not show the
    scene, is as if nobody had looked yet.
    """
    kinds = {observation.kind for observation in observations if observation.where in (known.door, None)}
    if kinds & _OPEN:
        return Doorway(known.door, is_open=True, shut_since=float("inf"))
    if Fact.SIGNAL_LOST in kinds or (kinds & _BLIND and not known.is_open):
        return Doorway(known.door)
    if not known.is_open:
        return known
    if known.shut_since == float("-inf"):
        return known if kinds & {Fact.LEAF_HIDDEN, *_BLIND} else replace(known, is_open=False)
    if not kinds & _SHUT:
        return replace(known, shut_since=float("inf"))
    since = min(known.shut_since, at)
    return replace(known, is_open=at - since < SHUT_S, shut_since=since)
