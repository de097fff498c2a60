"""What one watch waits for, refused, dropped or failed at, as figures."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.desk import Desk
from vigilanza.app.eyes import Eyes
from vigilanza.capture.stall import StallWatch


class WatchCounts(Collector):
    """Read afresh at every look; nothing here is kept twice."""

    def __init__(self, desk: Desk, eyes: Iterable[Eyes], stalls: StallWatch, late: Mapping[str, int]) -> None:
        """`late`: by camera, answers of the finder of people that it did not wait for."""
        self._desk, self._eyes, self._stalls, self._late = desk, eyes, stalls, late

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._of_the_desk()
        yield from self._of_the_doors()
        yield from self._of_the_cameras()

    def _of_the_desk(self) -> Iterator[Metric]:
        desk = self._desk
        state, spool = desk.recorder.state, desk.spool.counts
        yield _gauge("events_queued", "Events in memory, not yet on disk.", state.queued)
        yield _gauge("events_spooled", "Events on disk, not yet in the journal.", state.spooled)
        yield _counter("events_recorded", "Events the journal took.", state.recorded)
        yield _counter("events_refused", "Events put again later because memory was full.", state.refused)
        yield _counter("events_set_aside", "Events the journal can never take.", state.set_aside)
        yield _counter("spool_torn", "Lines of the spool cut by a crash.", spool.torn)
        yield _counter("spool_damaged", "Unreadable lines of the spool.", spool.damaged)
        yield _counter("spool_full", "Events the spool had no room for.", spool.full)
        yield _counter("clips_dropped", "Clips not made because too many waited.", desk.pinner.dropped_cuts)
        yield _counter("clips_failed", "Attempts to make a clip that failed.", desk.pinner.failed_cuts)
        yield _counter("stalls", "Times this process stood still.", self._stalls.stalls)
        yield _counter("stalled_seconds", "How long it stood still.", self._stalls.stalled_seconds)
        yield _counter("clips_lost", "Clips given up: no pictures are held any more.", desk.pinner.lost_cuts)
        if desk.originals is not None:
            yield _counter("originals_failed", "Attempts to keep an original that failed.", desk.originals.failed)
        if desk.owed is not None:
            yield _counter("originals_lost", "Masked clips whose original is lost.", desk.owed.lost)
        if desk.retention is not None:
            yield _counter("media_deleted", "Media deleted at the end of their term.", desk.retention.deleted)
            yield _counter("media_stuck", "Attempts to delete a medium that failed.", desk.retention.failed)
            yield _gauge("media_overdue_seconds", "How long the oldest is beyond its term.", desk.retention.overdue)
        if desk.room is not None:
            yield _counter(
                "media_without_room", "Media deleted before their term: the disk was full.", desk.room.withdrawn
            )
        yield _gauge("orders", "Work orders known: running, soon to begin or just ended.", len(desk.book.known()))
        yield _counter("orders_left_out", "Work orders beyond the bound, counted at every look.", desk.book.left_out)

    def _of_the_doors(self) -> Iterator[Metric]:
        yield from self._of_the_pictures()
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
        yield from (sharp, compared)

    def _of_the_pictures(self) -> Iterator[Metric]:
        for axis, name in enumerate(("width", "height")):
            family = GaugeMetricFamily(f"{_PREFIX}analysed_{name}_px", "Of the pictures analysed.", labels=["camera"])
            for one in self._eyes:
                if any(one.size_px):
                    family.add_metric([one.camera.id], one.size_px[axis])
            yield family

    def _of_the_cameras(self) -> Iterator[Metric]:
        dropped = CounterMetricFamily(_PREFIX + "events_dropped", "Events lost: nothing took them.", labels=["camera"])
        failed = CounterMetricFamily(
            _PREFIX + "detector_errors", "Pictures one detector failed on.", labels=["camera", "detector"]
        )
        economy = GaugeMetricFamily(
            _PREFIX + "economy",
            "0 none, 1 coarse pictures, 2 key frames only, 3 hardly any: this box cannot look at everything.",
            labels=["camera"],
        )
        untold = GaugeMetricFamily(
            _PREFIX + "contacts_untold", "Door contacts the camera has told nothing of.", labels=["camera"]
        )
        late = CounterMetricFamily(
            _PREFIX + "people_late", "Pictures that went on without the finder's answer.", labels=["camera"]
        )
        for one in self._eyes:
            late.add_metric([one.camera.id], self._late.get(one.camera.id, 0))
            untold.add_metric([one.camera.id], len(one.pipeline.contacts.untold))
            economy.add_metric([one.camera.id], one.economy)
            dropped.add_metric([one.camera.id], one.dropped_events)
            for detector, count in one.pipeline.detector_errors.items():
                failed.add_metric([one.camera.id, detector], count)
        yield from (dropped, failed, economy, untold, late)


_PREFIX = "vigilanza_watch_"


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, words, value=value)


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, words, value=value)
