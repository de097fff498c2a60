"""What stored events and decisions mean as ONVIF topics: which properties there are, and how they stand.

A property's state is made of the story of one incident; what changes with a commit is told as `Changed`. Nothing is
told of persons but that somebody is there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from vigilanza.bridge.onvif_device.duration import utc
from vigilanza.bridge.onvif_device.place import Channel, Place, SealedDoor
from vigilanza.domain.decision import Decision
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.observation import Fact
from vigilanza.store.feed import Entry, Story

Items: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they are told; of the data the state comes first."""

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
_OFF: Items = (("State", "false"),)


class Status(StrEnum):
    """How far people are with a forced entry."""

    DETECTED = "Detected"
    CONFIRMED = "Confirmed"
    REJECTED = "Rejected"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class Property:
    """What a state is about; the items of its source, the video source first if there is one."""

    topic: str
    source: Items


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: `operation` is Initialized, Changed, or empty for a topic that is no property."""

    about: Property
    data: Items
    at: float
    operation: str = "Changed"


States: TypeAlias = dict[Property, Items]


class Topics:
    """The properties of a place."""

    def __init__(self, place: Place) -> None:
        self._channels = {channel.camera: channel for channel in place.channels}

    def idle(self) -> States:
        """All properties while nothing happens."""
        states: States = {}
        for channel in self._channels.values():
            for topic in dict.fromkeys(VIEW_TOPICS.values()):
                states[_view(topic, channel)] = _OFF
            for door in channel.doors:
                states |= _idle_door(channel, door)
        return states

    def states(self, story: Story) -> States:
        """The properties that one incident speaks of, as it leaves them. None of places that are not ours any more,
        and none if a later incident speaks of them now.
        """
        if not story.events or story.superseded:
            return {}
        first = story.events[0]
        channel = self._channels.get(first.camera)
        if channel is None:
            return {}
        if first.door is None:
            return _view_states(channel, story)
        door = next((one for one in channel.doors if one.door == first.door), None)
        return {} if door is None else _door_states(channel, door, story)

    def changes(self, entry: Entry) -> list[Notice]:
        """What one commit has to tell."""
        after = self.states(entry.after)
        before = self.idle() | self.states(entry.before) if after else {}
        told = [Notice(about, data, entry.at) for about, data in after.items() if before.get(about) != data]
        return [*told, *self._decided(entry)]

    def initial(self, stories: tuple[Story, ...], now: float) -> list[Notice]:
        """How all properties stand, with these incidents open."""
        states = self.idle()
        for story in stories:
            states |= self.states(story)
        return [Notice(about, data, now, "Initialized") for about, data in states.items()]

    def _decided(self, entry: Entry) -> Iterator[Notice]:
        """Told besides the states, also of an incident that is over. Who decided is not."""
        decision, told = entry.item, entry.after.events
        if not isinstance(decision, Decision) or not told or told[0].camera not in self._channels:
            return
        status = Status.CONFIRMED if decision.confirmed else Status.REJECTED
        data = [("vgz:Status", status.value), ("vgz:IncidentId", str(decision.incident))]
        if told[0].door is not None:
            data.append(("vgz:UnitCode", told[0].door))
        data.append(("vgz:AVSLevel", str(decision.avs or 0)))
        about = Property(DECIDED, (("VideoSource", self._channels[told[0].camera].source),))
        yield Notice(about, tuple(data), decision.at, "")


def buffer_begin(now: float) -> Notice:
    """Nothing older is kept (ONVIF core 9.1.8)."""
    return Notice(Property(BEGIN, ()), (), now, "")


def _view(topic: str, channel: Channel) -> Property:
    return Property(topic, (("Source", channel.source),))


def _at_door(topic: str, channel: Channel, door: SealedDoor) -> Property:
    source: Items = (("VideoSource", channel.source), ("Rule", door.rule))
    return Property(topic, (*source, ("vgz:UnitCode", door.door)) if topic == FORCED else source)


def _input(door: SealedDoor) -> Property:
    return Property(INPUT, (("InputToken", door.input),))


def _idle_door(channel: Channel, door: SealedDoor) -> States:
    return {
        _at_door(FORCED, channel, door): (*_OFF, ("vgz:Status", Status.CLOSED.value)),
        _input(door): (("LogicalState", "false"),),
        _at_door(INSIDE, channel, door): (("IsInside", "false"),),
        _at_door(LOITERS, channel, door): _OFF,
    }


def _view_states(channel: Channel, story: Story) -> States:
    """A camera's own incident: every attack in it lasts until the view is back."""
    over = story.events[-1].phase is Phase.CLOSED
    kinds = [event.kind for event in story.events if event.kind in VIEW_TOPICS]
    return {_view(VIEW_TOPICS[kind], channel): _OFF if over else (("State", "true"),) for kind in kinds}


def _door_states(channel: Channel, door: SealedDoor, story: Story) -> States:
    """An incident at a sealed door. One that runs under a work order is no alarm, as long as it does."""
    last, idle = story.events[-1], _idle_door(channel, door)
    over = last.phase is Phase.CLOSED
    states: States = {}
    if _calls(story):
        states[_at_door(FORCED, channel, door)] = _forced(story)
        states[_input(door)] = (("LogicalState", _forced(story)[0][1]),)
    # Whether somebody is there is told until the door is calm again: nobody says when a person is gone from it.
    if any(item.fact is Fact.PERSON_AT_DOOR for event in story.events for item in event.evidence):
        states[_at_door(INSIDE, channel, door)] = (("IsInside", str(not over).lower()),)
    began = next((event for event in story.events if event.kind is EventKind.LOITERING), None)
    if began is not None:
        lasts: Items = (("State", "true"), ("Since", utc(began.at)))
        states[_at_door(LOITERS, channel, door)] = _OFF if over else lasts
    # As nothing had happened: the same words as before the incident, but for how it was decided.
    return {about: idle[about] if over and about.topic != FORCED else data for about, data in states.items()}


def _calls(story: Story) -> bool:
    """Whether it ever was an alarm, or somebody decided about it."""
    return story.decision is not None or any(_is_alarm(event) for event in story.events)


def _is_alarm(event: Event) -> bool:
    return event.order is None and event.severity.rank >= Severity.ALARM.rank


def _forced(story: Story) -> Items:
    last, decision, status = story.events[-1], story.decision, _status(story)
    active = status in (Status.DETECTED, Status.CONFIRMED) and last.phase is not Phase.CLOSED and last.order is None
    confidence = max((item.confidence for event in story.events for item in event.evidence), default=0.0)
    data = [
        ("State", str(active).lower()),
        ("vgz:Status", status.value),
        ("vgz:IncidentId", str(last.incident)),
        ("vgz:Kind", last.kind.value),
        ("vgz:Confidence", f"{confidence:.2f}"),
    ]
    if decision is not None:
        data.append(("vgz:AVSLevel", str(decision.avs or 0)))
    return tuple(data)


def _status(story: Story) -> Status:
    """What was last said. An alarm after a rejection is detected anew."""
    last, decision = story.items[-1], story.decision
    if isinstance(last, Event) and last.phase is Phase.CLOSED:
        return Status.CLOSED
    if decision is None:
        return Status.DETECTED
    if decision.confirmed:
        return Status.CONFIRMED
    anew = any(_is_alarm(event) and event.at > decision.at for event in story.events)
    return Status.DETECTED if anew else Status.REJECTED
