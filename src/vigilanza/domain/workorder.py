"""Authorised visits. While a work order covers a door, what happens there is told as info and names the order.

Nothing is left out, only its severity changes. An alarm that was raised before the order began stays an alarm. When the
order ends, the incident that ran under it is closed; what is then still seen at the door (a leaf that differs, hands
at work) is an incident of its own, of its usual severity. Attacks on a camera are never covered. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vigilanza.domain import incident
from vigilanza.domain.events import Event, EventKind, Phase, Severity, tell
from vigilanza.domain.incident import Incident, Policy
from vigilanza.domain.observation import Observation


@dataclass(frozen=True, slots=True)
class Passage:
    """How an order of a centre stands with the site whose door it is for: `known`, as it is now, or `why` it is not
    taken there; neither while nothing was heard.
    """

    site: str
    known: bool
    why: str | None = None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """Leave to open one sealed door. Times are UTC in Unix seconds; it runs from `starts_at` until before `ends_at`.

    `door` is the unit's code; `who` comes, `reason` says what for; `granted_by` is the person who answers for it.
    `centre`: the destination whose people granted it, and alone may change it; None: those of this site.
    `passage`: at a centre, of an order for a door of a site.
    """

    id: str
    door: str
    starts_at: float
    ends_at: float
    who: str = ""
    reason: str = ""
    granted_by: str = ""
    granted_at: float = 0.0
    centre: str | None = None
    passage: Passage | None = None

    def covers(self, door: str, at: float) -> bool:
        """True while it runs, for its own door."""
        return door == self.door and self.starts_at <= at < self.ends_at

    def state(self, at: float) -> Literal["planned", "running", "past"]:
        """Where it stands at `at`; one that was called off before it began is past."""
        if at >= self.ends_at:
            return "past"
        return "running" if at >= self.starts_at else "planned"


def covering(orders: Iterable[WorkOrder], door: str, at: float) -> WorkOrder | None:
    """The order that covers `door` at `at`; of several the one that began first, whatever their order here."""
    running = [order for order in orders if order.covers(door, at)]
    return min(running, key=lambda order: (order.starts_at, order.id), default=None)


def step_under(
    now: Incident,
    observations: Sequence[Observation],
    at: float,
    policy: Policy,
    *,
    order: WorkOrder | None,
    under: str | None,
) -> tuple[Incident, tuple[Event, ...], str | None]:
    """As `incident.step`, for a door that `order` covers at this moment (None: no order does).

    `under` is the id of the order that the open incident has run under so far, None if under none; its new value is
    given back. The picture that ends an order only closes: what is still there is raised from the next one on.
    """
    if order is None and under is not None:
        return *_end(now, at, policy, under), None
    if order is not None and under is None and _has_alarmed(now):
        order = None
    now, events = incident.step(now, observations, at, policy)
    if order is None:
        return now, events, None
    told = tuple(replace(event, severity=Severity.INFO, order=order.id) for event in events)
    return now, told, order.id if now.open else None


def _has_alarmed(now: Incident) -> bool:
    return any(severity.rank >= Severity.ALARM.rank for _, severity in now.raised)


def _end(now: Incident, at: float, policy: Policy, under: str) -> tuple[Incident, tuple[Event, ...]]:
    """Close what ran under an order. What is still going on keeps its measure, so that it is raised at once."""
    going_on = tuple((fact, meter) for fact, meter in now.meters if meter.running(at, policy.forget))
    anew = Incident(now.camera, now.door, at=now.at, meters=going_on, changed_again_at=now.changed_again_at)
    if now.id is None:
        return anew, ()
    event = tell(
        now.id,
        now.sequence,
        EventKind.CLOSED,
        Severity.INFO,
        Phase.CLOSED,
        camera=now.camera,
        door=now.door,
        at=at,
        meters=now.meters,
    )
    return anew, (replace(event, order=under),)
