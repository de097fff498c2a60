"""What capture tells about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from vigilanza.capture.decode import Decoder
from vigilanza.capture.gop import GopMeter
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing

_CAMERA = ("camera",)
_AGES_S = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0, 10.0, 30.0)


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
            "unresolved": counter("unresolved", "Attempts that failed because the camera's name has no address"),
            "packets": counter("packets", "Packets received"),
            "bytes": counter("bytes", "Bytes of packets received"),
            "frames": counter("frames", "Pictures given to the analysis"),
            "decode_errors": counter("decode_errors", "Packets the decoder rejected"),
            "corrupt_frames": counter("corrupt_frames", "Pictures reported as damaged, not analysed"),
            "ring_dropped": counter("ring_dropped_packets", "Packets not kept for lack of room"),
            "callback_errors": counter("callback_errors", "Pictures whose analysis failed"),
            "wakes": counter("wakes", "Times a sleeping camera woke and what was left out was decoded"),
            "decode_seconds": counter("decode_seconds", "Processor time spent on decoding"),
            "analysis_seconds": counter("analysis_seconds", "Processor time its own thread spent on analysis"),
        }
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
        return CameraMetrics(
            counters={name: counter.labels(camera) for name, counter in self._counters.items()},
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
        awake: Gauge,
        gop: Gauge,
        rate: Gauge,
        kilobits: Gauge,
        damaged: Gauge,
        age: Histogram,
        late_age: Histogram,
    ) -> None:
        self._counters = counters
        self._told: dict[str, float] = dict.fromkeys(counters, 0)
        self.alive, self.awake, self.damaged, self.age, self.late_age = alive, awake, damaged, age, late_age
        self.picture, self.ahead = picture, ahead
        self.ring_bytes, self.ring_seconds = ring_bytes, ring_seconds
        self.gop, self.rate, self.kilobits = gop, rate, kilobits

    def count(self, name: str, amount: float = 1) -> None:
        """Add to a counter. KeyError if there is none of that name."""
        self._told[name] += amount
        self._counters[name].inc(amount)

    def raise_to(self, name: str, total: float) -> None:
        """Bring a counter up to a total that never falls."""
        if total > self._told[name]:
            self.count(name, total - self._told[name])

    def note_packet(self, packet: Packet) -> None:
        """The newest one."""
        self.picture.set(packet.at)
        if packet.camera_at is not None:
            self.ahead.set(packet.camera_at - packet.at)

    def note_ring(self, ring: GopRing) -> None:
        """What is kept now."""
        self.ring_bytes.set(ring.size_bytes)
        self.ring_seconds.set(ring.reaches_back)
        self.raise_to("ring_dropped", ring.dropped_packets)

    def note_decoder(self, decoder: Decoder | LateDecoder) -> None:
        """What it made of the packets so far; a Decoder alone never sleeps."""
        late = decoder if isinstance(decoder, LateDecoder) else None
        self.awake.set(late is None or late.awake)
        if late is not None:
            self.raise_to("wakes", late.wakes)
        self.raise_to("decode_errors", decoder.decode_errors)
        self.raise_to("corrupt_frames", decoder.corrupt_frames)

    def note_groups(self, gops: GopMeter) -> None:
        """How the stream groups its pictures."""
        self.gop.set(gops.seconds if gops.measured else 0.0)
        self.rate.set(gops.rate_hz)
        self.kilobits.set(gops.kilobits)
