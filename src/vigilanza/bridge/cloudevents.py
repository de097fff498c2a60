"""An alert as a CloudEvent 1.0 in structured JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

from vigilanza.bridge.pictures import Picture
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.delivery import Alert

CONTENT_TYPE = "application/cloudevents+json"


def encode_alert(alert: Alert, *, site: str, pictures: Sequence[Picture] = ()) -> bytes:
    """The JSON of the event: the same alert and `pictures` always give the same bytes.

    `subject` is the incident; the extension `sequence` is the alert's place within (destination, incident), ten
    digits so that it orders as text.
    """
    event = CloudEvent(
        {
            "specversion": "1.0",
            "id": str(alert.id),
            "source": f"urn:vigilanza:site:{site}",
            "type": alert.type,
            "time": datetime.fromtimestamp(alert.at, UTC),
            "subject": str(alert.incident),
            "datacontenttype": "application/json",
            "sequence": f"{alert.sequence:010d}",
        },
        alert.data | ({"pictures": [_tell(picture) for picture in pictures]} if pictures else {}),
    )
    return to_structured_event(event).body


def _tell(picture: Picture) -> dict[str, Any]:
    return {
        "kind": picture.kind,
        "at": rfc3339(picture.start),
        "until": rfc3339(picture.end),
        "mime_type": picture.mime_type,
        "size": picture.size_bytes,
        "sha256": picture.sha256,
        "uri": picture.uri,
        "expires": rfc3339(picture.expires_at),
    }
