"""Notifications of ONVIF cameras, read with patience for how makers write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vigilanza.capture.camera_event import EventKind

_TOPICS: tuple[tuple[re.Pattern[str], EventKind], ...] = (
    # ImageTooDark and ImageTooBright are left out: a landing whose timer lamp goes off is dark, and nobody's doing.
    (re.compile(r"GlobalSceneChange|ImageTooBlurry|Tamper|SignalLoss|VideoLoss", re.IGNORECASE), EventKind.TAMPER),
    (re.compile(r"Trigger/DigitalInput|DigitalInput$|IO/Port", re.IGNORECASE), EventKind.DIGITAL_INPUT),
    (re.compile(r"Motion|LineDetector/Crossed|FieldDetector/ObjectsInside", re.IGNORECASE), EventKind.MOTION),
)
_PREFIX = re.compile(r"(^|/)[\w.-]+:")
_STATES = {
    **dict.fromkeys(("true", "1", "on", "active", "high"), True),
    **dict.fromkeys(("false", "0", "off", "inactive", "low"), False),
}
_OLDEST_S = 60.0
"""A message that claims to be older has a wrong time."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message about something we know. `changed`: sent because it happened, not to tell how things stand.

    `at` is UTC in Unix seconds by our clock.
    """

    kind: EventKind
    source: str
    active: bool
    changed: bool
    at: float


def kind_of(topic: str) -> EventKind | None:
    """What a topic such as tns1:VideoSource/GlobalSceneChange/ImagingService is about; None if not for us."""
    plain = _PREFIX.sub(r"\1", topic)
    return next((kind for pattern, kind in _TOPICS if pattern.search(plain)), None)


def read_notification(said: Any, *, now: float, clock_ahead: float | None) -> Notification | None:
    """From the library's NotificationMessage, received at `now`; None if it is about nothing we know.

    A message without a state (a line was crossed) means "on", and expires. Raises what odd objects raise.
    """
    topic = str(getattr(said.Topic, "_value_1", None) or "")
    kind = kind_of(topic)
    if kind is None:
        return None
    message = said.Message._value_1
    operation = str(getattr(message, "PropertyOperation", None) or "Changed")
    states = [_STATES[value] for _, value in _items(message.Data) if value in _STATES]
    active = operation != "Deleted" and (states[0] if states else True)
    source = "/".join(value for _, value in _items(message.Source))
    return Notification(kind, source, active, operation != "Initialized", _time(message, now, clock_ahead))


def _items(part: Any) -> Iterator[tuple[str, str]]:
    for item in getattr(part, "SimpleItem", None) or []:
        yield str(item.Name), str(item.Value).strip().lower()


def _time(message: Any, now: float, clock_ahead: float | None) -> float:
    told = getattr(message, "UtcTime", None)
    if not isinstance(told, datetime) or clock_ahead is None:
        return now
    at = (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() - clock_ahead
    return min(at, now) if at > now - _OLDEST_S else now
