"""What observations mean: one incident per (attempted) break-in at one door. Pure: same input, same output, for ever.

quiet → attention (somebody stays) → suspected (hands at work) → forced (the leaf differs) → entered → closed.
A door is judged by its level, not by an edge: as long as the leaf differs from its sealed reference and the view is
clear, the incident is forced, whoever is in the picture. While the view is not clear nothing is closed or forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity, tell
from vigilanza.domain.meter import UNSEEN, Meter
from vigilanza.domain.observation import Fact, Observation


@dataclass(frozen=True, slots=True)
class Policy:
    """Time limits in seconds."""

    forget: float = 2.5
    """A fact not seen for this long has ended."""
    loiter_after: float = 10.0
    work_after: float = 5.0
    """Somebody works on the leaf for this long: worth a look."""
    work_alarm_after: float = 10.0
    """A leaflet, a knock, a look at the seal take less."""
    strain_alarm_after: float = 0.2
    """Somebody strains against the door: four strokes are seen before this begins to count."""
    change_after: float = 1.0
    glimpse_after: float = 0.3
    """The leaf seen otherwise for this long is enough if somebody also vanished through it."""
    passage_within: float = 10.0
    seal_after: float = 6.0
    quiet_after: float = 20.0
    """Nobody there and the leaf sealed for this long: a mere attention is closed."""
    rearm_after: float = 120.0
    """The same after a forced entry."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is believed about one door. `at` is picture time (UTC, Unix seconds)."""

    camera: str
    door: str
    phase: Phase = Phase.QUIET
    id: UUID | None = None
    sequence: int = 0
    at: float | None = None
    calm: Meter = UNSEEN
    meters: tuple[tuple[Fact, Meter], ...] = ()
    raised: frozenset[tuple[EventKind, Severity]] = frozenset()
    changed_again_at: float = float("-inf")

    @property
    def open(self) -> bool:
        """True from the first event to the last."""
        return self.phase not in (Phase.QUIET, Phase.CLOSED)

    def has_raised(self, kind: EventKind, at_least: Severity = Severity.INFO) -> bool:
        """True if an event of that kind, and of that severity or a higher one, was raised in this incident."""
        return any(raised is kind and severity.rank >= at_least.rank for raised, severity in self.raised)

    def meter(self, fact: Fact) -> Meter:
        """How long `fact` has been seen."""
        return dict(self.meters).get(fact, UNSEEN)


_EVIDENCE = (
    Fact.PERSON_AT_DOOR,
    Fact.HAND_ON_LEAF,
    Fact.WORKS_ON_LEAF,
    Fact.STRAINS_AT_LEAF,
    Fact.LEAF_PARTLY_CHANGED,
    Fact.SEAL_GONE,
    Fact.LEAF_CHANGED,
    Fact.LEAF_CHANGED_AGAIN,
    Fact.WENT_IN,
    Fact.CAME_OUT,
)


def step(
    now: Incident, observations: Sequence[Observation], at: float, policy: Policy
) -> tuple[Incident, tuple[Event, ...]]:
    """Advance the incident of one door by one picture, given the observations of that door and of the view."""
    if now.at is not None and at <= now.at:
        return now, ()
    seen = {observation.kind: observation for observation in observations}
    previous, now = now.at, _measured(now, seen, at, policy)
    for rule in (_attend, _suspect, _notice_seal, _force, _enter, _leave):
        now, event = rule(now, at, policy)
        if event is not None:
            return now, (event,)
    return _close(now, seen, at, previous, policy)


def _measured(now: Incident, seen: dict[Fact, Observation], at: float, policy: Policy) -> Incident:
    meters = dict(now.meters)
    for fact in _EVIDENCE:
        if fact in seen:
            meters[fact] = meters.get(fact, UNSEEN).seen(at, now.at, seen[fact].confidence, policy.forget)
    if not now.open:
        meters = {fact: meter for fact, meter in meters.items() if meter.running(at, policy.quiet_after)}
    return replace(now, at=at, meters=tuple(meters.items()))


_Outcome = tuple[Incident, Event | None]


def _attend(now: Incident, at: float, policy: Policy) -> _Outcome:
    stay = now.meter(Fact.PERSON_AT_DOOR)
    if now.has_raised(EventKind.LOITERING) or now.phase not in (Phase.QUIET, Phase.ATTENTION):
        return now, None
    if not stay.running(at, policy.forget) or stay.seconds < policy.loiter_after:
        return now, None
    return _raise(now, EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, at)


