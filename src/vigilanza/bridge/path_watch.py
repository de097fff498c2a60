"""Looks after each of several ways to one destination: alerts that go one way say nothing about the others."""

from collections.abc import Sequence

import structlog

from vigilanza.bridge.channel import Path
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.clock import Clock
from vigilanza.domain.delivery import SignOfLife
from vigilanza.domain.errors import ChannelError, ChannelUnavailable
from vigilanza.store.lines import Lines, path_line

log = structlog.get_logger(__name__)


class PathWatch:
    """Asks each path for a sign of life, `every` so many seconds, whatever goes over the others."""

    def __init__(
        self,
        *,
        destination: str,
        paths: Sequence[Path],
        every: float,
        lines: Lines,
        clock: Clock,
        metrics: BridgeMetrics,
    ) -> None:
        self._destination, self._paths, self._every = destination, paths, every
        self._lines, self._clock, self._metrics = lines, clock, metrics
        self._tried_at = {path.name: float("-inf") for path in paths}
        self._faults: dict[str, str | None] = {}
        """What is wrong with each path that was tried; None: nothing."""

    def probe_next(self) -> SignOfLife | None:
        """Probe the path that is due for longest, if any is: one at a time, alerts may wait. None: nothing was heard.

        ChannelUnavailable if no path is left; JournalUnavailable if what was found cannot be noted.
        """
        path = min(self._paths, key=lambda one: self._tried_at[one.name])
        if self._clock.monotonic() - self._tried_at[path.name] < self._every:
            return None
        self._tried_at[path.name] = self._clock.monotonic()
        try:
            sign = path.probe()
        except ChannelError as error:
            self._metrics.probes_missed.labels(self._destination).inc()
            self._lost(path.name, str(error))
            faults = [why for why in self._faults.values() if why is not None]
            if len(faults) == len(self._tried_at):
                raise ChannelUnavailable("; ".join(faults)) from error
            return None
        self._found(path.name, sign)
        return sign

    def _found(self, name: str, sign: SignOfLife) -> None:
        self._faults[name] = None
        self._metrics.path_up.labels(self._destination, name).set(1)
        if self._lines.found(path_line(self._destination, name), sign, self._clock.now()):
            log.info("path works", destination=self._destination, path=name)

    def _lost(self, name: str, why: str) -> None:
        self._faults[name] = why
        self._metrics.path_up.labels(self._destination, name).set(0)
        if self._lines.lost(path_line(self._destination, name), why, self._clock.now()):
            log.error("path is down: look at it before the other one fails", destination=self._destination, why=why)
