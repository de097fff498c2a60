"""An alert as a CloudEvent 1.0 in structured JSON."""

from datetime import UTC, datetime

from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

from vigilanza.domain.delivery import Alert

CONTENT_TYPE = "application/cloudevents+json"


def encode_alert(alert: Alert, *, site: str) -> bytes:
    """The JSON of the event: the same alert always gives the same bytes.

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
        alert.data,
    )
    return to_structured_event(event).body
