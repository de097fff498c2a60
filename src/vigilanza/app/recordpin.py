"""What is recorded gets its pictures."""

from collections.abc import Callable, Sequence

import structlog

from vigilanza.app.pinner import Pinner
from vigilanza.domain.events import Event

log = structlog.get_logger(__name__)

Record = Callable[[Sequence[Event]], None]


def recording_and_pinning(record: Record, pinner: Pinner) -> Record:
    """`record`, and after it has succeeded the pictures: media belong to incidents the journal knows."""

    def both(events: Sequence[Event]) -> None:
        record(events)
        for event in events:
            log.info(
                "event", kind=event.kind.value, severity=event.severity.value, camera=event.camera, door=event.door
            )
        pinner.pin(events)

    return both