def _suspect(now: Incident, at: float, policy: Policy) -> _Outcome:
    """Hands at work for long, or the whole body for a moment."""
    if now.phase in (Phase.FORCED, Phase.ENTERED):
        return now, None
    work, strain = now.meter(Fact.WORKS_ON_LEAF), now.meter(Fact.STRAINS_AT_LEAF)
    limits = (
        (strain, policy.strain_alarm_after, Severity.ALARM),
        (work, policy.work_alarm_after, Severity.ALARM),
        (work, policy.work_after, Severity.ATTENTION),
    )
    for meter, after, severity in limits:
        reached = meter.running(at, policy.forget) and meter.seconds >= after
        if reached and not now.has_raised(EventKind.TAMPERING, severity):
            return _raise(now, EventKind.TAMPERING, severity, Phase.SUSPECTED, at)
    return now, None


def _notice_seal(now: Incident, at: float, policy: Policy) -> _Outcome:
    """Part of the leaf looks otherwise, after hands were on it: a seal that is gone, or perhaps a leaflet."""
    if now.phase in (Phase.FORCED, Phase.ENTERED):
        return now, None
    gone, part = now.meter(Fact.SEAL_GONE), now.meter(Fact.LEAF_PARTLY_CHANGED)
    touched = bool(now.meter(Fact.HAND_ON_LEAF).peak)
    for meter, certain, severity in ((gone, True, Severity.ALARM), (part, touched, Severity.ATTENTION)):
        lasts = meter.running(at, 0.0) and meter.seconds >= policy.seal_after
        if certain and lasts and not now.has_raised(EventKind.SEAL_CHANGED, severity):
            return _raise(now, EventKind.SEAL_CHANGED, severity, Phase.SUSPECTED, at)
    return now, None


def _force(now: Incident, at: float, policy: Policy) -> _Outcome:
    """The leaf differs for long enough, or differed for a moment and somebody vanished through it."""
    changed, again = now.meter(Fact.LEAF_CHANGED), now.meter(Fact.LEAF_CHANGED_AGAIN)
    if now.phase not in (Phase.FORCED, Phase.ENTERED):
        lasts = changed.seconds >= policy.change_after and changed.running(at, 0.0)
        glimpsed = changed.seconds >= policy.glimpse_after and changed.running(at, policy.passage_within)
        if lasts or (glimpsed and now.meter(Fact.WENT_IN).running(at, policy.forget)):
            return _raise(now, EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED, at)
        return now, None
    if again.running(at, 0.0) and again.seconds >= policy.change_after and again.since > now.changed_again_at:
        now = replace(now, changed_again_at=again.since)
        return _raise(now, EventKind.DOOR_OPENED, Severity.ALARM, now.phase, at)
    return now, None


def _enter(now: Incident, at: float, policy: Policy) -> _Outcome:
    if now.phase is not Phase.FORCED or not now.meter(Fact.WENT_IN).running(at, policy.forget):
        return now, None
    return _raise(now, EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, at)


def _leave(now: Incident, at: float, policy: Policy) -> _Outcome:
    if now.has_raised(EventKind.EXIT) or now.phase not in (Phase.FORCED, Phase.ENTERED):
        return now, None
    if not now.meter(Fact.CAME_OUT).running(at, policy.forget):
        return now, None
    return _raise(now, EventKind.EXIT, Severity.ALARM, now.phase, at)


def _close(
    now: Incident, seen: dict[Fact, Observation], at: float, previous: float | None, policy: Policy
) -> tuple[Incident, tuple[Event, ...]]:
    forced = now.phase in (Phase.FORCED, Phase.ENTERED)
    sealed = Fact.LEAF_SEALED in seen or (Fact.LEAF_PARTLY_CHANGED in seen and not forced)
    if not now.open or not sealed or Fact.VIEW_CLEAR not in seen or Fact.PERSON_AT_DOOR in seen:
        return replace(now, calm=UNSEEN), ()
    now = replace(now, calm=now.calm.seen(at, previous, 1.0, policy.forget))
    if now.calm.seconds < (policy.rearm_after if forced else policy.quiet_after):
        return now, ()
    _, event = _raise(now, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, at)
    return Incident(now.camera, now.door, at=at), (() if event is None else (event,))


def _raise(now: Incident, kind: EventKind, severity: Severity, phase: Phase, at: float) -> _Outcome:
    identity = now.id or uuid5(NAMESPACE, f"{now.camera}/{now.door}/{at:.3f}")
    event = tell(
        identity, now.sequence, kind, severity, phase, camera=now.camera, door=now.door, at=at, meters=now.meters
    )
    after = replace(now, phase=phase, id=identity, sequence=now.sequence + 1, raised=now.raised | {(kind, severity)})
    return after, event


def resumed(told: Sequence[Event]) -> Incident:
    """The incident as its events, in order, left it, after a restart; what was measured before is forgotten."""
    last = told[-1]
    assert last.door is not None
    raised = frozenset((event.kind, event.severity) for event in told)
    return Incident(last.camera, last.door, last.phase, last.incident, last.sequence + 1, raised=raised)
