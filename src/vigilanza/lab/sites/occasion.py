"""What happens at sealed doors, how often, and what is told of it. Assumptions: docs/sizing.md says why."""

from dataclasses import dataclass

from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.observation import Fact

DAY_S = 86_400.0
PEAK = 4.0
"""The busiest hour of a day has so many times the events of a mean one."""
CAMERAS_PER_DOOR = 1 / 3


@dataclass(frozen=True, slots=True)
class Beat:
    """One event of an incident, `after` seconds behind the one before; `fact` is what is seen then."""

    after: float
    kind: EventKind
    severity: Severity
    phase: Phase
    fact: Fact


@dataclass(frozen=True, slots=True)
class Occasion:
    """A sort of incident: so many begin at a door in a day. `at_door` False: it is about a camera; `order`: a work
    order covers it.
    """

    name: str
    per_door_day: float
    story: tuple[Beat, ...]
    at_door: bool = True
    order: bool = False


_LINGERS = Beat(0.0, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, Fact.PERSON_AT_DOOR)
_WORKS = Beat(5.0, EventKind.TAMPERING, Severity.ALARM, Phase.SUSPECTED, Fact.HAND_ON_LEAF)
_LEFT = Beat(10.0, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, Fact.LEAF_SEALED)
_VISITED = (
    Beat(0.0, EventKind.DOOR_OPENED, Severity.INFO, Phase.FORCED, Fact.LEAF_CHANGED),
    Beat(3.0, EventKind.ENTRY, Severity.INFO, Phase.ENTERED, Fact.WENT_IN),
)

OCCASIONS = (
    Occasion("somebody stays before a door", 0.5, (_LINGERS, _LEFT)),
    Occasion("an authorised visit", 4 / 365, (*_VISITED, _LEFT), order=True),
    Occasion("an attempt that is given up", 0.2 / 365, (_LINGERS, _WORKS, _LEFT)),
    Occasion(
        "a forced entry",
        0.1 / 365,
        (
            _LINGERS,
            _WORKS,
            Beat(5.0, EventKind.DOOR_OPENED, Severity.CRITICAL, Phase.FORCED, Fact.LEAF_CHANGED),
            Beat(2.0, EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, Fact.WENT_IN),
            Beat(5.0, EventKind.EXIT, Severity.ALARM, Phase.ENTERED, Fact.CAME_OUT),
            _LEFT,
        ),
    ),
    Occasion(
        "a camera is away for a while",
        CAMERAS_PER_DOOR / 7,
        (
            Beat(0.0, EventKind.CAMERA_LOST, Severity.ALARM, Phase.SUSPECTED, Fact.SIGNAL_LOST),
            Beat(5.0, EventKind.RESTORED, Severity.INFO, Phase.CLOSED, Fact.VIEW_CLEAR),
        ),
        at_door=False,
    ),
)


def events_per_door_day(occasions: tuple[Occasion, ...] = OCCASIONS) -> float:
    """How many events a door has in a mean day."""
    return sum(one.per_door_day * len(one.story) for one in occasions)
