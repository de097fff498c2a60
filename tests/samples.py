"""Events and destinations as the tests of store, bridge and web need them."""

from uuid import UUID, uuid5

from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact

VMS = Destination("vms", DestinationKind.MUNICIPAL_VMS)
ROOM = Destination("room", DestinationKind.CONTROL_ROOM, minimum_avs=2)
BEGAN = 1_795_000_000.0

_STORY = (
    (EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, Fact.PERSON_AT_DOOR),
    (EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED, Fact.HAND_ON_LEAF),
    (EventKind.DOOR_OPENED, Severity.CRITICAL, Phase.FORCED, Fact.LEAF_CHANGED),
    (EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, Fact.WENT_IN),
    (EventKind.CLOSED, Severity.INFO, Phase.CLOSED, Fact.LEAF_SEALED),
)


def incident_id(name: str) -> UUID:
    """The id of the incident called `name`."""
    return uuid5(NAMESPACE, name)


def break_in(name: str, *, count: int = 5, began: float = BEGAN) -> list[Event]:
    """The first `count` events of a break-in, one every 10 s: loitering, tampering, opened, entry, closed."""
    incident = incident_id(name)
    return [
        Event(
            id=uuid5(incident, str(sequence)),
            incident=incident,
            sequence=sequence,
            kind=kind,
            severity=severity,
            phase=phase,
            camera="stairs-3",
            door="B.03.12",
            at=began + 10.0 * sequence,
            evidence=(Evidence(fact, began + 10.0 * sequence - 2.0, 2.0, 0.9),),
        )
        for sequence, (kind, severity, phase, fact) in enumerate(_STORY[:count])
    ]
