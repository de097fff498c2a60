"""A camera that comes and goes is one incident; one that was away once is restored at once."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from tests.quiet import quiet
from tests.watched import PASSWORD, PATIENCE, USER, Watched
from vigilanza.app.eyes import Eyes
from vigilanza.app.outlook import Outlook
from vigilanza.app.registry import DetectorNeeds
from vigilanza.capture.event_health import EventMetrics
from vigilanza.capture.health import CaptureMetrics
from vigilanza.capture.steadiness import Steadiness
from vigilanza.clock import SystemClock
from vigilanza.config import Camera, Ring
from vigilanza.detect.people import PersonDetector
from vigilanza.detect.pipeline import Pipeline
from vigilanza.detect.tamper import ViewDetector
from vigilanza.domain import attack
from vigilanza.domain.events import Event, EventKind
from vigilanza.domain.incident import Policy
from vigilanza.lab.simcam import CameraServer

LOSS = 0.05


def test_a_line_that_loses_a_twentieth_is_one_incident_until_it_is_mended() -> None:
    pipeline = Pipeline(camera="c", doors=(), detectors={"view": ViewDetector()}, policy=Policy())
    with CameraServer({"/main": quiet()}, user=USER, password=PASSWORD) as server:
        server.faults.loss = LOSS
        steadiness = Steadiness(first_wait=2.0, longest_wait=4.0, window=8)
        watched = Watched(server, transport="udp", picture_timeout=2.5, steadiness=steadiness, pipeline=pipeline)
        watched.keyframe_timeout = 5.0
        with watched:
            spells = watched.wait_for(lambda: watched.said.count("lost") >= 3 and len(watched.events) >= 2)
            assert (watched.metric("damaged_share") or 0.0) > 0.2
            server.faults.loss = 0.0
            mended = watched.wait_for(lambda: watched.events[-1].kind is EventKind.RESTORED)
    kinds = [event.kind for event in watched.events]
    assert kinds == [EventKind.CAMERA_LOST, EventKind.CAMERA_UNSTEADY, EventKind.RESTORED]
    assert len({event.incident for event in watched.events}) == 1
    losses, pictures = watched.said.count("lost"), len(watched.frames)
    print(f"{losses} losses in {spells:.0f} s, {pictures} pictures; restored after {mended:.0f} s")


@dataclass
class Journal:
    """Takes a camera's events."""

    events: list[Event] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, events: Sequence[Event]) -> None:
        with self.changed:
            self.events += events
            self.changed.notify_all()

    def wait_for(self, *kinds: EventKind) -> None:
        """Until these, and no others, were told."""
        with self.changed:
            told = self.changed.wait_for(lambda: len(self.events) >= len(kinds), PATIENCE)
        assert told
        assert [event.kind for event in self.events] == list(kinds)


def test_one_outage_is_restored_at_once_and_another_soon_after_it_is_not(
    movenet: PersonDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, registry, stop, seen = Journal(), CollectorRegistry(), threading.Event(), threading.Event()
    outlook = Outlook(
        clock=SystemClock(),
        metrics=CaptureMetrics(registry),
        event_metrics=EventMetrics(registry),
        put=journal.put,
        on_age=lambda camera, seconds: seen.set(),
    )
    lost, restored = EventKind.CAMERA_LOST, EventKind.RESTORED
    with CameraServer({"/main": quiet()}) as server:
        camera = Camera("c", server.url("/main"), None, "tcp", None, 5.0, (), ())
        eyes = Eyes(camera=camera, ring=Ring(60.0, 8), needs=DetectorNeeds(movenet, None), outlook=outlook)
        threads = eyes.start(stop)
        try:
            assert seen.wait(PATIENCE)
            server.unplug()
            journal.wait_for(lost)
            server.plug_in()
            journal.wait_for(lost, restored)
            server.unplug()
            journal.wait_for(lost, restored, lost)
            server.plug_in()
            journal.wait_for(lost, restored, lost, EventKind.CAMERA_UNSTEADY)
            monkeypatch.setattr(attack, "LOST_AGAIN_AFTER_S", 2.0)
            server.unplug()
            journal.wait_for(lost, restored, lost, EventKind.CAMERA_UNSTEADY, lost)
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
    first, _, second, unsteady, away = journal.events
    assert first.incident != second.incident
    assert second.incident == unsteady.incident == away.incident
