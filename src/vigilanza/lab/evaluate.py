"""Scores alarms against a recording's truth, event by event (i-LIDS style), not picture by picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vigilanza.domain.events import Event, EventKind, Severity

MERGE_S = 10.0
"""False alarms closer than this count as one."""
_DOOR_KINDS = frozenset(
    {EventKind.TAMPERING, EventKind.SEAL_CHANGED, EventKind.DOOR_OPENED, EventKind.ENTRY, EventKind.EXIT}
)
_VIEW_KINDS = frozenset(
    {
        EventKind.CAMERA_COVERED,
        EventKind.CAMERA_MOVED,
        EventKind.CAMERA_DEFOCUSED,
        EventKind.CAMERA_DARK,
        EventKind.CAMERA_FROZEN,
        EventKind.CAMERA_LOST,
    }
)
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
class Score:
    """One recording: per wanted window the delay of its first fitting alarm in seconds (None: missed), false alarms."""

    delays: tuple[float | None, ...]
    false_alarms: tuple[Alarm, ...]

    @property
    def found(self) -> int:
        """Windows with an alarm."""
        return sum(delay is not None for delay in self.delays)


def alarms_of(events: Sequence[Event], start_at: float) -> list[Alarm]:
    """The alarms among `events` of a recording whose first picture was taken at `start_at`."""
    loud = [event for event in events if event.severity.rank >= Severity.ALARM.rank]
    return [Alarm(event.at - start_at, event.kind, event.door) for event in loud]


def score(truth: Mapping[str, Any], alarms: Sequence[Alarm]) -> Score:
    """Match alarms with the truth's `alarm` windows; those outside every window and `ignore` span are false.

    An authorised visit is scored as seen without its work order: the opened door must be raised.
    """
    visit = truth.get("authorised_visit", {}).get("alarm_without_order", [])
    windows = visit or truth["alarm"]
    delays = []
    for window in windows:
        fitting = [alarm for alarm in alarms if _within(window, alarm) and _fits(window, alarm)]
        delays.append(round(fitting[0].t - window["t_start"], 1) if fitting else None)
    aftermath = [{"t_start": window["t_end"], "t_end": truth["duration"]} for window in visit]
    spans = [*windows, *truth["ignore"], *aftermath]
    false: list[Alarm] = []
    for alarm in alarms:
        if any(_within(span, alarm) for span in spans):
            continue
        if not false or alarm.t - false[-1].t > MERGE_S:
            false.append(alarm)
    return Score(tuple(delays), tuple(false))


def _within(span: Mapping[str, Any], alarm: Alarm) -> bool:
    return bool(span["t_start"] <= alarm.t <= span["t_end"])


def _fits(window: Mapping[str, Any], alarm: Alarm) -> bool:
    same_door = window["door"] is None or window["door"] == alarm.door
    return same_door and alarm.kind in FITTING[window["kind"]]
