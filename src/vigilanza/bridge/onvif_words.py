"""The one table of what we say in ONVIF's words: topics, the items of their source, the items of their data.

The device that a VMS adds tells it by pull points, the channel `onvif-mqtt` by a broker. Nothing is told of persons but
that somebody is there: there is no number and no attribute of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from vigilanza.bridge.onvif_device.place import Channel, SealedDoor
from vigilanza.domain.events import EventKind

Value: TypeAlias = str | bool | int | float
Items: TypeAlias = tuple[tuple[str, Value], ...]
"""Names and values in their order; of a property's data the state comes first."""

FORCED = "tns1:RuleEngine/vgz:SealedDoor/ForcedEntry"
DECIDED = "tns1:RuleEngine/vgz:Incident/Decision"
INSIDE = "tns1:RuleEngine/FieldDetector/ObjectsInside"
LOITERS = "tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering"
INPUT = "tns1:Device/Trigger/DigitalInput"
SCENE = "tns1:VideoSource/GlobalSceneChange/AnalyticsService"
BLURRY = "tns1:VideoSource/ImageTooBlurry/AnalyticsService"
DARK = "tns1:VideoSource/ImageTooDark/AnalyticsService"
LOST = "tns1:VideoSource/SignalLoss"
FROZEN = "tns1:VideoSource/vgz:PictureFrozen"
BEGIN = "tns1:EventBuffer/Begin"
TEST = "tns1:Monitoring/vgz:LinkTest"
"""No property and no alarm: ONVIF has no word for a test."""

VIEW_TOPICS: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.CAMERA_COVERED: SCENE,
        EventKind.CAMERA_MOVED: SCENE,
        EventKind.CAMERA_DEFOCUSED: BLURRY,
        EventKind.CAMERA_DARK: DARK,
        EventKind.CAMERA_LOST: LOST,
        EventKind.CAMERA_UNSTEADY: LOST,
        EventKind.CAMERA_FROZEN: FROZEN,
    }
)


class Status(StrEnum):
    """How far people are with a forced entry."""

    DETECTED = "Detected"
    CONFIRMED = "Confirmed"
    REJECTED = "Rejected"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class Description:
    """Items by name and type; one that is not a property tells of a moment."""

    source: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    is_property: bool = True


_TOKEN, _TEXT, _STATE = "tt:ReferenceToken", "xs:string", (("State", "xs:boolean"),)
_RULE = (("VideoSource", _TOKEN), ("Rule", _TEXT))
_INCIDENT = (("vgz:Status", _TEXT), ("vgz:IncidentId", _TEXT))
_AVS = (("vgz:AVSLevel", "xs:int"),)
_VIEW = Description((("Source", _TOKEN),), _STATE)

TOPICS: Mapping[str, Description] = MappingProxyType(
    {
        FORCED: Description(
            (*_RULE, ("vgz:UnitCode", _TEXT)),
            (*_STATE, *_INCIDENT, ("vgz:Kind", _TEXT), ("vgz:Confidence", "xs:float"), *_AVS),
        ),
        DECIDED: Description(
            (("VideoSource", _TOKEN),), (*_INCIDENT, ("vgz:UnitCode", _TEXT), *_AVS), is_property=False
        ),
        INSIDE: Description(_RULE, (("IsInside", "xs:boolean"),)),
        LOITERS: Description(_RULE, (*_STATE, ("Since", "xs:dateTime"))),
        INPUT: Description((("InputToken", _TOKEN),), (("LogicalState", "xs:boolean"),)),
        **dict.fromkeys((SCENE, BLURRY, DARK, LOST, FROZEN), _VIEW),
        BEGIN: Description((), (), is_property=False),
        TEST: Description((("vgz:Site", _TEXT),), _INCIDENT, is_property=False),
    }
)


@dataclass(frozen=True, slots=True)
class Forced:
    """How a forced entry stands. `avs` None: nobody decided; `confidence` None: nothing was seen; 0..1 else."""

    active: bool
    status: Status
    incident: str
    kind: str
    confidence: float | None
    avs: int | None

    def items(self) -> Items:
        """Of its data."""
        sure: Items = () if self.confidence is None else (("vgz:Confidence", round(self.confidence, 2)),)
        decided: Items = () if self.avs is None else (("vgz:AVSLevel", self.avs),)
        told: Items = (("State", self.active), ("vgz:Status", self.status.value), ("vgz:IncidentId", self.incident))
        return (*told, ("vgz:Kind", self.kind), *sure, *decided)


def decision_items(status: Status, incident: str, unit: str | None, avs: int) -> Items:
    """Of what an operator decided; who it was is not told. 0 is a rejection."""
    where: Items = () if unit is None else (("vgz:UnitCode", unit),)
    return (("vgz:Status", status.value), ("vgz:IncidentId", incident), *where, ("vgz:AVSLevel", avs))


def loitering_items(since: str | None) -> Items:
    """`since`: UTC, RFC 3339; None: nobody loiters."""
    return (("State", False),) if since is None else (("State", True), ("Since", since))


def source_at_door(topic: str, door: SealedDoor) -> Items:
    """Of FORCED, INSIDE, LOITERS or INPUT."""
    if topic == INPUT:
        return (("InputToken", door.input),)
    rule: Items = (("VideoSource", Channel(door.camera).source), ("Rule", door.rule))
    return (*rule, ("vgz:UnitCode", door.door)) if topic == FORCED else rule


def source_of_view(topic: str, camera: str) -> Items:
    """Of DECIDED, or of a topic about the view."""
    return (("VideoSource" if topic == DECIDED else "Source", Channel(camera).source),)
