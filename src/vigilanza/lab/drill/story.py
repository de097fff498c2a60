"""What happens in a drill: break-ins, each at a door of its own, and each confirmed by an operator."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid5

from vigilanza.clock import Clock
from vigilanza.domain.decision import Decision
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.store.journal import Journal

CAMERA, DOOR = "stairs-3", "0423.B.03.12"
CAMERAS = (CAMERA, *(f"stairs-{number}" for number in range(4, 11)))
"""In a drill the first break-ins are seen by the first camera, the next by the next."""
DOORS_EACH = 64
"""A camera sees no more."""
_STORY = (
    (EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED, Fact.HAND_ON_LEAF),
    (EventKind.DOOR_OPENED, Severity.CRITICAL, Phase.FORCED, Fact.LEAF_CHANGED),
    (EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, Fact.WENT_IN),
    (EventKind.CLOSED, Severity.INFO, Phase.CLOSED, Fact.LEAF_SEALED),
)
_DECIDED_S = 0.5
"""The decision's time after the first event's, whenever it is made: times tell the alerts of an incident apart."""
_AGAIN_S = 0.2
_FLOORS = 50


def record_break_in(journal: Journal, number: int, *, clock: Clock) -> None:
    """The first event, the confirmation, the rest; each insisted on until it is recorded."""
    began = float(int(clock.now()))
    first, *rest = break_in(number, began, camera=camera_of(number), door=door_of(number))
    decision = Decision(first.incident, "Ada", first.at + _DECIDED_S, avs=3)
    for act in (partial(journal.record, [first]), partial(journal.decide, decision), partial(journal.record, rest)):
        _insist(act, clock)


def _insist(act: Callable[[], None], clock: Clock) -> None:
    while True:
        try:
            return act()
        except JournalUnavailable:
            clock.wait(_AGAIN_S, threading.Event())


def door_of(number: int) -> str:
    """At which door the break-in of this number is."""
    flat, floor = divmod(number, _FLOORS)
    return f"0423.B.{floor:02}.{flat + 1:02}"


def camera_of(number: int) -> str:
    """Which camera sees it. IndexError beyond the site's doors."""
    return CAMERAS[number // DOORS_EACH]


def break_in(number: int, began: float, *, camera: str = CAMERA, door: str = DOOR) -> Sequence[Event]:
    """What the drill's break-in of this number gives, one event a second."""
    incident = uuid5(NAMESPACE, f"drill/{number}")
    return [
        Event(
            id=uuid5(incident, str(sequence)),
            incident=incident,
            sequence=sequence,
            kind=kind,
            severity=severity,
            phase=phase,
            camera=camera,
            door=door,
            at=began + sequence,
            evidence=(Evidence(fact, began + sequence - 1.0, 1.0, 0.9),),
        )
        for sequence, (kind, severity, phase, fact) in enumerate(_STORY)
    ]
