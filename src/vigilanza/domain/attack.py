"""What observations of the view mean: one incident per attack on, or loss of, one camera. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from vigilanza.domain.events import NAMESPACE, Event, EventKind, Phase, Severity, tell
from vigilanza.domain.meter import UNSEEN, Meter
from vigilanza.domain.observation import Fact, Observation


@dataclass(frozen=True, slots=True)
class Sign:
    """What one view fact is called, how loudly it calls, and after how many seconds."""

    kind: EventKind
    severity: Severity
    after: float


SIGNS = {
    Fact.VIEW_COVERED: Sign(EventKind.CAMERA_COVERED, Severity.ALARM, 1.5),
    Fact.VIEW_MOVED: Sign(EventKind.CAMERA_MOVED, Severity.ALARM, 1.0),
    Fact.VIEW_DEFOCUSED: Sign(EventKind.CAMERA_DEFOCUSED, Severity.ALARM, 5.0),
    Fact.VIEW_DARK: Sign(EventKind.CAMERA_DARK, Severity.ATTENTION, 10.0),
    Fact.VIEW_FROZEN: Sign(EventKind.CAMERA_FROZEN, Severity.ALARM, 0.0),
    Fact.SIGNAL_LOST: Sign(EventKind.CAMERA_LOST, Severity.ALARM, 0.0),
    Fact.SIGNAL_UNSTEADY: Sign(EventKind.CAMERA_UNSTEADY, Severity.ATTENTION, 0.0),
}
"""Whoever walks past so near to a lens that nothing else is seen hides it for half a second: half a metre of a body.

Another scene for a second is a camera that was turned. No scene might also be a camera that is dazzled by a lamp or
switches to infrared, and is given longer.
"""
LOST_AGAIN_AFTER_S = 60.0
"""A camera that only comes and goes is told as unsteady; if it then stays away for so long, it is lost after all."""
FORGET_S = 1.5
RESTORED_AFTER_S = 3.0


@dataclass(frozen=True, slots=True)
class Attack:
    """What is believed about one camera's view. Times are UTC in Unix seconds (picture time)."""

    camera: str
    id: UUID | None = None
    sequence: int = 0
    at: float | None = None
    raised: frozenset[EventKind] = frozenset()
    lost_again: bool = False
    meters: tuple[tuple[Fact, Meter], ...] = ()
    clear: Meter = UNSEEN

    @property
    def open(self) -> bool:
        """True while the camera does not show what it should."""
        return self.id is not None


def step(now: Attack, observations: Sequence[Observation], at: float) -> tuple[Attack, tuple[Event, ...]]:
    """Advance by one picture, or by the news that there is none (SIGNAL_LOST)."""
    if now.at is not None and at <= now.at:
        return now, ()
    meters = dict(now.meters)
    for observation in observations:
        if observation.kind in SIGNS:
            meter = meters.get(observation.kind, UNSEEN)
            meters[observation.kind] = meter.seen(at, now.at, observation.confidence, FORGET_S)
    previous, now = now.at, replace(now, at=at, meters=tuple(meters.items()))
    for fact, meter in now.meters:
        sign = SIGNS[fact]
        if meter.running(at, 0.0) and meter.seconds >= _due_after(now, sign):
            return _raise(now, sign.kind, sign.severity, at)
    return _restore(now, observations, at, previous)


def _due_after(now: Attack, sign: Sign) -> float:
    """Seconds for which a sign must have been seen to be told now; inf if that was done."""
    if sign.kind not in now.raised:
        return sign.after
    stays_away = sign.kind is EventKind.CAMERA_LOST and EventKind.CAMERA_UNSTEADY in now.raised
    return LOST_AGAIN_AFTER_S if stays_away and not now.lost_again else float("inf")


def _restore(
    now: Attack, observations: Sequence[Observation], at: float, previous: float | None
) -> tuple[Attack, tuple[Event, ...]]:
    seen = {observation.kind for observation in observations}
    if not now.open or Fact.VIEW_CLEAR not in seen or Fact.SIGNAL_UNSTEADY in seen:
        return replace(now, clear=UNSEEN), ()
    clear = now.clear.seen(at, previous, 1.0, FORGET_S)
    if clear.seconds < RESTORED_AFTER_S:
        return replace(now, clear=clear), ()
    _, events = _raise(now, EventKind.RESTORED, Severity.INFO, at)
    return Attack(now.camera, at=at), events


def _raise(now: Attack, kind: EventKind, severity: Severity, at: float) -> tuple[Attack, tuple[Event, ...]]:
    identity = now.id or uuid5(NAMESPACE, f"{now.camera}//{at:.3f}")
    phase = Phase.CLOSED if kind is EventKind.RESTORED else Phase.SUSPECTED
    event = tell(identity, now.sequence, kind, severity, phase, camera=now.camera, door=None, at=at, meters=now.meters)
    again, raised = now.lost_again or kind in now.raised, now.raised | {kind}
    return replace(now, id=identity, sequence=now.sequence + 1, raised=raised, lost_again=again), (event,)


def resumed(told: Sequence[Event]) -> Attack:
    """The attack as its events, in order, left it, after a restart."""
    last, kinds = told[-1], [event.kind for event in told]
    raised = frozenset(kinds)
    return Attack(last.camera, last.incident, last.sequence + 1, raised=raised, lost_again=len(kinds) > len(raised))
