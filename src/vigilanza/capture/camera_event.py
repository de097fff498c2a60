"""What a camera noticed by itself, and how long that is believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class EventKind(StrEnum):
    """What an event is about."""

    TAMPER = "tamper"
    DIGITAL_INPUT = "digital_input"
    MOTION = "motion"


EXPIRY_S: Mapping[EventKind, float | None] = MappingProxyType(
    {EventKind.TAMPER: 60.0, EventKind.DIGITAL_INPUT: None, EventKind.MOTION: 30.0}
)
"""Seconds after which an "on" that was not repeated counts as over, where a camera never says "off".

A contact at a door is never guessed: an open door stays open for as long as it likes.
"""
LEVELS_MAX = 256
"""Sources of events of one camera that are remembered."""


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """A state of the camera's own that has changed, or was told for the first time.

    `source` is the input or sensor as the camera names it; `at` is UTC in Unix seconds by our clock. `assumed`: the
    camera never says "off" for this, it was on for long enough.
    """

    kind: EventKind
    source: str
    active: bool
    at: float
    assumed: bool = False


@dataclass(slots=True)
class _Level:
    active: bool
    since: float
    says_off: bool = False


class CameraLevels:
    """The present state of everything a camera tells about; makes changes out of repeated messages.

    Times are given: UTC Unix seconds `at` of the message, and monotonic seconds `now`.
    """

    def __init__(self, *, expiry: Mapping[EventKind, float | None] = EXPIRY_S) -> None:
        self._expiry = expiry
        self._levels: dict[tuple[EventKind, str], _Level] = {}
        self.dropped = 0
        """Messages about sources beyond the bound."""

    def take(
        self, kind: EventKind, source: str, active: bool, *, changed: bool, at: float, now: float
    ) -> CameraEvent | None:
        """The change that a message means, if it is one. `changed`: the camera sends it because something happened.

        Else it only tells the state, as at the beginning of a subscription.
        """
        level = self._levels.get((kind, source))
        if level is None:
            if len(self._levels) >= LEVELS_MAX:
                self.dropped += 1
                return None
            self._levels[kind, source] = _Level(active, now, says_off=changed and not active)
            return CameraEvent(kind, source, active, at)
        was, level.active, level.since = level.active, active, now
        level.says_off = level.says_off or (changed and not active)
        return CameraEvent(kind, source, active, at) if was != active else None

    def expire(self, *, at: float, now: float) -> list[CameraEvent]:
        """What is over because nothing was heard of it any more."""
        over = []
        for (kind, source), level in self._levels.items():
            limit = self._expiry[kind]
            if level.active and not level.says_off and limit is not None and now - level.since >= limit:
                level.active = False
                over.append(CameraEvent(kind, source, active=False, at=at, assumed=True))
        return over
