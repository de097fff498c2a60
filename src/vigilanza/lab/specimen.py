"""One alert of every type, made by the very code that makes real ones: for documents that must not fall behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from vigilanza.domain.aftermath import Step, StepTaken
from vigilanza.domain.alert import IncidentSummary, alert_for_test, alerts_for_decision, alerts_for_event
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.delivery import Alert, Destination, DestinationKind
from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.domain.observation import Fact
from vigilanza.domain.update import alerts_for_update

SITE = "0423"
BEGAN = 1_795_313_647.48
_VMS = Destination("comune", DestinationKind.MUNICIPAL_VMS)
_ROOM = Destination("co-pl", DestinationKind.CONTROL_ROOM)
_ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class _Scene:
    """What happened, and what was seen of it; a `door` of None is the camera's own incident."""

    kind: EventKind
    severity: Severity
    phase: Phase
    fact: Fact
    sequence: int
    door: str | None = "0423.B.03.12"


_SCENES = (
    _Scene(EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, Fact.PERSON_AT_DOOR, 0),
    _Scene(EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED, Fact.LEAF_CHANGED, 1),
    _Scene(EventKind.CLOSED, Severity.INFO, Phase.CLOSED, Fact.LEAF_SEALED, 2),
    _Scene(EventKind.CAMERA_COVERED, Severity.ALARM, Phase.SUSPECTED, Fact.VIEW_COVERED, 0, None),
    _Scene(EventKind.CAMERA_DEFOCUSED, Severity.ALARM, Phase.SUSPECTED, Fact.VIEW_DEFOCUSED, 0, None),
    _Scene(EventKind.CAMERA_DARK, Severity.ATTENTION, Phase.SUSPECTED, Fact.VIEW_DARK, 0, None),
    _Scene(EventKind.CAMERA_FROZEN, Severity.ALARM, Phase.SUSPECTED, Fact.VIEW_FROZEN, 0, None),
    _Scene(EventKind.RESTORED, Severity.INFO, Phase.CLOSED, Fact.VIEW_COVERED, 1, None),
    _Scene(EventKind.CAMERA_LOST, Severity.ALARM, Phase.SUSPECTED, Fact.SIGNAL_LOST, 0, None),
    _Scene(EventKind.CAMERA_UNSTEADY, Severity.ATTENTION, Phase.SUSPECTED, Fact.SIGNAL_UNSTEADY, 0, None),
    _Scene(EventKind.RESTORED, Severity.INFO, Phase.CLOSED, Fact.SIGNAL_LOST, 1, None),
)


def specimens() -> dict[str, tuple[Alert, ...]]:
    """By type: alerts that differ in which keys they have."""
    found: dict[str, tuple[Alert, ...]] = {}
    for alert in _all():
        found[alert.type] = (*found.get(alert.type, ()), alert)
    return found


def _all() -> Iterator[Alert]:
    for scene in _SCENES:
        event = _event(scene)
        yield _told(event, None, None)
        yield _told(event, 3, BEGAN + 12.0)
        yield _told(event, 3, BEGAN + 12.0, to=_ROOM)
        if scene.door is not None:
            yield _told(replace(event, order="WO-0147", severity=Severity.INFO), None, None)
        else:
            yield _told(event, None, None, together=_incident("first"))
    for avs, reason in ((3, None), (None, RejectReason.DELIVERY_OR_CLEANING)):
        for entered in (BEGAN + 12.0, None):
            yield _decided(_SCENES[1], avs, reason, entered)
            yield _decided(_SCENES[1], avs, reason, entered, to=_ROOM)
            yield _updated(entered)
        yield _decided(_SCENES[3], avs, reason, None, together=_incident("first"))
    yield alert_for_test(_VMS, incident=_incident("test"), at=BEGAN, by="operator-017", site=SITE)


def _incident(name: str) -> UUID:
    return uuid5(NAMESPACE, f"specimen/{name}")


def _event(scene: _Scene) -> Event:
    incident, at = _incident(scene.door or scene.fact), BEGAN + 10.0 * scene.sequence
    return Event(
        id=uuid5(incident, f"{scene.sequence}/{scene.kind}"),
        incident=incident,
        sequence=scene.sequence,
        kind=scene.kind,
        severity=scene.severity,
        phase=scene.phase,
        camera="b3-landing",
        door=scene.door,
        at=at,
        evidence=(Evidence(scene.fact, at - 6.0, 6.0, 0.91, 2 if scene.fact is Fact.PERSON_AT_DOOR else 1),),
    )


def _told(
    event: Event, avs: int | None, entered_at: float | None, *, to: Destination = _VMS, together: UUID | None = None
) -> Alert:
    [alert] = alerts_for_event(
        event,
        destinations=[to],
        confirmed_avs=avs,
        first_at=BEGAN,
        first_entry_at=entered_at,
        site=SITE,
        told={to.id},
        next_sequence=lambda _: event.sequence,
        zone=_ROME,
        together=together,
    )
    return alert


def _decided(
    scene: _Scene,
    avs: int | None,
    reason: RejectReason | None,
    entered_at: float | None,
    *,
    to: Destination = _VMS,
    together: UUID | None = None,
) -> Alert:
    opened = _event(scene)
    [alert] = alerts_for_decision(
        Decision(opened.incident, "operator-017", BEGAN + 45.0, avs=avs, reason=reason),
        destinations=[to],
        summary=_summary(opened, entered_at, together),
        site=SITE,
        told={to.id},
        next_sequence=lambda _: 3,
        zone=_ROME,
    )
    return alert


def _updated(entered_at: float | None) -> Alert:
    incident = _incident("0423.B.03.12")
    [alert] = alerts_for_update(
        StepTaken(uuid5(incident, "step"), incident, Step.MINORS_PRESENT, "operator-017", BEGAN + 900.0),
        destinations=[_ROOM],
        summary=_summary(_event(_SCENES[1]), entered_at, None),
        avs=3,
        site=SITE,
        told={_ROOM.id},
        next_sequence=lambda _: 4,
        flagrante=FLAGRANTE_SECONDS,
    )
    return alert


def _summary(opened: Event, entered_at: float | None, together: UUID | None) -> IncidentSummary:
    return IncidentSummary(
        camera=opened.camera,
        door=opened.door,
        kind=opened.kind,
        severity=opened.severity,
        first_at=BEGAN,
        first_entry_at=entered_at,
        evidence=opened.evidence,
        telling=opened,
        together=together,
    )
