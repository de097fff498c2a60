"""The journal's views as the API's JSON. Times are UTC in Unix seconds; ids are UUIDs as text."""

from collections.abc import Collection, Sequence
from datetime import tzinfo
from typing import Any
from uuid import UUID

from vigilanza.domain.alert import TYPE_PREFIX
from vigilanza.domain.ask import LASTS_SECONDS, Ask
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.flagrance import flagrante_until
from vigilanza.domain.sentence import by_the_clock, most_telling, sentences
from vigilanza.domain.together import hit_together, storms
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.medium import MediaItem, whole
from vigilanza.store.queries import DeliveryView, IncidentView

_ENDINGS = (EventKind.RESTORED, EventKind.CLOSED)


def is_waiting(view: IncidentView) -> bool:
    """True if an operator must (again) decide: nobody has, or worse has happened since.

    What was only ever info, as an authorised visit is, waits for nobody; it can be decided all the same.
    """
    undecided = view.decision is None and view.severity is not Severity.INFO
    return undecided or is_overtaken(view)


def is_overtaken(view: IncidentView) -> bool:
    """True if an alarm after the latest decision is graver than all before it, or of a kind not seen before it.

    Not after a confirmation that settles the incident: then its later events are the control rooms' to follow.
    """
    decision = view.decision
    if decision is None or decision.settles:
        return False
    known = [event for event in view.events if event.at <= decision.at]
    gravest = max((event.severity.rank for event in known), default=-1)
    kinds = {event.kind for event in known}
    later = (event for event in view.events if event.at > decision.at and event.severity.rank >= Severity.ALARM.rank)
    return any(event.severity.rank > gravest or event.kind not in kinds for event in later)


def last_alarm(view: IncidentView) -> int | None:
    """The number, within the incident, of its latest event of at least ALARM."""
    return max((event.sequence for event in view.events if event.severity.rank >= Severity.ALARM.rank), default=None)


def in_order(views: list[IncidentView]) -> list[IncidentView]:
    """Those that wait for a decision, gravest and then longest waiting first; then the decided, newest first."""
    waiting = sorted(
        (view for view in views if is_waiting(view)), key=lambda view: (-view.severity.rank, view.first_at)
    )
    decided = sorted((view for view in views if not is_waiting(view)), key=lambda view: -view.first_at)
    return waiting + decided


def blind_cameras(views: list[IncidentView], configured: Collection[str] | None) -> list[str]:
    """Cameras with an open incident about the camera itself; of those configured, if that is known.

    Nobody watches a camera that was taken out of the configuration, so nothing ever ends its incident.
    """
    blind = {view.camera for view in views if view.open and view.door is None}
    return sorted(blind if configured is None else blind.intersection(configured))


def blind_since(views: Sequence[IncidentView]) -> dict[str, dict[str, Any]]:
    """By camera: what the open incident about the camera itself is, and since when."""
    blind = [view for view in views if view.open and view.door is None]
    return {view.camera: {"kind": _gravest(view).value, "since": view.first_at} for view in blind}


def waiting_together(views: Sequence[IncidentView]) -> dict[UUID, str]:
    """For each waiting incident of a camera that was hit at once with others: the id of the first, as text."""
    cameras = [(view.id, view.first_at) for view in views if view.door is None and is_waiting(view)]
    return {incident: str(first) for incident, first in hit_together(cameras).items()}


def waiting_in_storms(views: Sequence[IncidentView]) -> set[UUID]:
    """The waiting incidents of cameras that have too many of them, at their doors or of their own."""
    waiting = [view for view in views if is_waiting(view)]
    stormy = storms(view.camera for view in waiting)
    return {view.id for view in waiting if view.camera in stormy}


def incident_brief(view: IncidentView, *, flagrante: float) -> dict[str, Any]:
    """One line of the list. `kind` is the gravest thing that happened, the latest among equals; `flagrante`: how many
    seconds the window lasts.
    """
    entry = min((event.at for event in view.events if event.kind is EventKind.ENTRY), default=None)
    return {
        "id": str(view.id),
        "camera": view.camera,
        "door": view.door,
        "severity": view.severity.value,
        "phase": view.phase.value,
        "kind": _gravest(view).value,
        "opened_at": view.first_at,
        "last_at": view.last_at,
        "closed_at": None if view.open else view.last_at,
        "last_alarm": last_alarm(view),
        "first_entry_at": entry,
        "flagrance_until": flagrante_until(first_at=view.first_at, first_entry_at=entry, lasts=flagrante),
        "order": view.order,
        "waiting": is_waiting(view),
        "decision": None if view.decision is None else _decision(view.decision, overtaken=is_overtaken(view)),
        "deliveries": {state.value: _count(view, state) for state in DeliveryState},
    }


