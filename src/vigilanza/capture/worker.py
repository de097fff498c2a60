"""Keeps one camera's packets and pictures coming."""

import threading
from collections.abc import Callable, Iterable
from traceback import clear_frames
from typing import ParamSpec

import structlog

from vigilanza.capture.backoff import Backoff
from vigilanza.capture.cause import Cause, Ending
from vigilanza.capture.complaints import Complaints
from vigilanza.capture.decode import Decoder
from vigilanza.capture.drought import Drought
from vigilanza.capture.gop import GopMeter
from vigilanza.capture.health import CameraMetrics
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing
from vigilanza.capture.source import Source
from vigilanza.capture.stall import Excuse, StallWatch
from vigilanza.capture.steadiness import Steadiness
from vigilanza.clock import Clock
from vigilanza.domain.errors import RecordingError
from vigilanza.domain.frame import Frame

_log = structlog.get_logger(__name__)
P = ParamSpec("P")
_TICK = 1.0
"""Seconds without a picture after which, and as often as, `on_tick` is called."""


class CameraWorker:
    """One stream from connection to pictures; all callbacks come on the thread that called `run` or `run_once`.

    on_frame(frame)                    every picture the decoder chose
    on_alive(at)                       first picture (without decoder: first packet) of each connection
    on_lost(at, why, needs_a_person)   once per outage, and once more if it turns out that a person must act
    on_tick(at)                        about once a second while no picture comes, also between connections
    Times are UTC in Unix seconds. A callback that raises is counted in `callback_errors` and logged, and costs
    nothing but that call.
    """

    def __init__(
        self,
        *,
        camera: str,
        source: Source,
        clock: Clock,
        ring: GopRing | None,
        decoder: Decoder | LateDecoder | None,
        on_frame: Callable[[Frame], None],
        on_lost: Callable[[float, str, bool], None],
        on_alive: Callable[[float], None],
        on_tick: Callable[[float], None] | None = None,
        metrics: CameraMetrics | None = None,
        stalls: StallWatch | None = None,
        backoff: Backoff | None = None,
        steadiness: Steadiness | None = None,
        picture_timeout: float = 10.0,
    ) -> None:
        """`picture_timeout`: seconds without a picture, while packets come, after which the camera is lost."""
        self._camera, self._source, self._clock = camera, source, clock
        self._ring, self._decoder, self._metrics = ring, decoder, metrics
        self._on_frame, self._on_lost, self._on_alive, self._on_tick = on_frame, on_lost, on_alive, on_tick
        self._excuse, self._alive = Excuse(stalls), False
        self._backoff = backoff or Backoff.of(camera)
        self._drought = None if decoder is None else Drought(seconds=picture_timeout, decoder=decoder, clock=clock)
        self._lost: bool | None = None  # None: not lost; else whether a person was called for
        self._last_told = self._last_logged = float("-inf")
        self._beat = clock.monotonic()
        self._late = decoder if isinstance(decoder, LateDecoder) else None
        self._gops = GopMeter() if self._late is None else self._late.gops
        self._steadiness = steadiness or Steadiness()
        self._complaints = Complaints(camera=camera, clock=clock)
        self.callback_errors = 0

    @property
    def alive(self) -> bool:
        """True while this connection has given a picture."""
        return self._alive

    @property
    def steady(self) -> bool:
        """False from an outage until pictures come steadily again; known before the picture is given."""
        return self._steadiness.steady

    @property
    def beat(self) -> float:
        """Clock.monotonic() of the last sign of life of this thread; at most a few seconds old, even in an outage."""
        return self._beat

    def run(self, stop: threading.Event) -> None:
        """Connect again and again until `stop` is set; a recording ends it too, or a recording that breaks off."""
        while not stop.is_set():
            begun = self._clock.monotonic()
            try:
                self.run_once(stop)
                return
            except RecordingError as error:
                self._note_lost(str(error), needs_a_person=True)
                return
            except Exception as error:  # noqa: BLE001 - a bug in one camera's chain may not end its watch
                ending = Ending.of(error)
                if ending.cause is Cause.INTERNAL:
                    _log.error("capture: internal error", camera=self._camera, exc_info=error)
                wait = self._learn(ending, self._clock.monotonic() - begun)
                clear_frames(error.__traceback__)  # one that names the error would keep all of the connection meanwhile
            self._pause(wait, stop)

    def _learn(self, ending: Ending, spent: float) -> float:
        """A connection has ended, or `spent` seconds of trying to make one; the seconds to wait before the next."""
        ours = not ending.needs_a_person and self._excuse.holds(alive=self._alive)
        if self._metrics is not None:
            self._metrics.reconnect(Cause.STALLED if ours else ending.cause)
        if ours:
            _log.warning("connecting anew: it was we who stood still", camera=self._camera)
            return 0.0
        wait = self._backoff.refusal() if ending.needs_a_person else self._backoff.outage(0.0 if self._alive else spent)
        self._note_lost(ending.why, needs_a_person=ending.needs_a_person)
        if ending.cause is Cause.NAME:
            self._complaints.tell("a camera's name leads nowhere", ending.why)
        return wait

    def run_once(self, stop: threading.Event) -> None:
        """Read one connection to its end: returns at `stop` or at a recording's end, raises what the source raises."""
        self._alive = False
        self._beat = self._clock.monotonic()
        self._count("connections")
        self._gops.reset()
        if self._decoder is not None:
            self._decoder.reset()
        if self._drought is not None:
            self._drought.end()
        try:
            for packet in self._source.packets(stop):
                self._beat = self._clock.monotonic()
                self._take(packet)
        finally:
            if self._decoder is not None and not stop.is_set():
                self._give(self._decoder.flush())
            self._tell_health(None)

    def _take(self, packet: Packet) -> None:
        if self._late is None:
            self._gops.measure(packet)
        if self._decoder is None:
            self._note_alive(packet.at)
        elif (frames := self._decoder.frames(packet)) != ():
            self._give(frames)
            self._count_pictures(packet.at)
        if self._ring is not None:
            self._ring.append(packet)  # whoever follows it is shown nothing that was not looked at first
        if self._drought is not None:
            self._drought.check()
        if packet.at - self._last_told >= _TICK:
            self._tick(packet.at)
        self._count("packets")
        self._count("bytes", len(packet.data))
        if packet.is_keyframe:
            self._tell_health(packet)

    def _give(self, frames: Iterable[Frame]) -> None:
        began = self._clock.busy()
        for frame in frames:
            self._count("decode_seconds", self._clock.busy() - began)
            self._count_pictures(frame.at)
            self._steadiness.see(frame.at)
            self._note_alive(frame.at)
            self._count("frames")
            self._last_told = frame.at
            began = self._clock.busy()
            self._call(self._on_frame, frame)
            self._count("analysis_seconds", self._clock.busy() - began)
            self._note_age(self._clock.now() - frame.at)
            began = self._clock.busy()
        self._count("decode_seconds", self._clock.busy() - began)

    def _count_pictures(self, at: float) -> None:
        if (one := self._decoder) is not None:
            self._steadiness.count(at, good=one.decoded_frames, damaged=one.corrupt_frames + one.decode_errors)

    def _note_age(self, seconds: float) -> None:
        if self._metrics is not None:
            late = self._late is not None and self._late.catching_up
            (self._metrics.late_age if late else self._metrics.age).observe(seconds)

    def _note_alive(self, at: float) -> None:
        if not self._alive:
            self._alive, self._lost = True, None
            self._excuse.forget()
            self._backoff.saw()
            self._call(self._on_alive, at)

    def _note_lost(self, why: str, *, needs_a_person: bool) -> None:
        self._alive = False
        self._tell_health(None)
        if self._lost is None or (needs_a_person and not self._lost):
            if self._lost is None:
                self._count("outages")
                self._steadiness.lose(self._clock.now())
            self._lost = needs_a_person
            _log.warning("camera lost", camera=self._camera, why=why, needs_a_person=needs_a_person)
            self._call(self._on_lost, self._clock.now(), why, needs_a_person)

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0.0 and not self._clock.wait(min(_TICK, left), stop):
            self._beat = self._clock.monotonic()
            self._tick(self._clock.now())

    def _tick(self, at: float) -> None:
        self._last_told = at
        if self._on_tick is not None:
            self._call(self._on_tick, at)

    def _call(self, callback: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the listener's bug may not cost the connection
            self.callback_errors += 1
            self._count("callback_errors")
            now = self._clock.monotonic()
            if now - self._last_logged >= 1.0:
                self._last_logged = now
                _log.error("a listener failed", camera=self._camera, so_far=self.callback_errors, exc_info=error)

    def _advise(self) -> None:
        if self._decoder is not None:
            self._complaints.tell("a setting of the camera does not suit", self._gops.complaint)
            self._complaints.tell("pictures come damaged", self._steadiness.complaint)

    def _count(self, name: str, amount: float = 1) -> None:
        if self._metrics is not None:
            self._metrics.count(name, amount)

    def _tell_health(self, packet: Packet | None) -> None:
        self._advise()
        metrics = self._metrics
        if metrics is None:
            return
        metrics.alive.set(self._alive)
        if packet is not None:
            metrics.note_packet(packet)
        if self._ring is not None:
            metrics.note_ring(self._ring)
        metrics.note_groups(self._gops)
        if self._decoder is not None:
            metrics.note_decoder(self._decoder)
            metrics.damaged.set(self._steadiness.damaged_share)
