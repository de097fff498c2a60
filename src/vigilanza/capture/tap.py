"""What the cameras of one watching process show, for others of this box who ask at a local socket."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import structlog

from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing
from vigilanza.capture.sight import Sight
from vigilanza.capture.tap_wire import (
    ASK_MAX_BYTES,
    Ask,
    camera_of,
    encode_format,
    encode_hidden,
    encode_none,
    encode_packet,
    encode_seen,
)
from vigilanza.clock import Clock
from vigilanza.domain.door import Polygon
from vigilanza.localsocket import listen

log = structlog.get_logger(__name__)

Seen: TypeAlias = Callable[[], bytes | None]
"""What the detector sees now, as JSON; None before it has looked."""

LISTEN_S = 1.0
"""So often, while nobody comes and no packet does, one looks whether to end."""
SEND_S = 5.0
"""A client that takes nothing for so long has gone, or hangs."""
OLD_S = 10.0
"""A ring that got nothing for so long shows how it was, not how it is."""
LOOK_S = 0.02
CLIENTS_MAX = 128


@dataclass(slots=True)
class TapCounts:
    """`clients` that are served now; since the start packets that slow ones lost, and clients sent away."""

    clients: int = 0
    lost_packets: int = 0
    refused: int = 0


class Tap:
    """Serves packets out of `rings` at `path`, see tap_wire.py. A client costs a thread, and no copy of a packet."""

    def __init__(
        self,
        *,
        path: Path,
        rings: Mapping[str, GopRing],
        hidden: Callable[[str, float], tuple[Polygon, ...]],
        looked_at: Mapping[str, GopRing],
        seen: Mapping[str, Seen] = MappingProxyType({}),
        clock: Clock,
    ) -> None:
        """`rings` by stream, `seen` by camera; `hidden`: what must be black in what a camera took then (UTC, Unix s).

        `looked_at`, for main streams: the ring of the stream that is analysed. No picture is shown before that has
        come as far.
        """
        self._path, self._rings, self._hidden, self._clock = path, rings, hidden, clock
        self._looked_at, self._seen = looked_at, seen
        self._lock = threading.Lock()
        self.counts = TapCounts()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. A socket that cannot be made is told of: nobody sees live pictures then."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                listen(door, self._path)
                door.settimeout(LISTEN_S)
                self._admit(door, stop)
        except OSError as error:
            log.error("no live pictures: the tap cannot listen", path=str(self._path), why=error.strerror)

    def _admit(self, door: socket.socket, stop: threading.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = door.accept()
                client.settimeout(SEND_S)
                threading.Thread(target=self._serve, args=(client, stop), name="tap", daemon=True).start()

    def _serve(self, client: socket.socket, stop: threading.Event) -> None:
        """Until the client has what it wanted, goes, or breaks the rules."""
        with client, self._counted() as admitted:
            try:
                if not admitted:
                    raise ValueError("too many clients")
                self._answer(client, Ask.decode(_line(client)), stop)
            except ValueError as error:
                self._count(refused=1)
                log.warning("a client of the tap was sent away", why=str(error))
            except OSError as error:
                log.debug("a client of the tap has gone", why=str(error))

    def _answer(self, client: socket.socket, ask: Ask, stop: threading.Event) -> None:
        ring = self._rings.get(ask.camera)
        if ring is None or (key := ring.newest_key) is None:
            client.sendall(encode_none("there is no such camera here" if ring is None else "no picture yet"))
        elif (silent := self._clock.now() - ring.newest_at) > OLD_S:
            client.sendall(encode_none(f"no picture for {silent:.0f} s"))
        elif ask.wanted == "still":
            self._give(client, self._sight(ask.camera, key, stop), None)
        elif ask.wanted == "seen":
            ask_detector = self._seen.get(ask.camera)
            told = None if ask_detector is None else ask_detector()
            client.sendall(encode_none("nothing was looked at yet") if told is None else encode_seen(told))
        else:
            self._follow(client, ask.camera, ring, stop)

    def _sight(self, stream: str, packet: Packet, stop: threading.Event) -> Sight | None:
        """As soon as it is known what must be black in it: rather late than too much. None if that stays unknown."""
        looked, camera = self._looked_at.get(stream), camera_of(stream)
        while looked is not None and looked.newest_at < packet.at and not self._hidden(camera, packet.at):
            looked.sought.set()  # nobody follows it: else its packets gather for up to a second
            if abs(self._clock.now() - packet.at) > OLD_S or self._clock.wait(LOOK_S, stop):
                return None
        return Sight(packet, self._hidden(camera, packet.at))

    @staticmethod
    def _give(client: socket.socket, sight: Sight | None, told: Sight | None) -> Sight | None:
        """See _send; what nobody looked at is not sent, and ends the answer."""
        if sight is None:
            client.sendall(encode_none("nobody looks at the pictures now"))
            return None
        return _send(client, sight, told)

    def _follow(self, client: socket.socket, stream: str, ring: GopRing, stop: threading.Event) -> None:
        follower, told = ring.follow(), None
        try:
            while not stop.is_set():
                packet = follower.take(LISTEN_S)
                if packet is not None:
                    told = self._give(client, self._sight(stream, packet, stop), told)
                    if told is None:
                        return
                elif _has_gone(client):
                    return
        finally:
            ring.leave(follower)
            self._count(lost=follower.lost_packets)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[bool]:
        """Whether there is room for one more client."""
        with self._lock:
            self.counts.clients += 1
            admitted = self.counts.clients <= CLIENTS_MAX
        try:
            yield admitted
        finally:
            with self._lock:
                self.counts.clients -= 1

    def _count(self, *, lost: int = 0, refused: int = 0) -> None:
        with self._lock:
            self.counts.lost_packets += lost
            self.counts.refused += refused


def _line(client: socket.socket) -> bytes:
    """What the client asks; ValueError if it is too long, or breaks off."""
    line = b""
    while not line.endswith(b"\n"):
        more = client.recv(ASK_MAX_BYTES - len(line))
        if not more:
            raise ValueError("it asks nothing")
        line += more
    return line


def _send(client: socket.socket, sight: Sight, told: Sight | None) -> Sight:
    """`told`: what the client got before, whose format and outlines it knows."""
    packet = sight.packet
    if told is None or packet.format != told.packet.format:
        client.sendall(encode_format(packet.format))
    if told is None or sight.hidden != told.hidden:
        client.sendall(encode_hidden(sight.hidden))
    client.sendall(encode_packet(packet))
    client.sendall(packet.data)
    return sight


def _has_gone(client: socket.socket) -> bool:
    """A client says nothing after its question: what can be read is its end."""
    poll = select.poll()
    poll.register(client, select.POLLIN)
    return bool(poll.poll(0))
