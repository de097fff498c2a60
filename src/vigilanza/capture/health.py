"""What capture tells about itself, for Prometheus."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Gauge, Histogram, Metric
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from vigilanza.capture.cause import Cause
from vigilanza.capture.decode import Decoder
from vigilanza.capture.gop import GopMeter
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing

_CAMERA = ("camera",)
_AGES_S = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0, 10.0, 30.0)
_COUNTED = {
    "connections": "Attempts to open the stream",
    "outages": "Times the camera was lost",
    "packets": "Packets received",
    "bytes": "Bytes of packets received",
    "frames": "Pictures given to the analysis",
    "decode_errors": "Packets the decoder rejected",
    "corrupt_frames": "Pictures reported as damaged, not analysed",
    "ring_dropped_packets": "Packets not kept for lack of room",
    "callback_errors": "Pictures whose analysis failed",
    "wakes": "Times a sleeping camera woke and what was left out was decoded",
    "surges": "Of these, those for the size of packets alone",
    "decode_seconds": "Processor time spent on decoding",
    "analysis_seconds": "Processor time its own thread spent on analysis",
}


class CaptureMetrics(Collector):
    """All metrics of capture, registered once in `registry`; every one is labelled by camera.

    Counters are read afresh at every look: each packet is counted, and somebody looks every few seconds.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._gauges: list[Gauge] = []

        def gauge(name: str, text: str) -> Gauge:
            self._gauges.append(Gauge(f"vigilanza_capture_{name}", text, _CAMERA, registry=registry))
            return self._gauges[-1]

        self._cameras: dict[str, CameraMetrics] = {}
        registry.register(self)
        self._alive = gauge("alive", "1 while pictures come")
        self._picture = gauge("last_picture_seconds", "Time of the last picture, Unix seconds")
        self._ring_bytes = gauge("ring_bytes", "Bytes kept in the ring")
        self._ring_seconds = gauge("ring_seconds", "How far the ring reaches back")
        self._ahead = gauge("camera_clock_ahead_seconds", "How far the camera's own clock is ahead of ours")
        self._awake = gauge("awake", "1 while every picture is decoded, 0 while only key frames are")
        self._gop = gauge("gop_seconds", "Longest of the last groups of pictures; 0 before the first has ended")
        self._rate = gauge("pictures_per_second", "Of the last group of pictures, as sent by the camera")
        self._kilobits = gauge("kilobits_per_second", "Of the last group of pictures")
        self._damaged = gauge("damaged_share", "Of the pictures of the last minute, 0 to 1")
        self._age = Histogram(
            "vigilanza_capture_frame_age_seconds",
            "From when a picture was taken until its analysis ended; late: left out first, decoded after a wake-up",
            ("camera", "late"),
            buckets=_AGES_S,
            registry=registry,
        )

    def of(self, camera: str) -> "CameraMetrics":
        """One camera's share, starting at zero."""
        metrics = CameraMetrics(
            alive=self._alive.labels(camera),
            picture=self._picture.labels(camera),
            ring_bytes=self._ring_bytes.labels(camera),
            ring_seconds=self._ring_seconds.labels(camera),
            ahead=self._ahead.labels(camera),
            awake=self._awake.labels(camera),
            gop=self._gop.labels(camera),
            rate=self._rate.labels(camera),
            kilobits=self._kilobits.labels(camera),
            damaged=self._damaged.labels(camera),
            age=self._age.labels(camera, "0"),
            late_age=self._age.labels(camera, "1"),
        )
        self._cameras = {**self._cameras, camera: metrics}
        return metrics

    def forget(self, *cameras: str) -> None:
        """Nobody watches these here any more: what was last seen of them would look like good news."""
        self._cameras = {name: one for name, one in self._cameras.items() if name not in cameras}
        for camera in cameras:
            for gauge in self._gauges:
                gauge.remove(camera)
            for late in ("0", "1"):
                self._age.remove(camera, late)

    def collect(self) -> Iterator[Metric]:
        """The counters of all cameras; the other metrics are registered by themselves."""
        for name, text in _COUNTED.items():
            family = CounterMetricFamily(f"vigilanza_capture_{name}", text, labels=_CAMERA)
            for camera, metrics in self._cameras.items():
                family.add_metric([camera], metrics.counts[name])
            yield family
        reconnects = CounterMetricFamily(
            "vigilanza_capture_reconnects",
            "Connections that had to be made anew, by what ended the one before or kept it from being made",
            labels=("camera", "cause"),
        )
        for camera, metrics in self._cameras.items():
            for cause, count in list(metrics.reconnects.items()):
                reconnects.add_metric([camera, cause.value], count)
        yield reconnects


class CameraMetrics:
    """One camera's metrics. `raise_to` serves parts that count for themselves."""

    def __init__(
        self,
        *,
        alive: Gauge,
        picture: Gauge,
        ring_bytes: Gauge,
        ring_seconds: Gauge,
        ahead: Gauge,
        awake: Gauge,
        gop: Gauge,
        rate: Gauge,
        kilobits: Gauge,
        damaged: Gauge,
        age: Histogram,
        late_age: Histogram,
    ) -> None:
        self.counts: dict[str, float] = dict.fromkeys(_COUNTED, 0.0)
        """Only grow; the thread of its camera counts, any thread may look."""
        self.reconnects: dict[Cause, float] = {}
        """Of those causes that there were."""
        self.alive, self.awake, self.damaged, self.age, self.late_age = alive, awake, damaged, age, late_age
        self.picture, self.ahead = picture, ahead
        self.ring_bytes, self.ring_seconds = ring_bytes, ring_seconds
        self.gop, self.rate, self.kilobits = gop, rate, kilobits

    def count(self, name: str, amount: float = 1) -> None:
        """Add to a counter. KeyError if there is none of that name."""
        self.counts[name] += amount

    def reconnect(self, cause: Cause) -> None:
        """A connection ended, or could not be made."""
        self.reconnects[cause] = self.reconnects.get(cause, 0.0) + 1.0

    def raise_to(self, name: str, total: float) -> None:
        """Bring a counter up to a total that never falls."""
        self.counts[name] = max(self.counts[name], total)

    def note_packet(self, packet: Packet) -> None:
        """The newest one."""
        self.picture.set(packet.at)
        if packet.camera_at is not None:
            self.ahead.set(packet.camera_at - packet.at)

    def note_ring(self, ring: GopRing) -> None:
        """What is kept now."""
        self.ring_bytes.set(ring.size_bytes)
        self.ring_seconds.set(ring.reaches_back)
        self.raise_to("ring_dropped_packets", ring.dropped_packets)

    def note_decoder(self, decoder: Decoder | LateDecoder) -> None:
        """What it made of the packets so far; a Decoder alone never sleeps."""
        late = decoder if isinstance(decoder, LateDecoder) else None
        self.awake.set(late is None or late.awake)
        if late is not None:
            self.raise_to("wakes", late.wakes)
            self.raise_to("surges", late.surges)
        self.raise_to("decode_errors", decoder.decode_errors)
        self.raise_to("corrupt_frames", decoder.corrupt_frames)

    def note_groups(self, gops: GopMeter) -> None:
        """How the stream groups its pictures."""
        self.gop.set(gops.seconds if gops.measured else 0.0)
        self.rate.set(gops.rate_hz)
        self.kilobits.set(gops.kilobits)
