"""What the subscription to a camera's events tells about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge

_CAMERA = ("camera",)


class EventMetrics:
    """All metrics of events, registered once in `registry`; every one is labelled by camera."""

    def __init__(self, registry: CollectorRegistry) -> None:
        name = "vigilanza_capture_events"
        self._alive = Gauge(f"{name}_alive", "1 while the subscription lives", _CAMERA, registry=registry)
        self._last = Gauge(f"{name}_last_answer_seconds", "Last answer, Unix seconds", _CAMERA, registry=registry)
        texts = {
            "subscriptions": "Subscriptions made",
            "messages": "Messages received",
            "ignored": "Messages about what we do not know, or cannot read",
            "dropped": "Messages about more sources than are remembered",
            "callback_errors": "Events whose listener failed",
        }
        self._counters = {
            key: Counter(f"{name}_{key}", text, _CAMERA, registry=registry) for key, text in texts.items()
        }

    def of(self, camera: str) -> "CameraEventMetrics":
        """One camera's share, starting at zero."""
        counters = {key: counter.labels(camera) for key, counter in self._counters.items()}
        return CameraEventMetrics(counters=counters, alive=self._alive.labels(camera), last=self._last.labels(camera))

    def forget(self, camera: str) -> None:
        """Nobody listens to it here any more."""
        for metric in (self._alive, self._last, *self._counters.values()):
            metric.remove(camera)


class CameraEventMetrics:
    """One camera's metrics."""

    def __init__(self, *, counters: dict[str, Counter], alive: Gauge, last: Gauge) -> None:
        self._counters, self.alive, self.last = counters, alive, last

    def count(self, name: str) -> None:
        """Add one to a counter. KeyError if there is none of that name."""
        self._counters[name].inc()
