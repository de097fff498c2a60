"""The ONVIF part of the AsyncAPI document: a channel for each topic that alerts become."""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from vigilanza.bridge.onvif_mqtt import payload_of, topic_of
from vigilanza.bridge.onvif_topic import OnvifEvent, PropertyOperation, onvif_events
from vigilanza.bridge.onvif_words import Items, Value
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Premises
from vigilanza.lab.specimen import SITE

Document: TypeAlias = dict[str, Any]

_PREMISES = Premises(SITE, "via Esempio 4", cameras=("b3-landing",))


def onvif_channels(alerts: Sequence[Alert]) -> tuple[Document, Document]:
    """Channels and operations, by name, of everything these alerts have to tell."""
    told = [event for alert in alerts for event in onvif_events(alert.type, alert.data, _PREMISES)]
    channels, operations = {}, {}
    for topic in sorted({event.topic for event in told}):
        mine = [event for event in told if event.topic == topic]
        name = "onvif." + re.sub(r"\W+", ".", topic.removeprefix("tns1:"))
        is_property = mine[0].operation is not None
        channels[name] = _channel(mine, is_property=is_property)
        binding = {"qos": 1, "retain": is_property, "bindingVersion": "0.2.0"}
        operations[name] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "bindings": {"mqtt": binding},
        }
    return channels, operations


def _channel(events: Sequence[OnvifEvent], *, is_property: bool) -> Document:
    first = events[0]
    names = {name: re.sub(r"\W", "-", name) for name, _ in first.source}
    source = tuple((name, f"{{{names[name]}}}") for name, _ in first.source)
    of_source = {
        names[name]: {"description": f"{name} of the source.", "examples": [str(value)]} for name, value in first.source
    }
    state = {
        "contentType": "application/json",
        "payload": {
            "type": "object",
            "properties": {
                "UtcTime": {"type": "string", "format": "date-time"},
                "Source": _items([event.source for event in events]),
                "Data": _items([event.data for event in events]),
            },
            "required": ["UtcTime", "Source", "Data"],
        },
        "examples": [{"payload": json.loads(payload_of(_fullest(events)))}],
    }
    gone = {"summary": "The property was deleted: its incident is closed.", "payload": {"type": "null"}}
    return {
        "address": topic_of(OnvifEvent(first.topic, source, (), 0.0, None), "{prefix}"),
        "servers": [{"$ref": "#/servers/broker"}],
        "parameters": {"prefix": {"description": "topic_prefix of the destination.", "examples": ["VGZ-0423"]}}
        | of_source,
        "messages": {"state": state, "deleted": gone} if is_property else {"told": state},
    }


def _fullest(events: Sequence[OnvifEvent]) -> OnvifEvent:
    return max((e for e in events if e.operation is not PropertyOperation.DELETED), key=lambda event: len(event.data))


def _items(given: Sequence[Items]) -> Document:
    """Required is what all have."""
    names = dict.fromkeys(name for items in given for name, _ in items)
    values = dict(item for items in given for item in items)
    return {
        "type": "object",
        "properties": {name: {"type": _type(values[name])} for name in names},
        "required": [name for name in names if all(name in dict(items) for items in given)],
    }


def _type(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
