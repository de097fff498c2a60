"""What the video server counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class VideoFigures:
    """One set for one server; names begin with vigilanza_video_."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.viewers = Gauge("vigilanza_video_viewers", "Who watches now.", registry=registry)
        self.pictures = Counter("vigilanza_video_pictures", "Pictures sent.", registry=registry)
        self.octets = Counter("vigilanza_video_bytes", "Bytes of these.", registry=registry)
        self.stuck = Counter("vigilanza_video_stuck", "Viewers cut off because they took nothing.", registry=registry)
        self.refused = Counter(
            "vigilanza_video_refused", "Who was not let in, by reason.", ["reason"], registry=registry
        )
