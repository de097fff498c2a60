"""What stored events and decisions mean in ONVIF's words (`onvif_words`): which properties there are, how they stand.

A property's state is made of the story of one incident; what changes with a commit is told as `Changed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from vigilanza.bridge.onvif_device.duration import utc
from vigilanza.bridge.onvif_device.place import Channel, Place, SealedDoor
from vigilanza.bridge.onvif_words import (
    BEGIN,
    DECIDED,
    FORCED,
    INPUT,
    INSIDE,
    LOITERS,
    VIEW_TOPICS,
    Forced,
    Items,
    Status,
    decision_items,
    loitering_items,
    source_at_door,
    source_of_view,
)
from vigilanza.domain.decision import Decision
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.observation import Fact
from vigilanza.store.feed import Entry, Story

_OFF: Items = (("State", False),)


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
        # Made once: every commit is compared with it, and a block of flats has thousands.
        self._idle = _idle(place)

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
        return {} if door is None else _door_states(door, story)

    def changes(self, entry: Entry) -> list[Notice]:
        """What one commit has to tell."""
        after = self.states(entry.after)
        before = self.states(entry.before) if after else {}
        told = [
            Notice(about, data, entry.at)
            for about, data in after.items()
            if before.get(about, self._idle.get(about)) != data
        ]
        return [*told, *self._decided(entry)]

    def initial(self, stories: tuple[Story, ...], now: float) -> list[Notice]:
        """How all properties stand, with these incidents open."""
        states = dict(self._idle)
        for story in stories:
            states |= self.states(story)
        return [Notice(about, data, now, "Initialized") for about, data in states.items()]

    def _decided(self, entry: Entry) -> Iterator[Notice]:
        """Told besides the states, also of an incident that is over. Who decided is not."""
        decision, told = entry.item, entry.after.events
        if not isinstance(decision, Decision) or not told or told[0].camera not in self._channels:
            return
        status = Status.CONFIRMED if decision.confirmed else Status.REJECTED
        data = decision_items(status, str(decision.incident), told[0].door, decision.avs or 0)
        about = Property(DECIDED, source_of_view(DECIDED, told[0].camera))
        yield Notice(about, data, decision.at, "")


def buffer_begin(now: float) -> Notice:
    """Nothing older is kept (ONVIF core 9.1.8)."""
    return Notice(Property(BEGIN, ()), (), now, "")


def _view(topic: str, camera: str) -> Property:
    return Property(topic, source_of_view(topic, camera))


def _at_door(topic: str, door: SealedDoor) -> Property:
    return Property(topic, source_at_door(topic, door))


def _idle(place: Place) -> States:
    """All properties while nothing happens."""
    states: States = {}
    for channel in place.channels:
        for topic in dict.fromkeys(VIEW_TOPICS.values()):
            states[_view(topic, channel.camera)] = _OFF
        for door in channel.doors:
            states |= _idle_door(door)
    return states


def _idle_door(door: SealedDoor) -> States:
    return {
        _at_door(FORCED, door): (*_OFF, ("vgz:Status", Status.CLOSED.value)),
        _at_door(INPUT, door): (("LogicalState", False),),
        _at_door(INSIDE, door): (("IsInside", False),),
        _at_door(LOITERS, door): loitering_items(None),
    }


def _view_states(channel: Channel, story: Story) -> States:
    """A camera's own incident: every attack in it lasts until the view is back."""
    over = story.events[-1].phase is Phase.CLOSED
    kinds = [event.kind for event in story.events if event.kind in VIEW_TOPICS]
    return {_view(VIEW_TOPICS[kind], channel.camera): (("State", not over),) for kind in kinds}


def _door_states(door: SealedDoor, story: Story) -> States:
    """An incident at a sealed door. One that runs under a work order is no alarm, as long as it does and nobody
    confirms it.
    """
    last, idle = story.events[-1], _idle_door(door)
    over = last.phase is Phase.CLOSED
    states: States = {}
    if _calls(story):
        forced = _forced(story)
        states[_at_door(FORCED, door)] = forced.items()
        states[_at_door(INPUT, door)] = (("LogicalState", forced.active),)
    # Whether somebody is there is told until the door is calm again: nobody says when a person is gone from it.
    if any(item.fact is Fact.PERSON_AT_DOOR for event in story.events for item in event.evidence):
        states[_at_door(INSIDE, door)] = (("IsInside", not over),)
    began = next((event for event in story.events if event.kind is EventKind.LOITERING), None)
    if began is not None:
        states[_at_door(LOITERS, door)] = loitering_items(None if over else utc(began.at))
    # As nothing had happened: the same words as before the incident, but for how it was decided.
    return {about: idle[about] if over and about.topic != FORCED else data for about, data in states.items()}


def _calls(story: Story) -> bool:
    """Whether it ever was an alarm, or somebody decided about it."""
    return story.decision is not None or any(_is_alarm(event) for event in story.events)


def _is_alarm(event: Event) -> bool:
    return event.order is None and event.severity.rank >= Severity.ALARM.rank


def _forced(story: Story) -> Forced:
    last, decision, status = story.events[-1], story.decision, _status(story)
    authorised = last.order is not None and story.items[-1] is not decision  # what was said last counts
    active = status in (Status.DETECTED, Status.CONFIRMED) and last.phase is not Phase.CLOSED and not authorised
    return Forced(
        active=active,
        status=status,
        incident=str(last.incident),
        kind=last.kind.value,
        confidence=max((item.confidence for event in story.events for item in event.evidence), default=None),
        avs=None if decision is None else decision.avs or 0,
    )


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
