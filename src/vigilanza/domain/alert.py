"""The alerts that an event or a decision owes to each destination; who is told what is said in `audience`.

Payloads are thin: ids and codes, nothing about the persons seen.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, assert_never
from uuid import UUID, uuid5

from vigilanza.domain.aftermath import Minors
from vigilanza.domain.audience import may_have_decision, may_have_event, may_know_of_minors
from vigilanza.domain.decision import Decision
from vigilanza.domain.delivery import Alert, Destination, DestinationKind
from vigilanza.domain.dispatch import decision_data, event_data
from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS, flagrante_until
from vigilanza.domain.observation import Fact
from vigilanza.domain.sentence import by_the_clock, sentences

TYPE_PREFIX = "it.aler.vigilanza."
TEST_TYPE = f"{TYPE_PREFIX}bridge.test.v1"
EVIDENCE_LIMIT = 24
"""At most so many facts in one alert, the surest ones: an alert stays below 20 kB."""

NextSequence = Callable[[str], int]
"""Gives each destination's next number within the incident, once per alert."""


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """An incident as a decision's alert tells it; times are UTC in Unix seconds, `first_entry_at` None before one.

    `telling` is the event whose sentence says most; `together`: the first incident of cameras that were hit at once.
    """

    camera: str
    door: str | None
    kind: EventKind
    severity: Severity
    first_at: float
    first_entry_at: float | None
    evidence: tuple[Evidence, ...]
    telling: Event | None = None
    together: UUID | None = None


def alerts_for_event(
    event: Event,
    *,
    destinations: Sequence[Destination],
    confirmed_avs: int | None,
    first_at: float,
    first_entry_at: float | None,
    site: str,
    told: AbstractSet[str],
    next_sequence: NextSequence,
    zone: tzinfo = UTC,
    flagrante: float = FLAGRANTE_SECONDS,
    together: UUID | None = None,
    minors: Minors = Minors.UNKNOWN,
) -> list[Alert]:
    """The alerts `event` owes. `confirmed_avs` is None unless the latest decision confirmed the incident.

    `told`: destinations that were already told of this incident; `first_at`: when it began;
    `first_entry_at`: when somebody first went in, None if nobody was seen to; `zone`: whose clock the sentence tells;
    `flagrante`: how many seconds the window lasts; `together`: the first incident of cameras that were hit at once;
    `minors`: whether some are known to be present.
    """
    data = _tell_event(event, site, zone) | tell_begin(first_at, first_entry_at, together)
    until = flagrante_until(first_at=first_at, first_entry_at=first_entry_at, lasts=flagrante)
    data["flagrante_until"] = rfc3339(until)
    data["status"] = "unconfirmed" if confirmed_avs is None else "confirmed"
    if confirmed_avs is not None:
        data["avs"] = confirmed_avs
    return [
        Alert(
            id=uuid5(event.id, f"alert/{destination.id}"),
            destination=destination.id,
            incident=event.incident,
            sequence=next_sequence(destination.id),
            type=_type_of(event),
            at=event.at,
            data=event_data(event) if _is_ours(destination) else data | _tell_minors(destination, minors),
            urgent=event.severity.rank >= Severity.ALARM.rank,
        )
        for destination in destinations
        if may_have_event(destination, event, confirmed_avs, told)
    ]


def alerts_for_decision(
    decision: Decision,
    *,
    destinations: Sequence[Destination],
    summary: IncidentSummary,
    site: str,
    told: AbstractSet[str],
    next_sequence: NextSequence,
    zone: tzinfo = UTC,
    flagrante: float = FLAGRANTE_SECONDS,
    minors: Minors = Minors.UNKNOWN,
) -> list[Alert]:
    """The alerts an operator's decision owes; `told` and what follows it as in `alerts_for_event`."""
    verb = "incident.confirmed" if decision.confirmed else "incident.rejected"
    data = _tell_decision(decision, summary, site, zone, flagrante)
    return [
        Alert(
            id=uuid5(decision.id, f"alert/{destination.id}"),
            destination=destination.id,
            incident=decision.incident,
            sequence=next_sequence(destination.id),
            type=f"{TYPE_PREFIX}{verb}.v1",
            at=decision.at,
            data=decision_data(decision)
            if _is_ours(destination)
            else data | (_tell_minors(destination, minors) if decision.confirmed else {}),
        )
        for destination in destinations
        if may_have_decision(destination, decision.avs, told)
    ]


