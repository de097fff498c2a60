"""What observations mean: one incident per (attempted) break-in at one door. Pure: same input, same output, for ever.

quiet → attention (somebody stays) → suspected (hands at work) → forced (the leaf differs) → entered → closed.
A door is judged by its level, not by an edge: as long as the leaf differs from its sealed reference and the view is
clear, or its contact is open, the incident is forced, whoever is in the picture. While the view is not clear nothing is
closed or forgotten.
"""

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity, tell
from vigilanza.domain.hurdle import Hurdle, Need, Way
from vigilanza.domain.meter import UNSEEN, Meter
from vigilanza.domain.observation import Fact, Observation


@dataclass(frozen=True, slots=True)
class Policy:
    """Time limits in seconds."""

    forget: float = 2.5
    """A fact not seen for this long has ended."""
    missed: float = 0.5
    """Hands at work are hidden by the body now and then: seen before and after so short a gap, they did not rest."""
    loiter_after: float = 10.0
    work_after: float = 5.0
    """Somebody works on the leaf for this long: worth a look."""
    work_alarm_after: float = 10.0
    """A leaflet, a knock, a look at the seal take less."""
    crouch_alarm_after: float = 5.0
    """The same on the heels or knees, as before a lock: something dropped, or pushed under the door, takes less."""
    alone_after: float = 5.0
    """Nobody at a forced door for this long: who comes now is somebody else, or back."""
    return_work_after: float = 0.15
    """Such a person works on the leaf in more than one look of a fifth of a second: nobody knocks at an open door."""
    change_after: float = 1.0
    ajar_after: float = 3.0
    """Longer: a leaf that only looks turned, as one half hidden by somebody who passes, does not stay so."""
    glimpse_after: float = 0.3
    """The leaf seen otherwise for this long is enough if somebody also vanished through it or came out of it."""
    contact_after: float = 0.5
    """A contact open for this long does not just chatter; if somebody went through, once is enough."""
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
    left_alone: bool = False
    """Nobody was at the forced door for `alone_after`; what somebody does there since was not told yet."""

    @property
    def open(self) -> bool:
        """True from the first event to the last."""
        return self.phase not in (Phase.QUIET, Phase.CLOSED)

    def has_raised(self, kind: EventKind, at_least: Severity) -> bool:
        """True if an event of that kind, and of that severity or a higher one, was raised in this incident."""
        return any(raised is kind and severity.rank >= at_least.rank for raised, severity in self.raised)

    def meter(self, fact: Fact) -> Meter:
        """How long `fact` has been seen."""
        return dict(self.meters).get(fact, UNSEEN)


_EVIDENCE = (
    Fact.PERSON_AT_DOOR,
    Fact.HAND_ON_LEAF,
    Fact.WORKS_ON_LEAF,
    Fact.CROUCHES_AT_LEAF,
    Fact.STRAINS_AT_LEAF,
    Fact.LEAF_SHAKEN,
    Fact.LEAF_PARTLY_CHANGED,
    Fact.SEAL_GONE,
    Fact.LEAF_AJAR,
    Fact.LEAF_CHANGED,
    Fact.LEAF_CHANGED_AGAIN,
    Fact.CONTACT_OPEN,
    Fact.WENT_IN,
    Fact.CAME_OUT,
)


_WORK = frozenset({Fact.WORKS_ON_LEAF, Fact.CROUCHES_AT_LEAF})
_OPENED = frozenset({Phase.FORCED, Phase.ENTERED})


def step(
    now: Incident, observations: Sequence[Observation], at: float, policy: Policy
) -> tuple[Incident, tuple[Event, ...]]:
    """Advance the incident of one door by one picture, given the observations of that door and of the view."""
    if now.at is not None and at <= now.at:
        return now, ()
    previous, now = now.at, _measured(now, observations, at, policy)
    for way in _ways(now, policy):
        if way.is_clear(now.meter, at):
            now, event = _raise(now, way.kind, way.severity, way.phase, at)
            return now, (event,)
    return _close(now, {observation.kind for observation in observations}, at, previous, policy)


