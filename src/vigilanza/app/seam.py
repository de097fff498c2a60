"""Between one watch and the next: how long nobody saw a camera because its process gave way to another."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog
from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.share import Share
from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock

log = structlog.get_logger(__name__)

LONGEST_S = 300.0
"""A watch that ended longer ago was not handing over: somebody had stopped it."""
_NAME = "seen-until"


class Seam(Collector):
    """Of the cameras of one share. Each camera's own thread tells of its pictures."""

    def __init__(self, state: Path, share: Share, *, clock: Clock) -> None:
        self._path, self._clock = state / f"{_NAME}{share.suffix}.json", clock
        self._before = _kept(state)
        self._until: dict[str, float] = {}
        self._unseen: dict[str, float] = {}

    def note(self, camera: str, age_s: float) -> None:
        """A picture, that long after it was taken."""
        at = self._clock.now() - age_s
        known = camera in self._until
        self._until[camera] = at
        if known or camera not in self._before:
            return
        gap = at - self._before[camera]
        if 0.0 <= gap <= LONGEST_S:
            self._unseen[camera] = gap
            log.info("taken over in good order", camera=camera, unseen_s=round(gap, 1))

    def keep(self) -> None:
        """For the next watch, once this one ends in good order."""
        try:
            write_whole(self._path, json.dumps(self._until.copy()).encode())
        except OSError as error:
            log.error("how long nobody sees the cameras will not be known", why=error.strerror)

    def collect(self) -> Iterator[Metric]:
        """One family; nothing of a camera that was not taken over."""
        words = "From the last picture of the watch before, which ended in good order, to the first of this one."
        family = GaugeMetricFamily("vigilanza_watch_handover_seconds", words, labels=["camera"])
        for camera, seconds in self._unseen.copy().items():
            family.add_metric([camera], seconds)
        yield family


def _kept(state: Path) -> Mapping[str, float]:
    """Of each camera the latest; whoever watched it."""
    found: dict[str, float] = {}
    for path in state.glob(f"{_NAME}*.json"):
        try:
            told = json.loads(path.read_bytes())
            found |= {str(camera): max(float(at), found.get(camera, 0.0)) for camera, at in told.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.error("how long nobody saw the cameras is not known", file=str(path), why=str(error))
    return found
