"""What one watch waits for, refused, dropped or failed at, as figures."""

from collections.abc import Iterator, Sequence

from prometheus_client import Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.eyes import Eyes
from vigilanza.app.orderbook import OrderBook
from vigilanza.app.pinner import Pinner
from vigilanza.store.recorder import Recorder
from vigilanza.store.spool import Spool


class WatchCounts(Collector):
    """Read afresh at every look; nothing here is kept twice."""

    def __init__(
        self, *, recorder: Recorder, spool: Spool, pinner: Pinner, book: OrderBook, eyes: Sequence[Eyes]
    ) -> None:
        self._recorder, self._spool, self._pinner, self._book, self._eyes = recorder, spool, pinner, book, eyes

    def collect(self) -> Iterator[Metric]:
        """All families."""
        state, spool = self._recorder.state, self._spool.counts
        yield _gauge("events_queued", "Events in memory, not yet on disk.", state.queued)
        yield _gauge("events_spooled", "Events on disk, not yet in the journal.", state.spooled)
        yield _counter("events_recorded", "Events the journal took.", state.recorded)
        yield _counter("events_refused", "Events put again later because memory was full.", state.refused)
        yield _counter("events_set_aside", "Events the journal can never take.", state.set_aside)
        yield _counter("spool_torn", "Lines of the spool cut by a crash.", spool.torn)
        yield _counter("spool_damaged", "Unreadable lines of the spool.", spool.damaged)
        yield _counter("spool_full", "Events the spool had no room for.", spool.full)
        yield _counter("clips_dropped", "Clips not made because too many waited.", self._pinner.dropped_cuts)
        yield _counter("clips_failed", "Attempts to make a clip that failed.", self._pinner.failed_cuts)
        yield _gauge("orders", "Work orders known: running, soon to begin or just ended.", len(self._book.known()))
        yield _counter("orders_left_out", "Work orders beyond the bound, counted at every look.", self._book.left_out)
        dropped = CounterMetricFamily(_PREFIX + "events_dropped", "Events lost: nothing took them.", labels=["camera"])
        failed = CounterMetricFamily(
            _PREFIX + "detector_errors", "Pictures one detector failed on.", labels=["camera", "detector"]
        )
        sharp = GaugeMetricFamily(
            _PREFIX + "door_pixels_per_metre",
            "Of a sealed leaf, as analysed; 80 are needed.",
            labels=["camera", "door"],
        )
        compared = GaugeMetricFamily(
            _PREFIX + "door_compared", "1 while a leaf can be held against its reference.", labels=["camera", "door"]
        )
        for one in self._eyes:
            belief = one.pipeline.belief()
            for door, sharpness in one.sharpness.items():
                sharp.add_metric([one.camera.id, door], sharpness.px_per_metre)
                compared.add_metric([one.camera.id, door], float(belief is not None and belief.compares(door)))
            dropped.add_metric([one.camera.id], one.dropped_events)
            for detector, count in one.pipeline.detector_errors.items():
                failed.add_metric([one.camera.id, detector], count)
        yield from (dropped, failed, sharp, compared)


_PREFIX = "vigilanza_watch_"


def _gauge(name: str, words: str, value: int) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, words, value=value)


def _counter(name: str, words: str, value: int) -> Metric:
    return CounterMetricFamily(_PREFIX + name, words, value=value)