def hurdles(now: Incident, at: float, policy: Policy) -> tuple[Hurdle, ...]:
    """What keeps the incident, as `step` left it at `at`, from rising: each way up that is open, and how far it is."""
    return tuple(way.measure(now.meter, at) for way in _ways(now, policy))


def _measured(now: Incident, observations: Sequence[Observation], at: float, policy: Policy) -> Incident:
    meters, left_at = dict(now.meters), now.meter(Fact.PERSON_AT_DOOR).last
    for fact in _EVIDENCE:
        same = [observation for observation in observations if observation.kind is fact]
        if same:
            # Each person at the door is an observation of its own; strokes and shakes are counted in each observation.
            count = len(same) if fact is Fact.PERSON_AT_DOOR else max(observation.count for observation in same)
            peak = max(observation.confidence for observation in same)
            missed = policy.missed if fact in _WORK else 0.0
            before = meters.get(fact, UNSEEN)
            meters[fact] = before.seen(at, now.at, peak, policy.forget, count=count, missed=missed)
    if not now.open:
        meters = {fact: meter for fact, meter in meters.items() if meter.running(at, policy.quiet_after)}
    alone = policy.alone_after < at - left_at < math.inf
    left_alone = now.phase is Phase.FORCED and (now.left_alone or alone)
    return replace(now, at=at, meters=tuple(meters.items()), left_alone=left_alone)


def _ways(now: Incident, policy: Policy) -> Iterator[Way]:
    """Every event that may come next, the first one that is clear counts. The only place that knows the rules."""
    for rule in (_attend, _suspect, _notice_seal, _force, _enter, _leave, _return):
        yield from rule(now, policy)


def _attend(now: Incident, policy: Policy) -> Iterator[Way]:
    if now.phase is Phase.QUIET:
        stays = Need(Fact.PERSON_AT_DOOR, policy.loiter_after, within=policy.forget)
        yield Way(EventKind.LOITERING, Severity.ATTENTION, Phase.ATTENTION, (stays,))


def _suspect(now: Incident, policy: Policy) -> Iterator[Way]:
    """Hands at work for long; or the whole body, or a leaf that gives, of which several signs were seen before."""
    limits = (
        (Fact.STRAINS_AT_LEAF, 0.0, Severity.ALARM),
        (Fact.LEAF_SHAKEN, 0.0, Severity.ALARM),
        (Fact.CROUCHES_AT_LEAF, policy.crouch_alarm_after, Severity.ALARM),
        (Fact.WORKS_ON_LEAF, policy.work_alarm_after, Severity.ALARM),
        (Fact.WORKS_ON_LEAF, policy.work_after, Severity.ATTENTION),
    )
    for fact, after, severity in limits:
        if now.phase not in _OPENED and not now.has_raised(EventKind.TAMPERING, severity):
            needs = (Need(fact, after, within=policy.forget), Need(Fact.PERSON_AT_DOOR, within=policy.forget))
            yield Way(EventKind.TAMPERING, severity, Phase.SUSPECTED, needs if fact is Fact.LEAF_SHAKEN else needs[:1])


def _notice_seal(now: Incident, policy: Policy) -> Iterator[Way]:
    """Part of the leaf looks otherwise, after hands were on it: a seal that is gone, or perhaps a leaflet."""
    gone = Need(Fact.SEAL_GONE, policy.seal_after, within=0.0)
    part = Need(Fact.LEAF_PARTLY_CHANGED, policy.seal_after, within=0.0)
    touched = Need(Fact.HAND_ON_LEAF)
    for needs, severity in (((gone,), Severity.ALARM), ((part, touched), Severity.ATTENTION)):
        if now.phase not in _OPENED and not now.has_raised(EventKind.SEAL_CHANGED, severity):
            yield Way(EventKind.SEAL_CHANGED, severity, Phase.SUSPECTED, needs)


