"""What an alert is in the words of ONVIF (`onvif_words`): what changes, and what is deleted, with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from vigilanza.bridge.onvif_device.place import SealedDoor
from vigilanza.bridge.onvif_words import (
    BLURRY,
    DARK,
    DECIDED,
    FORCED,
    FROZEN,
    INPUT,
    INSIDE,
    LOITERS,
    LOST,
    SCENE,
    TEST,
    VIEW_TOPICS,
    Forced,
    Items,
    Status,
    decision_items,
    loitering_items,
    source_at_door,
    source_of_view,
)
from vigilanza.domain.alert import TEST_TYPE
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.observation import Fact
from vigilanza.domain.premises import Premises
from vigilanza.domain.update import UPDATED_TYPE

_VIEW_FACTS: Mapping[str, str] = MappingProxyType(
    {
        Fact.VIEW_COVERED: SCENE,
        Fact.VIEW_MOVED: SCENE,
        Fact.VIEW_DEFOCUSED: BLURRY,
        Fact.VIEW_DARK: DARK,
        Fact.VIEW_FROZEN: FROZEN,
        Fact.SIGNAL_LOST: LOST,
        Fact.SIGNAL_UNSTEADY: LOST,
    }
)
_STATUS: Mapping[str, Status] = MappingProxyType(
    {"unconfirmed": Status.DETECTED, "confirmed": Status.CONFIRMED, "rejected": Status.REJECTED}
)


class PropertyOperation(StrEnum):
    """What became of a property (Core 9.4.1)."""

    INITIALIZED = "Initialized"
    CHANGED = "Changed"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True)
class OnvifEvent:
    """One message; `at` is UTC in Unix seconds, `operation` None where the topic is no property.

    `if_told`: only worth saying if this incident has said something of the property before.
    """

    topic: str
    source: Items
    data: Items
    at: float
    operation: PropertyOperation | None
    if_told: bool = False


def onvif_events(alert_type: str, data: Mapping[str, Any], premises: Premises) -> tuple[OnvifEvent, ...]:
    """What an alert with this type and `data` has to tell, in order. A closed incident's properties are set to their
    quiet state and then deleted.
    """
    if alert_type == UPDATED_TYPE:
        return ()  # it is for control rooms alone
    at = datetime.fromisoformat(data["at"]).timestamp()
    if alert_type == TEST_TYPE:
        told: Items = (("vgz:Status", "Test"), ("vgz:IncidentId", str(data["incident"])))
        return (OnvifEvent(TEST, (("vgz:Site", premises.site),), told, at, None),)
    tell = _at_door if data["unit"] is not None else _at_camera
    changes = [*tell(data, at)]
    if "phase" not in data:
        changes.append(_decision(data, at))
    if not _is_over(data):
        return tuple(changes)
    gone = [replace(change, operation=PropertyOperation.DELETED) for change in changes if change.operation is not None]
    return (*changes, *gone)


def _at_door(data: Mapping[str, Any], at: float) -> Iterator[OnvifEvent]:
    over, door = _is_over(data), SealedDoor(data["camera"], data["unit"])
    facts = {item["fact"] for item in data.get("evidence", ())}
    is_decision, loiters = "phase" not in data, data["kind"] == EventKind.LOITERING
    told: dict[str, Items] = {}
    if not is_decision and (over or loiters or Fact.PERSON_AT_DOOR in facts):
        told[INSIDE] = (("IsInside", not over),)
    if over or (loiters and not is_decision):
        told[LOITERS] = loitering_items(None if over else data.get("first_detection", data["at"]))
    authorised = not over and "order" in data
    if over or authorised or is_decision or _is_alarm(data):
        told |= {FORCED: _forced(data).items(), INPUT: (("LogicalState", _is_active(data)),)}
    for topic, items in told.items():
        change = _changed(topic, source_at_door(topic, door), items, at)
        yield replace(change, if_told=True) if authorised and topic in (FORCED, INPUT) else change


def _at_camera(data: Mapping[str, Any], at: float) -> Iterator[OnvifEvent]:
    """A camera's own incident: every attack in it lasts until the view is back. A decision changes nothing there."""
    if "phase" not in data:
        return
    over = _is_over(data)
    seen = [_VIEW_FACTS[item["fact"]] for item in data.get("evidence", ()) if item["fact"] in _VIEW_FACTS]
    # All of them if it is not said which: a state that stays on would be a lie.
    topics = dict.fromkeys(seen or VIEW_TOPICS.values()) if over else [VIEW_TOPICS[EventKind(data["kind"])]]
    for topic in topics:
        yield _changed(topic, source_of_view(topic, data["camera"]), (("State", not over),), at)


def _changed(topic: str, source: Items, data: Items, at: float) -> OnvifEvent:
    return OnvifEvent(topic, source, data, at, PropertyOperation.CHANGED)


def _decision(data: Mapping[str, Any], at: float) -> OnvifEvent:
    """Told besides the states, also of an incident that is over. Who decided is not."""
    told = decision_items(_status(data), data["incident"], data["unit"], data.get("avs", 0))
    return OnvifEvent(DECIDED, source_of_view(DECIDED, data["camera"]), told, at, None)


def _forced(data: Mapping[str, Any]) -> Forced:
    return Forced(
        active=_is_active(data),
        status=_status(data),
        incident=data["incident"],
        kind=data["kind"],
        confidence=max((float(item["confidence"]) for item in data.get("evidence", ())), default=None),
        avs=None if data["status"] == "unconfirmed" else int(data.get("avs", 0)),
    )


def _status(data: Mapping[str, Any]) -> Status:
    return Status.CLOSED if _is_over(data) else _STATUS[data["status"]]


def _is_over(data: Mapping[str, Any]) -> bool:
    return bool(data.get("phase") == Phase.CLOSED)


def _is_alarm(data: Mapping[str, Any]) -> bool:
    return "order" not in data and Severity(data["severity"]).rank >= Severity.ALARM.rank


def _is_active(data: Mapping[str, Any]) -> bool:
    """What was said last counts: an event under a work order ends an alarm, a confirmation begins it again."""
    if _is_over(data) or data["status"] == "rejected" or "order" in data:
        return False
    return data["status"] == "confirmed" or _is_alarm(data)
