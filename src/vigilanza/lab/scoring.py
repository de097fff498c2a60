"""Scores the alarms of one recording against its truth, event by event, not picture by picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilanza.domain.events import Event, EventKind, Severity
from vigilanza.lab.assignment import assign
from vigilanza.lab.take import Take
from vigilanza.lab.truth import Span, Truth, Window

IN_TIME_S = 10.0
"""An alarm that comes later than this after the first act is late."""
SAME_S = 60.0
"""An alarm at the same door so soon after one that was right is the same one."""
MERGE_S = 10.0
"""False alarms closer than this count as one."""
_DOOR_KINDS = frozenset(
    {EventKind.TAMPERING, EventKind.SEAL_CHANGED, EventKind.DOOR_OPENED, EventKind.ENTRY, EventKind.EXIT}
)
_VIEW_KINDS = frozenset(kind for kind in EventKind if kind.startswith("camera_"))
FITTING: Mapping[str, frozenset[EventKind]] = {
    "break_in": _DOOR_KINDS,
    "seal_removed": _DOOR_KINDS,
    "camera_tamper": _VIEW_KINDS | _DOOR_KINDS,
}
"""Which events answer which window of the truth."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An event from alarm level up; `t` in seconds of clip time."""

    t: float
    kind: EventKind
    door: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one window: the alarm that answered it, or None."""

    window: Window
    alarm: Alarm | None
    entry: float | None
    """Clip time of the first entry by that door after the first act, if there is one."""

    @property
    def delay(self) -> float | None:
        """Seconds from the first act to the alarm."""
        return None if self.alarm is None else self.alarm.t - self.window.t_start

    @property
    def late(self) -> bool:
        """Whether the alarm came, but later than an operator can wait for it."""
        return self.delay is not None and self.delay > IN_TIME_S

    @property
    def lead(self) -> float | None:
        """Seconds from the alarm to the first entry; below 0 if the alarm came after it."""
        return None if self.alarm is None or self.entry is None else self.entry - self.alarm.t


@dataclass(frozen=True, slots=True)
class Score:
    """One take: what became of each window, and the false alarms (merged)."""

    take: Take
    outcomes: tuple[Outcome, ...]
    false_alarms: tuple[Alarm, ...]


def alarms_of(events: Sequence[Event], start_at: float) -> list[Alarm]:
    """The alarms among `events` of a recording whose first picture was taken at `start_at`."""
    loud = [event for event in events if event.severity.rank >= Severity.ALARM.rank]
    return [Alarm(event.at - start_at, event.kind, event.door) for event in loud]


def score(take: Take, alarms: Sequence[Alarm]) -> Score:
    """Match alarms with windows one to one; what fits none, repeats no right alarm and is not ignored, is false."""
    alarms = sorted(alarms, key=lambda alarm: alarm.t)
    windows = take.windows
    answers = assign([_costs(window, alarms) for window in windows])
    right = [alarms[number] for number in answers if number is not None]
    outcomes = [
        Outcome(window, None if number is None else alarms[number], _entry(take.truth, window))
        for window, number in zip(windows, answers, strict=True)
    ]
    false: list[Alarm] = []
    for alarm in alarms:
        if any(fits(window, alarm) for window in windows) or _is_ignored(take.ignored, alarm):
            continue
        if any(one.door == alarm.door and 0 <= alarm.t - one.t <= SAME_S for one in right):
            continue
        if not false or alarm.t - false[-1].t > MERGE_S:
            false.append(alarm)
    return Score(take, tuple(outcomes), tuple(false))


def fits(window: Window, alarm: Alarm) -> bool:
    """Whether an alarm is what a window asks for."""
    in_time = window.t_start <= alarm.t <= window.t_end
    return in_time and window.door in (None, alarm.door) and alarm.kind in FITTING[window.kind]


def _costs(window: Window, alarms: Sequence[Alarm]) -> dict[int, float]:
    return {number: alarm.t - window.t_start for number, alarm in enumerate(alarms) if fits(window, alarm)}


def _is_ignored(spans: Sequence[Span], alarm: Alarm) -> bool:
    return any(
        span.t_start <= alarm.t <= span.t_end and (span.kinds is None or alarm.kind in span.kinds) for span in spans
    )


def _entry(truth: Truth, window: Window) -> float | None:
    """A window of the camera asks for the first entry at any sealed door."""
    sealed = {door.id for door in truth.doors if door.role == "sealed"}
    doors = sealed if window.door is None else {window.door}
    times = [event.t_start for event in truth.events if event.type == "entry" and event.door in doors]
    return min((t for t in times if t >= window.t_start), default=None)
