"""The messages that Vigilanza sends by MQTT and by webhook, as an AsyncAPI 3.0 document."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import yaml

from vigilanza import __version__
from vigilanza.bridge.cloudevents import CONTENT_TYPE, encode_alert
from vigilanza.bridge.mqtt import STRUCTURED_TYPE, Mode, message_of, status_topic, topic_of
from vigilanza.bridge.mqtt_line import health_topic
from vigilanza.domain.alert import TYPE_PREFIX
from vigilanza.domain.delivery import Alert
from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.lab.alert_schema import KEYS, PICTURES, PREFIX, data_schema
from vigilanza.lab.asyncapi_onvif import onvif_channels
from vigilanza.lab.specimen import SITE, specimens

Document: TypeAlias = dict[str, Any]

_BINDING = "0.2.0"
_ATTRIBUTE = "attribute."
"""Before the names of CloudEvents' attributes among the schemas."""
_HEAD = "# Written by `vigilanza bridge asyncapi`: do not edit, write it again.\n"
_ATTRIBUTES: Mapping[str, Document] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {"type": "string", "format": "uuid", "description": "The same at every attempt: know duplicates by it."},
    "source": {"type": "string", "description": "urn:vigilanza:site:SITE"},
    "type": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "subject": {"type": "string", "format": "uuid", "description": "The incident."},
    "datacontenttype": {"type": "string", "const": "application/json"},
    "sequence": {
        "type": "string",
        "pattern": "^[0-9]{10}$",
        "description": "Order within this destination and incident.",
    },
    "expirytime": {"type": "string", "format": "date-time", "description": "flagrante_until, if the alert has one."},
}
_OF_LINE: Document = {
    "servers": [{"$ref": "#/servers/broker"}],
    "parameters": {
        "site": {"description": "Code of the block of flats.", "examples": [SITE]},
        "destination": {"description": "Id of the destination in the configuration.", "examples": ["comune"]},
    },
}
_TIME: Document = {"type": "string", "format": "date-time"}
_HEALTH: Document = {
    "type": "object",
    "properties": {
        "at": _TIME,
        "status": {"type": "string", "enum": ["ok", "degraded"], "description": "degraded while a part is silent."},
        "silent": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Parts of the box that have given no sign of life for a minute, e.g. watch.",
        },
        "owed": {"type": "integer", "description": "Alerts owed to this destination."},
        "waiting_for_person": {"type": "integer", "description": "Those among them that it refused."},
        "oldest_queued": {"oneOf": [_TIME, {"type": "null"}], "description": "Since when the oldest of them is owed."},
    },
    "required": ["at", "status", "silent", "owed", "waiting_for_person", "oldest_queued"],
    "additionalProperties": False,
}
_WEBHOOK_HEADERS: Document = {
    "type": "object",
    "properties": {
        "webhook-id": {"type": "string", "format": "uuid", "description": "The event's id."},
        "webhook-timestamp": {"type": "string", "pattern": "^[0-9]+$", "description": "Of this attempt, Unix seconds."},
        "webhook-signature": {
            "type": "string",
            "description": "v1,BASE64 or v1a,BASE64, one or more with a blank between, after Standard Webhooks 1.0.0.",
        },
        "webhook-request-origin": {"type": "string", "description": "request_origin, if the receiver was asked."},
        "authorization": {"type": "string", "pattern": "^Bearer ", "description": "If there is bearer_token_env."},
    },
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
}


def asyncapi_text() -> str:
    """The document as YAML: always the same for the same program."""
    shown = yaml.dump(asyncapi(), Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120)
    return _HEAD + shown


def asyncapi() -> Document:
    """The document as JSON values."""
    alerts = specimens()
    names = {kind: kind.removeprefix(TYPE_PREFIX).rpartition(".")[0] for kind in alerts}
    channels, operations = onvif_channels([alert for group in alerts.values() for alert in group])
    for kind, name in names.items():
        channels[f"mqtt.{name}"] = _alert_channel(kind, name)
        operations[f"mqtt.{name}"] = _sends(f"mqtt.{name}", retain=False, expires=True)
    channels["mqtt.status"] = _status_channel()
    channels["mqtt.health"] = _health_channel()
    for name in ("mqtt.status", "mqtt.health"):
        operations[name] = _sends(name, retain=True, expires=False)
    channels["webhook"] = _webhook_channel(list(names.values()))
    operations["webhook"] = {
        "action": "send",
        "channel": {"$ref": "#/channels/webhook"},
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }
    return {
        **_preface(),
        "channels": dict(sorted(channels.items())),
        "operations": dict(sorted(operations.items())),
        "components": {"schemas": _schemas(names, alerts), "messages": _all_messages(names, alerts)},
    }


