"""One camera's live pictures for all who watch it, while somebody does."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from vigilanza.capture.curtain import Curtain
from vigilanza.capture.follower import Follower
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing
from vigilanza.capture.sight import Sight
from vigilanza.capture.tap_client import live
from vigilanza.clock import Clock
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import NoPictures

log = structlog.get_logger(__name__)

LINGER_S = 5.0
"""From a description to the wish to see it, and from one viewer to the next."""
FIRST_S = 5.0
HELD_MAX_BYTES = 32_000_000


@dataclass(slots=True)
class ShowCounts:
    """Of one camera since the start; `encoding` while an encoder runs; `lost_packets` of viewers that were too slow."""

    shows: int = 0
    encoding: bool = False
    pictures_encoded: int = 0
    pictures_spoilt: int = 0
    lost_packets: int = 0


@dataclass(frozen=True, slots=True)
class TapLine:
    """Where a stream is asked for, and by which name."""

    tap: Path
    stream: str


class Show:
    """One line to the watch, and one encoder if something must be hidden; ends when nobody looks for LINGER_S.

    What must be black is never shown but through the veil: what cannot be masked is not shown. Where that begins or
    ends while somebody looks, the packets are of another format from a key frame on.
    """

    def __init__(self, *, line: TapLine, masks: Sequence[Polygon], clock: Clock, counts: ShowCounts) -> None:
        self._line, self._clock, self.counts = line, clock, counts
        self._ring = GopRing(seconds=0.0, max_bytes=HELD_MAX_BYTES)
        self._curtain = Curtain(masks, on_draw=self._ring.clear)
        self._stop, self._changed, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._first: Packet | None = None
        self._why = NoPictures("no picture came")
        self._watching = 0
        self._left_at = clock.monotonic()
        self.over = threading.Event()
        """Set once nothing more comes."""

    @property
    def viewers(self) -> int:
        """How many look."""
        return self._watching

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self.run, name=f"show {self._line.stream}", daemon=True).start()

    def close(self) -> None:
        """End soon, whoever looks."""
        self._stop.set()

    def first(self) -> Packet:
        """The first key frame of the format that comes now. NoPictures if there is none."""
        with self._lock:
            self._left_at = self._clock.monotonic()
        self._changed.wait(FIRST_S)
        if self._first is None:
            raise self.ended()
        return self._first

    def ended(self) -> NoPictures:
        """Why nothing more comes, or nothing came: a new one each time, to be raised."""
        return type(self._why)(str(self._why))

    def enter(self) -> Follower:
        """One more looks, from the newest key frame on; until `leave`."""
        with self._lock:
            self._watching += 1
        return self._ring.follow()

    def leave(self, follower: Follower) -> None:
        """One looks no more."""
        self._ring.leave(follower)
        with self._lock:
            self._watching -= 1
            self._left_at = self._clock.monotonic()
            self.counts.lost_packets += follower.lost_packets

    def run(self) -> None:
        """From the first picture until nobody looks, the camera gives none or its stream changes."""
        self.counts.shows += 1
        try:
            for sight in live(self._line.tap, self._line.stream, clock=self._clock, stop=self._stop):
                for given in self._prepare(sight):
                    self._give(given)
                if self._is_idle():
                    return
        except NoPictures as error:
            self._why = error
            log.info("a show is over", stream=self._line.stream, why=str(error))
        finally:
            self.counts.encoding = False
            self.over.set()
            self._changed.set()

    def _prepare(self, sight: Sight) -> list[Packet]:
        pictures, spoilt = self._curtain.pictures, self._curtain.spoilt
        given = self._curtain.packets(sight)
        self.counts.encoding = self._curtain.drawn
        self.counts.pictures_encoded += self._curtain.pictures - pictures
        self.counts.pictures_spoilt += self._curtain.spoilt - spoilt
        return given

    def _give(self, packet: Packet) -> None:
        if self._first is None or packet.format != self._first.format:
            self._first = packet
        self._ring.append(packet)
        self._changed.set()

    def _is_idle(self) -> bool:
        with self._lock:
            return not self._watching and self._clock.monotonic() - self._left_at > LINGER_S
