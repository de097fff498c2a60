"""One camera of a running watch."""

import threading
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from tests.fakes import FakeClock
from tests.videos import video
from vigilanza.app.eyes import Eyes
from vigilanza.app.outlook import Outlook
from vigilanza.app.registry import DetectorNeeds
from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.health import CaptureMetrics
from vigilanza.config import Camera, Ring
from vigilanza.detect.people import PersonDetector
from vigilanza.domain.events import Event


def test_a_recording_that_has_ended_is_no_thread_that_hangs(movenet: PersonDetector) -> None:
    told: list[Event] = []

    def put(events: Sequence[Event]) -> None:
        told.extend(events)

    registry = CollectorRegistry()
    eyes = Eyes(
        camera=Camera("stairs-3", video(), None, "tcp", None, 5.0, (), ()),
        ring=Ring(60.0, 8),
        needs=DetectorNeeds(movenet, None),
        outlook=Outlook(FakeClock(), CaptureMetrics(registry), EventMetrics(registry), put),
    )
    stop = threading.Event()
    for thread in eyes.start(stop):
        thread.join(timeout=30.0)
    assert eyes.last_beat() == float("inf")
    assert told == []
    assert eyes.ring.size_bytes > 0
