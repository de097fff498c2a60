"""What the bridge counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class BridgeMetrics:
    """One set per process; `destination` is a label of all."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, words: str) -> Counter:
            return Counter(f"vigilanza_bridge_{name}", words, ["destination"], registry=registry)

        def gauge(name: str, words: str) -> Gauge:
            return Gauge(f"vigilanza_bridge_{name}", words, ["destination"], registry=registry)

        self.attempts = counter("attempts", "Attempts to bring an alert")
        self.acknowledged = counter("acknowledged", "Alerts with a receipt")
        self.unavailable = counter("unavailable", "Attempts that must be repeated")
        self.refused = counter("refused", "Attempts that the receiver refused")
        self.escalated = counter("escalated", "Alerts unpaid for longer than the limit")
        self.unanswered = counter("unanswered", "Alerts with a receipt that no person answered in time")
        self.merged = counter("merged", "Alerts that a later one of their incident carries")
        self.probes_missed = counter("probes_missed", "Idle lines that gave no sign of life")
        self.line_up = gauge("line_up", "Whether the destination answered last time")
        self.path_up = Gauge(
            "vigilanza_bridge_path_up",
            "Whether one of several ways to the destination answered last time",
            ["destination", "path"],
            registry=registry,
        )
        self.owed = gauge("owed", "Alerts owed now")
        self.waiting_for_person = gauge("waiting_for_person", "Refused alerts that wait for a person")
        self.oldest_seconds = gauge("oldest_seconds", "Age of the oldest alert owed")
