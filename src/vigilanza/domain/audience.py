"""Who is told what.

Our own centre gets everything at once. A municipal VMS gets every event at once, flagged unconfirmed until an operator
confirmed the incident. A control room gets nothing before a named operator's confirmation with at least its own AVS
score (ANSI/TMA-AVS-01); then the confirmation with a summary, and what happens later in that incident. What a
destination was told, it is also told when it is withdrawn. `told` names the destinations that were told of the
incident before.
"""

from collections.abc import Set as AbstractSet
from typing import assert_never

from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.events import Event, EventKind


def may_have_event(destination: Destination, event: Event, confirmed_avs: int | None, told: AbstractSet[str]) -> bool:
    """Whether `event` is for it; `confirmed_avs` is None unless the latest decision confirmed the incident."""
    if not (_is_addressed(destination, told) and _wants(destination, event, told)):
        return False
    match destination.kind:
        case DestinationKind.MUNICIPAL_VMS | DestinationKind.CENTRE:
            return True
        case DestinationKind.CONTROL_ROOM:
            if confirmed_avs is None:
                return False
            return confirmed_avs >= destination.minimum_avs or destination.id in told
        case _:
            assert_never(destination.kind)


def may_have_decision(destination: Destination, avs: int | None, told: AbstractSet[str]) -> bool:
    """Whether a decision is for it; `avs` is None for a rejection."""
    if not _is_addressed(destination, told):
        return False
    match destination.kind:
        case DestinationKind.MUNICIPAL_VMS | DestinationKind.CENTRE:
            return True
        case DestinationKind.CONTROL_ROOM:
            # A rejection, or a confirmation with a lower score, corrects what was said before.
            return destination.id in told or (avs is not None and avs >= destination.minimum_avs)
        case _:
            assert_never(destination.kind)


def may_know_of_minors(destination: Destination) -> bool:
    """Whether minors are present is for those alone who send the social services."""
    return destination.kind is DestinationKind.CONTROL_ROOM


def may_have_update(destination: Destination, told: AbstractSet[str]) -> bool:
    """Whether it is told at once that minors are present: of an incident that it was told of."""
    return may_know_of_minors(destination) and destination.id in told


def _is_addressed(destination: Destination, told: AbstractSet[str]) -> bool:
    """A standby hears only how those incidents go on of which it was told in another's place."""
    return not destination.standby or destination.id in told


def _wants(destination: Destination, event: Event, told: AbstractSet[str]) -> bool:
    """Of the end it hears if it heard of the rest."""
    if destination.events is None or event.kind in destination.events:
        return True
    return event.kind in (EventKind.CLOSED, EventKind.RESTORED) and destination.id in told
