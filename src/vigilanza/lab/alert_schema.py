"""JSON Schemas of what alerts say: which keys there are is read off specimens, what they mean is written here."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from vigilanza.bridge.pictures import PICTURES_MAX
from vigilanza.domain.aftermath import Minors
from vigilanza.domain.alert import EVIDENCE_LIMIT
from vigilanza.domain.decision import CONFIRMING_AVS, RejectReason
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.observation import Fact

Schema: TypeAlias = dict[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", **more, "description": description}


def _one_of(words: Sequence[str], description: str) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words], "description": description}


_TIME, _UUID = {"format": "date-time"}, {"format": "uuid"}
_LANGUAGES: Schema = {
    "type": "object",
    "properties": {"it": {"type": "string"}, "en": {"type": "string"}},
    "required": ["it", "en"],
}
PREFIX = "data."
"""Of the names of KEYS among a document's schemas."""
_EVIDENCE: Schema = {
    "type": "object",
    "properties": {
        "fact": _one_of([*Fact], "What was seen."),
        "at": _text("When it was first seen, UTC.", **_TIME),
        "seconds": {"type": "number", "minimum": 0, "description": "How long in all."},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "count": {"type": "integer", "minimum": 2, "description": "How many at once at most; left out if 1."},
        "words": _LANGUAGES | {"description": "The same for people to read."},
    },
    "required": ["fact", "at", "seconds", "confidence", "words"],
}
_PICTURE: Schema = {
    "type": "object",
    "properties": {
        "kind": _one_of(["clip", "still"], "What it is."),
        "at": _text("Time of its first picture, UTC.", **_TIME),
        "until": _text("Time of its last picture, UTC.", **_TIME),
        "mime_type": _text("Of the file.", examples=["video/mp4", "image/jpeg"]),
        "size": {"type": "integer", "minimum": 0, "description": "Of the file, in bytes."},
        "sha256": _text("Of the file, in hexadecimal digits.", pattern="^[0-9a-f]{64}$"),
        "uri": _text("Link to it, for this destination alone; signed anew at each attempt.", format="uri"),
        "expires": _text("Until when the link holds, UTC.", **_TIME),
    },
    "required": ["kind", "at", "until", "mime_type", "size", "sha256", "uri", "expires"],
}
PICTURES: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": PICTURES_MAX,
    "items": _PICTURE,
    "description": "The newest clips and stills of the incident, if the destination has `pictures`.",
}
"""Besides KEYS, of confirmed incidents, to those that are sent links."""

KEYS: Mapping[str, Schema] = {
    "site": _text("Code of the block of flats."),
    "incident": _text("One (attempted) break-in at one door, or one attack on a camera.", **_UUID),
    "event": _text("Id of the event; the same recording gives the same.", **_UUID),
    "decision": _text("Id of the decision.", **_UUID),
    "status": _one_of(["unconfirmed", "confirmed", "rejected", "test"], "What a person decided so far."),
    "unit": {
        "type": ["string", "null"],
        "description": "Code of the flat; null if the incident is about the camera itself.",
    },
    "camera": _text("Name of the camera."),
    "kind": _one_of([*EventKind], "What happened; of a decision, the gravest that did."),
    "severity": _one_of([*Severity], "From alarm on the operator's screen calls."),
    "phase": _one_of([*Phase], "How far the incident has gone."),
    "at": _text("When it happened, UTC.", **_TIME),
    "first_detection": _text("When the incident began, UTC.", **_TIME),
    "first_entry_at": _text("When somebody was first seen to go in, UTC.", **_TIME),
    "flagrante_until": _text(
        "48 h, or what the site says, after the first entry, or after the first detection, UTC.", **_TIME
    ),
    "together": _text(
        "Of cameras that were hit at once (at least three within 30 s): the incident of the first of them.", **_UUID
    ),
    "order": _text("Id of the work order under which it happened."),
    "avs": {"type": "integer", "enum": [*CONFIRMING_AVS], "description": "ANSI/TMA-AVS-01 score of the operator."},
    "confirmed_by": _text("Who confirmed."),
    "rejected_by": _text("Who rejected."),
    "reason": _one_of([*RejectReason], "Why it was rejected."),
    "step": _text("Id of what somebody noted after the confirmation.", **_UUID),
    "minors": _one_of([*Minors], "Whether minors are present, as far as somebody noted it; to control rooms alone."),
    "asked_by": _text("Who asked for the test."),
    "sentence": _LANGUAGES | {"description": "Why, in one line for people; its wording may change."},
    "evidence": {"type": "array", "maxItems": EVIDENCE_LIMIT, "items": _EVIDENCE, "description": "The surest facts."},
}


def data_schema(alerts: Sequence[Alert]) -> Schema:
    """Of the `data` of these alerts, which are of one type: all keys that any has, required are those that all have.

    New keys may come: others are allowed. Refers to KEYS as they stand among the document's schemas.
    """
    given = [alert.data.keys() for alert in alerts]
    return {
        "type": "object",
        "properties": {
            key: {"$ref": f"#/components/schemas/{PREFIX}{key}"} for key in KEYS if any(key in keys for keys in given)
        },
        "required": [key for key in KEYS if all(key in keys for keys in given)],
    }
