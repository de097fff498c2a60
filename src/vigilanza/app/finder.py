"""`vigilanza finder`: the one process of a box that finds people, for all shares of watch."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.figures import keep_figures
from vigilanza.app.registry import open_people
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.detect.people_server import PeopleServer


def open_finder(config: Config, *, socket: Path, clock: Clock) -> PeopleServer:
    """The finder that listens at `socket`, on half of the cores. ConfigError if the network cannot be loaded."""
    threads = max(1, (os.cpu_count() or 1) // 2)
    return PeopleServer(path=socket, people=open_people(config.detection), clock=clock, threads=threads)


def finder(config: Config, *, socket: Path, clock: Clock, stop: threading.Event) -> int:
    """Find people for whoever asks at `socket` until `stop` is set; 0. ConfigError if the network cannot be loaded."""
    config.storage.state.mkdir(parents=True, exist_ok=True)
    server = open_finder(config, socket=socket, clock=clock)
    registry = CollectorRegistry()
    registry.register(FinderCounts(server))
    figures = keep_figures(registry, config.storage.state, "finder", clock)
    threading.Thread(target=partial(figures, stop), daemon=True).start()
    server.run(stop)
    return 0


class FinderCounts(Collector):
    """What the finder did, read afresh at every look."""

    def __init__(self, server: PeopleServer) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        """All families."""
        counts = self._server.counts
        yield CounterMetricFamily("vigilanza_finder_looks", "Pictures looked at for people.", counts.looks)
        yield CounterMetricFamily("vigilanza_finder_failed", "Of these, those that failed.", counts.failed)
        yield CounterMetricFamily("vigilanza_finder_seconds", "Processor time that took.", counts.seconds)
        yield CounterMetricFamily("vigilanza_finder_refused", "Clients sent away.", counts.refused)
        yield GaugeMetricFamily("vigilanza_finder_waiting", "Pictures that wait.", self._server.waiting)