def _force(now: Incident, policy: Policy) -> Iterator[Way]:
    """The leaf differs, is ajar or its contact open for long enough, or was for a moment and somebody went through."""
    if now.phase not in _OPENED:
        lasts = Need(Fact.LEAF_CHANGED, policy.change_after, within=0.0)
        ajar = Need(Fact.LEAF_AJAR, policy.ajar_after, within=0.0)
        glimpses = (Fact.LEAF_CHANGED, Fact.LEAF_AJAR)
        glimpsed = (Need(fact, policy.glimpse_after, within=policy.passage_within) for fact in glimpses)
        open_now = Need(Fact.CONTACT_OPEN, policy.contact_after, within=0.0)
        opened = Need(Fact.CONTACT_OPEN, within=policy.passage_within)
        went, came = (Need(fact, within=policy.forget) for fact in (Fact.WENT_IN, Fact.CAME_OUT))
        passages = ((sign, passed) for sign in (*glimpsed, opened) for passed in (went, came))
        for needs in ((lasts,), (ajar,), (open_now,), *passages):
            yield Way(EventKind.DOOR_OPENED, Severity.ALARM, Phase.FORCED, needs)
    elif now.meter(Fact.LEAF_CHANGED_AGAIN).since > now.changed_again_at:
        again = Need(Fact.LEAF_CHANGED_AGAIN, policy.change_after, within=0.0)
        yield Way(EventKind.DOOR_OPENED, Severity.ALARM, now.phase, (again,))


def _enter(now: Incident, policy: Policy) -> Iterator[Way]:
    if now.phase is Phase.FORCED:
        yield Way(EventKind.ENTRY, Severity.CRITICAL, Phase.ENTERED, (Need(Fact.WENT_IN, within=policy.forget),))


def _leave(now: Incident, policy: Policy) -> Iterator[Way]:
    if not now.has_raised(EventKind.EXIT, Severity.INFO) and now.phase in _OPENED:
        yield Way(EventKind.EXIT, Severity.ALARM, now.phase, (Need(Fact.CAME_OUT, within=policy.forget),))


def _return(now: Incident, policy: Policy) -> Iterator[Way]:
    """Hands at work again on a door that was forced and left alone: somebody is about to go in, or does more to it."""
    if now.left_alone:
        works = Need(Fact.WORKS_ON_LEAF, policy.return_work_after, within=policy.forget)
        yield Way(EventKind.TAMPERING, Severity.ALARM, Phase.FORCED, (works,))


def _close(
    now: Incident, seen: AbstractSet[Fact], at: float, previous: float | None, policy: Policy
) -> tuple[Incident, tuple[Event, ...]]:
    forced = now.phase in _OPENED
    sealed = Fact.LEAF_SEALED in seen or (Fact.LEAF_PARTLY_CHANGED in seen and not forced)
    if not now.open or not sealed or Fact.VIEW_CLEAR not in seen or {Fact.PERSON_AT_DOOR, Fact.CONTACT_OPEN} & seen:
        return replace(now, calm=UNSEEN), ()
    now = replace(now, calm=now.calm.seen(at, previous, 1.0, policy.forget))
    if now.calm.seconds < (policy.rearm_after if forced else policy.quiet_after):
        return now, ()
    _, event = _raise(now, EventKind.CLOSED, Severity.INFO, Phase.CLOSED, at)
    return Incident(now.camera, now.door, at=at), (event,)


def _raise(now: Incident, kind: EventKind, severity: Severity, phase: Phase, at: float) -> tuple[Incident, Event]:
    identity = now.id or uuid5(NAMESPACE, f"{now.camera}/{now.door}/{at:.3f}")
    event = tell(
        identity, now.sequence, kind, severity, phase, camera=now.camera, door=now.door, at=at, meters=now.meters
    )
    raised = now.raised | {(kind, severity)}
    after = replace(now, phase=phase, id=identity, sequence=now.sequence + 1, raised=raised, left_alone=False)
    if kind is EventKind.DOOR_OPENED and now.phase in _OPENED:
        after = replace(after, changed_again_at=now.meter(Fact.LEAF_CHANGED_AGAIN).since)
    return after, event


def resumed(told: Sequence[Event]) -> Incident:
    """The incident as its events, in order, left it, after a restart; what was measured before is forgotten."""
    last = told[-1]
    assert last.door is not None
    raised = frozenset((event.kind, event.severity) for event in told)
    return Incident(last.camera, last.door, last.phase, last.incident, last.sequence + 1, raised=raised)
