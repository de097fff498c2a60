"""Looks after each of several ways to one destination: alerts that go one way say nothing about the others."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from vigilanza.bridge.channel import Path
from vigilanza.bridge.metrics import BridgeMetrics
from vigilanza.clock import Clock
from vigilanza.domain.delivery import SignOfLife
from vigilanza.domain.errors import ChannelError, ChannelUnavailable
from vigilanza.store.lines import Lines, path_line

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A path that is being probed."""

    name: str
    answer: Future[SignOfLife]


class PathWatch:
    """Asks each path for a sign of life, `every` so many seconds, whatever goes over the others.

    One path at a time, in a thread of its own: a path that is dead must not hold up alerts that another one takes.
    """

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
        self._asking = ThreadPoolExecutor(1, thread_name_prefix=f"paths of {destination}")
        self._asked: _Asked | None = None

    def look(self) -> SignOfLife | None:
        """Take in what was heard since the last look, and let the path be probed that is due for longest. Never waits.

        None: nothing was heard. ChannelUnavailable if no path is left; JournalUnavailable if what was found cannot be
        noted.
        """
        heard = self._take_in()
        if self._asked is None:
            self._ask()
        return heard

    def close(self) -> None:
        """Ask nobody any more; the probe under way is finished first."""
        self._asking.shutdown()

    def _ask(self) -> None:
        path = min(self._paths, key=lambda one: self._tried_at[one.name])
        if self._clock.monotonic() - self._tried_at[path.name] < self._every:
            return
        self._tried_at[path.name] = self._clock.monotonic()
        self._asked = _Asked(path.name, self._asking.submit(path.probe))

    def _take_in(self) -> SignOfLife | None:
        asked = self._asked
        if asked is None or not asked.answer.done():
            return None
        self._asked = None
        try:
            sign = asked.answer.result()
        except ChannelError as error:
            self._metrics.probes_missed.labels(self._destination).inc()
            self._lost(asked.name, str(error))
            faults = [why for why in self._faults.values() if why is not None]
            if len(faults) == len(self._paths):
                raise ChannelUnavailable("; ".join(faults)) from error
            return None
        self._found(asked.name, sign)
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
