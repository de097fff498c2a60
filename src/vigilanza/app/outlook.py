"""What all cameras of a watching process share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.stall import StallWatch
from vigilanza.clock import Clock
from vigilanza.domain.events import Event
from vigilanza.domain.workorder import WorkOrder


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where events go, the work orders of the moment, and who counts.

    `on_age` is told of each picture how old it was when its analysis ended, except of those decoded late.
    """

    clock: Clock
    metrics: CaptureMetrics
    event_metrics: EventMetrics
    put: Callable[[Sequence[Event]], None]
    orders: Callable[[], Sequence[WorkOrder]] = tuple
    on_age: Callable[[str, float], None] = lambda camera, seconds: None  # noqa: ARG005 - nobody asks
    stalls: StallWatch | None = None