def alert_for_test(destination: Destination, *, incident: UUID, at: float, by: str, site: str) -> Alert:
    """A marked test to one destination, whatever it wants to hear: nobody acts on it. `by` names who asked for it."""
    return Alert(
        id=uuid5(incident, f"alert/{destination.id}"),
        destination=destination.id,
        incident=incident,
        sequence=0,
        type=TEST_TYPE,
        at=at,
        data={"site": site, "incident": str(incident), "at": rfc3339(at), "status": "test", "asked_by": by},
    )


def rfc3339(at: float) -> str:
    """UTC, to the millisecond, e.g. 2026-11-22T02:14:19.480Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _type_of(event: Event) -> str:
    return f"{TYPE_PREFIX}{_verb_of(event)}.v1"


def _verb_of(event: Event) -> str:
    match event.kind:
        case (
            EventKind.CAMERA_COVERED
            | EventKind.CAMERA_MOVED
            | EventKind.CAMERA_DEFOCUSED
            | EventKind.CAMERA_DARK
            | EventKind.CAMERA_FROZEN
        ):
            return "camera.tampered"
        case EventKind.CAMERA_LOST | EventKind.CAMERA_UNSTEADY:
            return "camera.offline"
        case EventKind.RESTORED | EventKind.CLOSED:
            if event.door is not None:
                return "detection.ended"
            was_lost = any(item.fact is Fact.SIGNAL_LOST for item in event.evidence)
            return "camera.online" if was_lost else "camera.restored"
        case (
            EventKind.LOITERING
            | EventKind.TAMPERING
            | EventKind.SEAL_CHANGED
            | EventKind.DOOR_OPENED
            | EventKind.ENTRY
            | EventKind.EXIT
        ):
            return "detection.raised" if event.sequence == 0 else "detection.updated"
        case _:
            assert_never(event.kind)


def _tell_event(event: Event, site: str, zone: tzinfo) -> dict[str, Any]:
    data = {
        "site": site,
        "incident": str(event.incident),
        "event": str(event.id),
        "unit": event.door,
        "camera": event.camera,
        "kind": event.kind.value,
        "severity": event.severity.value,
        "phase": event.phase.value,
        "at": rfc3339(event.at),
        "sentence": sentences(event, by_the_clock(zone)),
        "evidence": _tell_evidence(event.evidence),
    }
    return data if event.order is None else data | {"order": event.order}


def _tell_decision(
    decision: Decision, summary: IncidentSummary, site: str, zone: tzinfo, flagrante: float
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "site": site,
        "incident": str(decision.incident),
        "decision": str(decision.id),
        "unit": summary.door,
        "camera": summary.camera,
        "kind": summary.kind.value,
        "severity": summary.severity.value,
        "at": rfc3339(decision.at),
        **tell_begin(summary.first_at, summary.first_entry_at, summary.together),
    }
    if decision.reason is not None:
        return data | {"status": "rejected", "reason": decision.reason.value, "rejected_by": decision.operator}
    if summary.telling is not None:
        data["sentence"] = sentences(summary.telling, by_the_clock(zone))
    until = flagrante_until(first_at=summary.first_at, first_entry_at=summary.first_entry_at, lasts=flagrante)
    return data | {
        "status": "confirmed",
        "avs": decision.avs,
        "confirmed_by": decision.operator,
        "flagrante_until": rfc3339(until),
        "evidence": _tell_evidence(summary.evidence),
    }


def tell_begin(first_at: float, first_entry_at: float | None, together: UUID | None) -> dict[str, Any]:
    """Of an alert's data, when its incident began, when somebody first went in, and what it began with, if anything."""
    begin = {
        "first_detection": rfc3339(first_at),
        "first_entry_at": None if first_entry_at is None else rfc3339(first_entry_at),
        "together": None if together is None else str(together),
    }
    return {key: value for key, value in begin.items() if value is not None}


def _tell_minors(destination: Destination, minors: Minors) -> dict[str, Any]:
    return {"minors": minors.value} if may_know_of_minors(destination) else {}


def _is_ours(destination: Destination) -> bool:
    return destination.kind is DestinationKind.CENTRE


def _tell_evidence(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    surest = sorted(evidence, key=lambda item: -item.confidence)[:EVIDENCE_LIMIT]
    return [
        item.to_json() | {"at": rfc3339(item.at), "words": {"it": item.say("it"), "en": item.say("en")}}
        for item in sorted(surest, key=lambda item: item.at)
    ]