def _preface() -> Document:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vigilanza alerts",
            "version": __version__,
            "description": "What a destination gets; docs/integrator.md says when, and what an answer means.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {"host": "broker.example.org:8883", "protocol": "secure-mqtt", "protocolVersion": "5.0"},
            "receiver": {"host": "receiver.example.org", "protocol": "https"},
        },
    }


def _schemas(names: Mapping[str, str], alerts: Mapping[str, Sequence[Alert]]) -> Document:
    return {
        **{names[kind]: data_schema(group) for kind, group in alerts.items()},
        **{f"{PREFIX}{key}": schema for key, schema in KEYS.items()},
        f"{PREFIX}pictures": PICTURES,
        **{f"{_ATTRIBUTE}{name}": schema for name, schema in _ATTRIBUTES.items()},
        "webhook.headers": _WEBHOOK_HEADERS,
    }


def _all_messages(names: Mapping[str, str], alerts: Mapping[str, Sequence[Alert]]) -> Document:
    messages: Document = {}
    for kind, name in names.items():
        messages |= _messages(name, alerts[kind])
    return messages


def _alert_channel(kind: str, name: str) -> Document:
    return {
        "address": topic_of(kind, "{site}"),
        "servers": [{"$ref": "#/servers/broker"}],
        "parameters": {"site": {"description": "Code of the block of flats.", "examples": [SITE]}},
        "messages": {mode.value: {"$ref": f"#/components/messages/{name}.{mode.value}"} for mode in Mode},
    }


def _status_channel() -> Document:
    return {
        "address": status_topic("{site}", "{destination}"),
        "description": "Retained: whether the relay is connected for this destination; offline is its Last Will.",
        **_OF_LINE,
        "messages": {
            "status": {"contentType": "text/plain", "payload": {"type": "string", "enum": ["online", "offline"]}}
        },
    }


def _health_channel() -> Document:
    return {
        "address": health_topic(status_topic("{site}", "{destination}")),
        "description": "Retained, said once a minute while nothing else is: how we stand. Of no more worth once the "
        "status is offline.",
        **_OF_LINE,
        "messages": {"health": {"contentType": "application/json", "payload": _HEALTH}},
    }


def _webhook_channel(names: Sequence[str]) -> Document:
    return {
        "address": None,
        "description": "The `url` of the destination.",
        "servers": [{"$ref": "#/servers/receiver"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}.webhook"} for name in names},
    }


def _sends(channel: str, *, retain: bool, expires: bool) -> Document:
    binding: Document = {"qos": 1, "retain": retain, "bindingVersion": _BINDING}
    if expires:
        binding["messageExpiryInterval"] = int(FLAGRANTE_SECONDS)
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "bindings": {"mqtt": binding}}


def _messages(name: str, group: Sequence[Alert]) -> Document:
    """The three forms of one type; the two of MQTT with an example."""
    kind, data = group[0].type, {"$ref": f"#/components/schemas/{name}"}
    full = max(group, key=lambda alert: len(alert.data))
    may_show = any(alert.data["status"] == "confirmed" for alert in group)
    whole, parts = (message_of(full, site=SITE, mode=mode, needs_subscriber=True) for mode in Mode)
    event, posted = json.loads(whole.payload), json.loads(encode_alert(full, site=SITE))
    return {
        f"{name}.structured": {
            "name": kind,
            "contentType": STRUCTURED_TYPE,
            "payload": _object(kind, event, {"data": data}),
            "examples": [{"payload": event}],
        },
        f"{name}.binary": {
            "name": kind,
            "contentType": "application/json",
            "headers": _object(kind, dict(parts.attributes), {}),
            "payload": data,
            "examples": [{"headers": dict(parts.attributes)}],
        },
        f"{name}.webhook": {
            "name": kind,
            "contentType": CONTENT_TYPE,
            "headers": {"$ref": "#/components/schemas/webhook.headers"},
            "payload": _object(kind, posted, {"data": _with_pictures(data) if may_show else data}),
        },
    }


def _with_pictures(data: Document) -> Document:
    return {"allOf": [data, {"properties": {"pictures": {"$ref": f"#/components/schemas/{PREFIX}pictures"}}}]}


def _object(kind: str, event: Document, more: Document) -> Document:
    """The attributes that `event` has, and `more`."""
    known = {name: {"$ref": f"#/components/schemas/{_ATTRIBUTE}{name}"} for name in _ATTRIBUTES if name in event}
    known["type"] = {"const": kind}
    required = [name for name in (*known, *more) if name != "expirytime"]
    return {"type": "object", "properties": {**known, **more}, "required": required}


class _PlainDumper(yaml.SafeDumper):
    """Writes everything out: readers find an anchor harder than a repetition."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # the base class's signature
        return True
