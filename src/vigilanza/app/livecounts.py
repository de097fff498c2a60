"""What live viewing costs, camera by camera, as figures."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.studio import LiveStudio
from vigilanza.capture.tap import Tap

_CAMERA = ["camera"]


class StudioCounts(Collector):
    """Of the part that shows; read afresh at every look."""

    def __init__(self, studio: LiveStudio, *, prefix: str = "vigilanza_live") -> None:
        self._studio, self._prefix = studio, prefix

    def collect(self) -> Iterator[Metric]:
        """All families."""
        viewers = GaugeMetricFamily(f"{self._prefix}_viewers", "Who watches the camera now.", labels=_CAMERA)
        encoding = GaugeMetricFamily(f"{self._prefix}_encoding", "1 while it is encoded anew.", labels=_CAMERA)
        encoded = CounterMetricFamily(f"{self._prefix}_encoded", "Pictures masked and encoded anew.", labels=_CAMERA)
        spoilt = CounterMetricFamily(f"{self._prefix}_spoilt", "Damaged pictures, not shown.", labels=_CAMERA)
        lost = CounterMetricFamily(f"{self._prefix}_lost", "Pictures that slow viewers did not get.", labels=_CAMERA)
        for camera, counts in self._studio.counts.items():
            viewers.add_metric([camera], self._studio.viewers(camera))
            encoding.add_metric([camera], float(counts.encoding))
            encoded.add_metric([camera], counts.pictures_encoded)
            spoilt.add_metric([camera], counts.pictures_spoilt)
            lost.add_metric([camera], counts.lost_packets)
        yield from (viewers, encoding, encoded, spoilt, lost)


class TapCounts(Collector):
    """Of a watch that offers its pictures; read afresh at every look."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap

    def collect(self) -> Iterator[Metric]:
        """All families."""
        counts = self._tap.counts
        yield GaugeMetricFamily("vigilanza_watch_tap_clients", "Who takes live pictures now.", counts.clients)
        yield CounterMetricFamily("vigilanza_watch_tap_lost", "Pictures slow ones did not get.", counts.lost_packets)
        yield CounterMetricFamily("vigilanza_watch_tap_refused", "Clients sent away.", counts.refused)