def incident_detail(
    view: IncidentView, orders: Sequence[WorkOrder], zone: tzinfo, *, flagrante: float
) -> dict[str, Any]:
    """Everything about one incident; `decisions` holds the earlier ones too, `orders` concern it.

    `zone` is the site's, whose clock the sentences tell.
    """
    telling = most_telling(view.events)
    return incident_brief(view, flagrante=flagrante) | {
        "sentence": None if telling is None else sentences(telling, by_the_clock(zone)),
        "events": [_event(event, zone) for event in view.events],
        "media": [_medium(item) for item in whole(view.media)],
        "decisions": [_decision(decision, overtaken=False) for decision in view.decisions],
        "deliveries": [_delivery(delivery) for delivery in view.deliveries],
        "orders": [work_order(order) for order in orders],
    }


def work_order(order: WorkOrder) -> dict[str, Any]:
    """One work order; whether it runs follows from `from` and `to` and the time. `centre`: who granted it, if not here;
    `site`: where its door is, and whether that site knows of it as it stands.
    """
    return {
        "id": order.id,
        "door": order.door,
        "from": order.starts_at,
        "to": order.ends_at,
        "who": order.who,
        "reason": order.reason,
        "granted_by": order.granted_by,
        "granted_at": order.granted_at,
        "centre": order.centre,
        "site": passage(order),
    }


def passage(order: WorkOrder) -> dict[str, Any] | None:
    """How it stands with the site whose door it is for, at a centre."""
    way = order.passage
    return None if way is None else {"id": way.site, "knows": way.known, "why": way.why}


def _gravest(view: IncidentView) -> EventKind:
    telling = [event for event in view.events if event.kind not in _ENDINGS]
    if not telling:
        return view.kind
    return max(telling, key=lambda event: (event.severity.rank, event.sequence)).kind


def _count(view: IncidentView, state: DeliveryState) -> int:
    return sum(delivery.state is state for delivery in view.deliveries)


def _decision(decision: Decision, *, overtaken: bool) -> dict[str, Any]:
    return {
        "id": str(decision.id),
        "operator": decision.operator,
        "at": decision.at,
        "avs": decision.avs,
        "reason": None if decision.reason is None else decision.reason.value,
        "overtaken": overtaken,
    }


def _event(event: Event, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "sequence": event.sequence,
        "kind": event.kind.value,
        "severity": event.severity.value,
        "phase": event.phase.value,
        "at": event.at,
        "order": event.order,
        "sentence": sentences(event, by_the_clock(zone)),
        "evidence": [_evidence(item) for item in event.evidence],
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return item.to_json() | {"text": {"it": item.say("it"), "en": item.say("en")}}


def _medium(item: MediaItem) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "kind": item.kind,
        "at": item.start,
        "until": item.end,
        "size_bytes": item.size_bytes,
        "sha256": item.sha256,
        "inside_blacked_out": item.covered,
        "url": f"/api/media/{item.id}",
    }


def _delivery(delivery: DeliveryView) -> dict[str, Any]:
    return {
        "alert": str(delivery.alert_id),
        "destination": delivery.destination,
        "type": delivery.type,
        "subject": delivery.type.removeprefix(TYPE_PREFIX).rpartition(".v")[0],
        "at": delivery.at,
        "state": delivery.state.value,
        "attempts": delivery.attempt,
        "why": delivery.why,
        "receipt": delivery.receipt,
        "queued_at": delivery.queued_at,
        "ended_at": delivery.ended_at,
        "escalated": delivery.escalated,
        "write_off_asked": None if delivery.write_off is None else present_ask(delivery.write_off),
    }


def present_ask(ask: Ask) -> dict[str, Any]:
    """What one person asked and nobody granted; after `lapses_at` it is asked anew."""
    return {"by": ask.asked_by, "at": ask.asked_at, "reason": ask.reason, "lapses_at": ask.asked_at + LASTS_SECONDS}
