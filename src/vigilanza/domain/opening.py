"""When the inside of a flat can be seen through its door, as the events of the incidents tell it."""

from dataclasses import dataclass, replace

from vigilanza.domain.events import Event, Phase
from vigilanza.domain.observation import Fact

AJAR_S = 6.0
"""So long a door may have been opening, behind whoever opens it, before its leaf looks otherwise: 0.5 to 5.4 s in the
recordings of tests/fixtures/videos.
"""
MARGIN_S = 0.5
"""A contact opens at once, but main and sub stream of a camera are not quite of the same time."""

_BEFORE = {Fact.LEAF_AJAR: AJAR_S, Fact.LEAF_CHANGED: AJAR_S, Fact.CONTACT_OPEN: MARGIN_S}
_OPEN = frozenset({Phase.FORCED, Phase.ENTERED})


@dataclass(frozen=True, slots=True)
class Opening:
    """A door stood, or stands, open: from `start` to `end`, UTC in Unix seconds; `end` is inf until it is closed."""

    camera: str
    door: str
    start: float
    end: float = float("inf")


def opening_after(known: Opening | None, event: Event) -> Opening | None:
    """What is known of an incident's opening once `event` is told too; None while its door is not known to be open.

    It begins a little before the earliest sign in an event that takes the door for open, and ends when the incident
    does: in between nobody says for sure that the door is shut. The same event may be told again.
    """
    if event.door is None:
        return known
    if event.phase is Phase.CLOSED:
        return None if known is None else replace(known, end=event.at)
    if event.phase not in _OPEN:
        return known
    signs = [evidence.at - _BEFORE[evidence.fact] for evidence in event.evidence if evidence.fact in _BEFORE]
    start = min([event.at - MARGIN_S, *signs])
    if known is None:
        return Opening(event.camera, event.door, start)
    return replace(known, start=min(known.start, start))
