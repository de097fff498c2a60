"""Past facts about an incident. Their names are a public interface (docs/integrator.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from vigilanza.domain.evidence import Evidence
from vigilanza.domain.meter import Meter
from vigilanza.domain.observation import Fact

NAMESPACE = UUID("6d1c1a0e-6f0a-5b7e-9f43-0d2a41c8a7b1")


class EventKind(StrEnum):
    """What happened."""

    LOITERING = "loitering"
    TAMPERING = "tampering"
    SEAL_CHANGED = "seal_changed"
    DOOR_OPENED = "door_opened"
    ENTRY = "entry"
    EXIT = "exit"
    CAMERA_COVERED = "camera_covered"
    CAMERA_MOVED = "camera_moved"
    CAMERA_DEFOCUSED = "camera_defocused"
    CAMERA_DARK = "camera_dark"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_LOST = "camera_lost"
    CAMERA_UNSTEADY = "camera_unsteady"
    RESTORED = "restored"
    CLOSED = "closed"


class Severity(StrEnum):
    """How loudly it calls; from ALARM on the operator's screen calls."""

    INFO = "info"
    ATTENTION = "attention"
    ALARM = "alarm"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (info) to 3 (critical)."""
        return list(Severity).index(self)


class Phase(StrEnum):
    """How far an incident has gone."""

    QUIET = "quiet"
    ATTENTION = "attention"
    SUSPECTED = "suspected"
    FORCED = "forced"
    ENTERED = "entered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Event:
    """One past fact. The same recording and configuration always give the same `id` and `incident`.

    `at` is UTC in Unix seconds (picture time); `sequence` counts the events of one incident from 0;
    `door` is None when the incident is about the camera itself. `order` is the id of the work order under which it
    happened: then, and only then, what is seen at a door is told as info.
    """

    id: UUID
    incident: UUID
    sequence: int
    kind: EventKind
    severity: Severity
    phase: Phase
    camera: str
    door: str | None
    at: float
    evidence: tuple[Evidence, ...]
    order: str | None = None


def tell(
    incident: UUID,
    sequence: int,
    kind: EventKind,
    severity: Severity,
    phase: Phase,
    *,
    camera: str,
    door: str | None,
    at: float,
    meters: Iterable[tuple[Fact, Meter]],
) -> Event:
    """The event number `sequence` of an incident, with every fact that was ever seen in it as evidence."""
    evidence = tuple(
        Evidence(fact, meter.since, round(meter.seconds, 3), round(meter.peak, 3), meter.count)
        for fact, meter in meters
        if meter.peak
    )
    return Event(
        uuid5(incident, f"{sequence}/{kind}"), incident, sequence, kind, severity, phase, camera, door, at, evidence
    )


def event_to_json(event: Event) -> dict[str, Any]:
    """The event as JSON values; `event_from_json` gives back an equal event. `order` is there only if it has one."""
    raw = {
        "id": str(event.id),
        "incident": str(event.incident),
        "sequence": event.sequence,
        "kind": event.kind.value,
        "severity": event.severity.value,
        "phase": event.phase.value,
        "camera": event.camera,
        "door": event.door,
        "at": event.at,
        "evidence": [item.to_json() for item in event.evidence],
    }
    return raw if event.order is None else raw | {"order": event.order}


def event_from_json(raw: dict[str, Any]) -> Event:
    """Inverse of `event_to_json`; KeyError or ValueError if `raw` is not such an object."""
    try:
        return _event_of(raw)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {error}") from error


def _event_of(raw: dict[str, Any]) -> Event:
    return Event(
        id=UUID(raw["id"]),
        incident=UUID(raw["incident"]),
        sequence=int(raw["sequence"]),
        kind=EventKind(raw["kind"]),
        severity=Severity(raw["severity"]),
        phase=Phase(raw["phase"]),
        camera=str(raw["camera"]),
        door=None if raw["door"] is None else str(raw["door"]),
        at=float(raw["at"]),
        evidence=tuple(Evidence.from_json(item) for item in raw["evidence"]),
        order=None if raw.get("order") is None else str(raw["order"]),
    )
