"""What capture tells about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge

_CAMERA = ("camera",)


class CaptureMetrics:
    """All metrics of capture, registered once in `registry`; every one is labelled by camera."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str) -> Counter:
            return Counter(f"vigilanza_capture_{name}", text, _CAMERA, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"vigilanza_capture_{name}", text, _CAMERA, registry=registry)

        self._counters = {
            "connections": counter("connections", "Attempts to open the stream"),
            "outages": counter("outages", "Times the camera was lost"),
            "packets": counter("packets", "Packets received"),
            "bytes": counter("bytes", "Bytes of packets received"),
            "frames": counter("frames", "Pictures given to the analysis"),
            "decode_errors": counter("decode_errors", "Packets the decoder rejected"),
            "corrupt_frames": counter("corrupt_frames", "Pictures reported as damaged, not analysed"),
            "ring_dropped": counter("ring_dropped_packets", "Packets not kept for lack of room"),
            "callback_errors": counter("callback_errors", "Pictures whose analysis failed"),
        }
        self._alive = gauge("alive", "1 while pictures come")
        self._picture = gauge("last_picture_seconds", "Time of the last picture, Unix seconds")
        self._ring_bytes = gauge("ring_bytes", "Bytes kept in the ring")
        self._ring_seconds = gauge("ring_seconds", "How far the ring reaches back")
        self._ahead = gauge("camera_clock_ahead_seconds", "How far the camera's own clock is ahead of ours")

    def of(self, camera: str) -> "CameraMetrics":
        """One camera's share, starting at zero."""
        return CameraMetrics(
            counters={name: counter.labels(camera) for name, counter in self._counters.items()},
            alive=self._alive.labels(camera),
            picture=self._picture.labels(camera),
            ring_bytes=self._ring_bytes.labels(camera),
            ring_seconds=self._ring_seconds.labels(camera),
            ahead=self._ahead.labels(camera),
        )


class CameraMetrics:
    """One camera's metrics. `raise_to` serves parts that count for themselves."""

    def __init__(
        self,
        *,
        counters: dict[str, Counter],
        alive: Gauge,
        picture: Gauge,
        ring_bytes: Gauge,
        ring_seconds: Gauge,
        ahead: Gauge,
    ) -> None:
        self._counters = counters
        self._told = dict.fromkeys(counters, 0)
        self.alive, self.picture = alive, picture
        self.ring_bytes, self.ring_seconds, self.ahead = ring_bytes, ring_seconds, ahead

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter. KeyError if there is none of that name."""
        self._told[name] += amount
        self._counters[name].inc(amount)

    def raise_to(self, name: str, total: int) -> None:
        """Bring a counter up to a total that never falls."""
        if total > self._told[name]:
            self.count(name, total - self._told[name])
