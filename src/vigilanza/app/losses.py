"""Cameras that nobody watches any more: told as their own process would have told it."""

from collections.abc import Sequence

from vigilanza.config import Camera
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.events import Event
from vigilanza.domain.incident import Policy


def losses(cameras: Sequence[Camera], told: Sequence[Event], at: float) -> list[Event]:
    """That these cameras are lost, given the events of all open incidents; nothing for one that is lost already."""
    events: list[Event] = []
    for camera in cameras:
        pipeline = Pipeline(camera=camera.id, doors=camera.doors, detectors={}, policy=Policy())
        pipeline.resume(told)
        events += pipeline.lose(at)
    return events
