"""What an alert is in the words of ONVIF: topics, the items of their source, the items of their data.

Names and tokens are those of the device that a VMS may add besides (`onvif_device`). Nothing is told of persons but
that somebody is there: `ObjectId` is the number of the incident, never that of a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

from vigilanza.bridge.onvif_device.place import Channel, SealedDoor
from vigilanza.bridge.onvif_device.topics import (
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
    Status,
)
from vigilanza.bridge.onvif_device.topics import VIEW_TOPICS as OF_VIEW
from vigilanza.domain.alert import TEST_TYPE
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.observation import Fact
from vigilanza.domain.premises import Premises

TEST = "tns1:Monitoring/vgz:LinkTest"
"""No property and no alarm: ONVIF has no word for a test."""

VIEW_TOPICS: Mapping[EventKind, str] = MappingProxyType({**OF_VIEW, EventKind.CAMERA_UNSTEADY: LOST})
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

Value: TypeAlias = str | bool | int | float
Items: TypeAlias = tuple[tuple[str, Value], ...]
"""Names and values in their order; of a property's data the state comes first."""


class PropertyOperation(StrEnum):
    """What became of a property (Core 9.4.1)."""

    INITIALIZED = "Initialized"
    CHANGED = "Changed"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True)
class OnvifEvent:
    """One message; `at` is UTC in Unix seconds, `operation` None where the topic is no property."""

    topic: str
    source: Items
    data: Items
    at: float
    operation: PropertyOperation | None


def onvif_events(alert_type: str, data: Mapping[str, Any], premises: Premises) -> tuple[OnvifEvent, ...]:
    """What an alert with this type and `data` has to tell, in order. A closed incident's properties are set to their
    quiet state and then deleted.
    """
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
    rule: Items = (("VideoSource", Channel(door.camera).source), ("Rule", door.rule))
    facts = {item["fact"] for item in data.get("evidence", ())}
    is_decision, loiters = "phase" not in data, data["kind"] == EventKind.LOITERING
    if not is_decision and (over or loiters or Fact.PERSON_AT_DOOR in facts):
        yield _changed(INSIDE, rule, (("IsInside", not over), *_object(data)), at)
    if over or (loiters and not is_decision):
        since: Items = (("State", not over), *_object(data), ("Since", data.get("first_detection", data["at"])))
        yield _changed(LOITERS, rule, since, at)
    if over or is_decision or _is_alarm(data):
        active = _is_active(data)
        source: Items = (*rule, ("vgz:UnitCode", data["unit"]))
        yield _changed(FORCED, source, (("State", active), *_incident(data)), at)
        place: Items = (("InputToken", door.input),)
        yield _changed(INPUT, place, (("LogicalState", active),), at)


def _at_camera(data: Mapping[str, Any], at: float) -> Iterator[OnvifEvent]:
    """A camera's own incident: every attack in it lasts until the view is back. A decision changes nothing there."""
    if "phase" not in data:
        return
    source: Items = (("Source", Channel(data["camera"]).source),)
    if not _is_over(data):
        yield _changed(VIEW_TOPICS[EventKind(data["kind"])], source, (("State", True),), at)
        return
    seen = [_VIEW_FACTS[item["fact"]] for item in data.get("evidence", ()) if item["fact"] in _VIEW_FACTS]
    # All of them if it is not said which: a state that stays on would be a lie.
    for topic in dict.fromkeys(seen or VIEW_TOPICS.values()):
        yield _changed(topic, source, (("State", False),), at)


def _changed(topic: str, source: Items, data: Items, at: float) -> OnvifEvent:
    return OnvifEvent(topic, source, data, at, PropertyOperation.CHANGED)


def _decision(data: Mapping[str, Any], at: float) -> OnvifEvent:
    """Told besides the states, also of an incident that is over. Who decided is not."""
    unit: Items = () if data["unit"] is None else (("vgz:UnitCode", data["unit"]),)
    told: Items = (("vgz:Status", _status(data)), ("vgz:IncidentId", data["incident"]), *unit, *_avs(data))
    return OnvifEvent(DECIDED, (("VideoSource", Channel(data["camera"]).source),), told, at, None)


def _incident(data: Mapping[str, Any]) -> Items:
    confidences = [float(item["confidence"]) for item in data.get("evidence", ())]
    sure: Items = (("vgz:Confidence", round(max(confidences), 2)),) if confidences else ()
    told: Items = (("vgz:Status", _status(data)), ("vgz:IncidentId", data["incident"]), ("vgz:Kind", data["kind"]))
    return (*told, *sure, *_avs(data))


def _avs(data: Mapping[str, Any]) -> Items:
    """0 is a rejection."""
    if data["status"] == "unconfirmed":
        return ()
    return (("vgz:AVSLevel", int(data.get("avs", 0))),)


def _object(data: Mapping[str, Any]) -> Items:
    return (("ObjectId", UUID(data["incident"]).int & 0x7FFF_FFFF),)


def _status(data: Mapping[str, Any]) -> str:
    return (Status.CLOSED if _is_over(data) else _STATUS[data["status"]]).value


def _is_over(data: Mapping[str, Any]) -> bool:
    return bool(data.get("phase") == Phase.CLOSED)


def _is_alarm(data: Mapping[str, Any]) -> bool:
    return "order" not in data and Severity(data["severity"]).rank >= Severity.ALARM.rank


def _is_active(data: Mapping[str, Any]) -> bool:
    """What runs under a work order is no alarm unless a person says so."""
    if _is_over(data) or data["status"] == "rejected":
        return False
    return data["status"] == "confirmed" or _is_alarm(data)
