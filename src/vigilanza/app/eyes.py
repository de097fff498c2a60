"""One camera of a running watch: its streams, its ring, its pipeline."""

import threading
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

import structlog

from vigilanza.app.outlook import Outlook
from vigilanza.app.registry import DetectorNeeds, open_decoder, open_detectors, open_events, open_source
from vigilanza.capture.camera_event import CameraEvent, EventKind
from vigilanza.capture.economy import Economy
from vigilanza.capture.ring import GopRing
from vigilanza.capture.source import Source
from vigilanza.capture.tap_wire import small
from vigilanza.capture.unhurried import BRIEF_S, GATHER_S, UnhurriedSource
from vigilanza.capture.worker import CameraWorker
from vigilanza.config import Camera, Ring
from vigilanza.detect.pipeline import Pipeline
from vigilanza.domain.door import Role
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.events import Event, Phase
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Policy
from vigilanza.domain.observation import Fact, Observation
from vigilanza.domain.sharpness import Sharpness

log = structlog.get_logger(__name__)

UNTAKEN_MAX = 1000
"""Events one camera holds back while the recorder takes none."""
SMALL_MAX_BYTES = 8_000_000
"""One group of a small stream has a tenth of that."""


class Eyes:
    """Watches one camera with a thread per stream; all of the pipeline runs on the analysed stream's thread."""

    def __init__(self, *, camera: Camera, ring: Ring, needs: DetectorNeeds, outlook: Outlook) -> None:
        """`needs.state` is this camera's own folder."""
        self.camera, self._outlook = camera, outlook
        self.ring = GopRing(seconds=ring.seconds, max_bytes=ring.max_megabytes * 1_000_000)
        self.rings = {camera.id: self.ring}
        """Of each stream what is held, for the tap: the small one only as far as who joins needs it."""
        if camera.substream is not None:
            self.rings[small(camera.id)] = GopRing(seconds=0.0, max_bytes=SMALL_MAX_BYTES)
        self.pipeline = Pipeline(
            camera=camera.id,
            doors=camera.doors,
            detectors=open_detectors(needs),
            policy=Policy(),
            orders=outlook.orders,
        )
        self._decoder = open_decoder(camera, self.pipeline.sentry)
        self._untaken: list[Event] = []
        self._resumable: SimpleQueue[Sequence[Event]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.dropped_events = 0
        self._lost = False
        self.size_px = (0, 0)
        self.sharpness: dict[str, Sharpness] = {}
        """Of each sealed door, from the first picture on."""
        self._listener = open_events(
            camera, outlook.clock, on_event=self._hear, metrics=outlook.event_metrics.of(camera.id)
        )
        self._workers = [self._looker()]
        if camera.substream is not None:
            self._workers.append(self._keeper())

    @property
    def looked_at(self) -> GopRing:
        """The ring of the stream that is analysed."""
        return self.rings.get(small(self.camera.id), self.ring)

    @property
    def camera_id(self) -> str:
        """See Spender."""
        return self.camera.id

    @property
    def urgency(self) -> int:
        """See Spender: 0 no sealed door, 1 all quiet, 2 something at a door, 3 a door or the camera under attack."""
        belief = self.pipeline.belief()
        if belief is None:
            return min(1, len(self.sharpness))
        if belief.attack.open or any(now.phase in (Phase.FORCED, Phase.ENTERED) for now in belief.incidents):
            return 3
        if any(now.open for now in belief.incidents):
            return 2
        return min(1, len(belief.incidents))

    @property
    def economy(self) -> Economy:
        """What this camera may spend now."""
        return self._decoder.economy

    def spend(self, economy: Economy) -> None:
        """See Spender."""
        self._decoder.spend(economy)

    def resume(self, told: Sequence[Event]) -> None:
        """Take up what was open at a restart, before the next picture; any thread may call this."""
        self._resumable.put(told)

    def start(self, stop: threading.Event) -> list[threading.Thread]:
        """Start the camera's threads; they end soon after `stop` is set."""
        self._threads = [
            threading.Thread(target=worker.run, args=(stop,), name=f"{self.camera.id}/{index}", daemon=True)
            for index, worker in enumerate(self._workers)
        ]
        threads = list(self._threads)
        if self._listener is not None:
            threads.append(threading.Thread(target=self._listener.run, args=(stop,), name=f"{self.camera.id}/events"))
        for thread in threads:
            thread.start()
        return threads

    def last_beat(self) -> float:
        """Clock.monotonic() of the oldest sign of life among the threads; inf once they have ended with a recording."""
        pairs = zip(self._workers, self._threads, strict=True)
        return min((worker.beat for worker, thread in pairs if thread.is_alive()), default=float("inf"))

    def declare_lost(self, at: float) -> None:
        """Record that this camera is not watched any more, whatever its threads do."""
        self._tell(self.pipeline.lose(at))

    def hurry(self) -> None:
        """Take what has come at once, also of a camera that sleeps; any thread may call this."""
        for ring in self.rings.values():
            ring.sought.set()

    def _source(self, stream: str | Path, ring: GopRing, *, awake_s: float) -> Source:
        """Of a stream that nobody follows packets may gather: while its camera sleeps, or for `awake_s`."""
        clock = self._outlook.clock
        source = open_source(self.camera, stream, clock)
        if isinstance(stream, Path) or self.camera.transport == "udp":
            return source

        def patience() -> float:
            # Of the main stream nobody is shown more than was looked at: see Tap.
            followed = ring.followed or (ring is self.looked_at and self.ring.followed)
            return 0.0 if followed else awake_s if self._decoder.awake else GATHER_S

        return UnhurriedSource(source, patience=patience, sought=ring.sought, clock=clock)

    def _looker(self) -> CameraWorker:
        """The stream that is analysed."""
        clock, ring = self._outlook.clock, self.looked_at
        return CameraWorker(
            camera=self.camera.id,
            source=self._source(self.camera.analysed, ring, awake_s=0.0),
            clock=clock,
            ring=ring,
            decoder=self._decoder,
            on_frame=self._look,
            on_lost=self._lose,
            on_alive=self._find,
            on_tick=self._tick,
            stalls=self._outlook.stalls,
            metrics=self._outlook.metrics.of(self.camera.id),
        )

    def _keeper(self) -> CameraWorker:
        """The main stream: kept compressed, never decoded."""
        clock = self._outlook.clock
        return CameraWorker(
            camera=f"{self.camera.id}/main",
            source=self._source(self.camera.source, self.ring, awake_s=BRIEF_S),
            clock=clock,
            ring=self.ring,
            decoder=None,
            on_frame=lambda frame: None,  # noqa: ARG005 - the callback's signature
            on_lost=lambda at, why, person: log.warning(  # noqa: ARG005 - the callback's signature
                "no clips while the main stream is lost", camera=self.camera.id
            ),
            on_alive=lambda at: log.info("main stream kept", camera=self.camera.id),  # noqa: ARG005
            stalls=self._outlook.stalls,
            metrics=self._outlook.metrics.of(f"{self.camera.id}/main"),
        )

    def _look(self, frame: Frame) -> None:
        self._take_up()
        if frame.size_px != self.size_px:
            self._measure(frame.size_px)
        self._tell(self.pipeline.process(frame, steady=self._workers[0].steady))
        if (belief := self.pipeline.belief()) is not None:
            self._outlook.on_seen(self.camera.id, belief.seen, frame.at)
        if not self._decoder.catching_up:
            self._outlook.on_age(self.camera.id, self._outlook.clock.now() - frame.at)

    def _measure(self, size_px: tuple[int, int]) -> None:
        """How large the doors are in the pictures that come now; the camera is watched whatever that is."""
        sealed = [door for door in self.camera.doors if door.role is Role.SEALED]
        self.size_px, self.sharpness = size_px, {door.id: Sharpness.of(door.leaf, size_px) for door in sealed}
        for door, sharpness in self.sharpness.items():
            if sharpness.complaint is not None:
                log.warning(
                    "door too small in the picture",
                    camera=self.camera.id,
                    door=door,
                    px_per_metre=round(sharpness.px_per_metre),
                    why=sharpness.complaint,
                )

    def _take_up(self) -> None:
        """On the pipeline's own thread."""
        while not self._resumable.empty():
            self.pipeline.resume(self._resumable.get())

    def _lose(self, at: float, why: str, needs_a_person: bool) -> None:  # noqa: ARG002 - the callback's signature
        self._take_up()
        self._lost = True
        self._tell(self.pipeline.lose(at))
        self._outlook.on_seen(self.camera.id, (Observation(Fact.SIGNAL_LOST, 1.0),), at)

    def _find(self, at: float) -> None:  # noqa: ARG002 - the callback's signature
        self._lost = False
        log.info("camera alive", camera=self.camera.id)
        if self._listener is not None:
            self._listener.refresh()  # after a reboot it knows of no subscription

    def _hear(self, event: CameraEvent) -> None:
        """What a camera notices is worth a look: its pictures say what it means. Of contacts both ways are news."""
        log.info("camera event", camera=self.camera.id, kind=event.kind, source=event.source, active=event.active)
        if event.kind is EventKind.DIGITAL_INPUT:
            self.pipeline.contacts.hear(event.source, event.active)
        if event.active or event.kind is EventKind.DIGITAL_INPUT:
            self._decoder.call()
            self.hurry()

    def _tick(self, at: float) -> None:
        self._tell(self.pipeline.lose(at) if self._lost else [])

    def _tell(self, events: Sequence[Event]) -> None:
        """Hand events on; what the recorder cannot take waits here for the next picture or tick."""
        self._untaken += events
        if not self._untaken:
            return
        try:
            self._outlook.put(self._untaken)
        except JournalUnavailable as error:
            excess = max(0, len(self._untaken) - UNTAKEN_MAX)
            del self._untaken[:excess]
            self.dropped_events += excess
            log.error("events wait", camera=self.camera.id, waiting=len(self._untaken), why=str(error))
        else:
            self._untaken = []
