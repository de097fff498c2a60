"""What a watching process shows, asked for at its tap."""

import contextlib
import socket
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

from vigilanza.capture.packet import StreamFormat
from vigilanza.capture.sight import Sight
from vigilanza.capture.tap_wire import (
    FORMAT,
    HEAD,
    HIDDEN,
    MESSAGE_MAX_BYTES,
    NONE,
    PACKET,
    SEEN,
    Ask,
    decode_format,
    decode_hidden,
    decode_packet,
)
from vigilanza.clock import Clock
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import NoPictures, NotWatched
from vigilanza.localsocket import connect

SILENT_S = 10.0
"""A camera that gives nothing for so long is lost: who still watched it would take the last picture for the present."""
STILL_S = 2.0
LOOK_S = 0.2


def live(
    path: Path, camera: str, *, clock: Clock, stop: threading.Event, silent_s: float = SILENT_S
) -> Generator[Sight, None, None]:
    """From the newest key frame on what the camera shows, until `stop` is set. The first picture comes at once.

    NoPictures if there are none, none for `silent_s`, or no more, because the watch has ended.
    """
    with contextlib.closing(_Answer(path, Ask("live", camera), clock=clock, stop=stop, silent_s=silent_s)) as answer:
        yield from answer.sights()


def newest_key(path: Path, camera: str, *, clock: Clock) -> Sight:
    """The camera's newest key frame. NoPictures if there is none, or the watch does not answer within STILL_S."""
    never = threading.Event()
    with contextlib.closing(_Answer(path, Ask("still", camera), clock=clock, stop=never, silent_s=STILL_S)) as answer:
        for sight in answer.sights():
            return sight
    raise NotWatched("the watch has ended")


def seen(path: Path, camera: str, *, clock: Clock) -> bytes:
    """What the detector sees, as JSON. NoPictures as for `newest_key`."""
    never = threading.Event()
    with contextlib.closing(_Answer(path, Ask("seen", camera), clock=clock, stop=never, silent_s=STILL_S)) as answer:
        kind, body = answer.message() or (NONE, b"")
    if kind != SEEN:
        raise NoPictures(body.decode() if kind == NONE else "the watch is of another version")
    return body


class _Answer:
    """What comes over one connection."""

    def __init__(self, path: Path, ask: Ask, *, clock: Clock, stop: threading.Event, silent_s: float) -> None:
        self._clock, self._stop, self._silent_s = clock, stop, silent_s
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.settimeout(LOOK_S)
        try:
            connect(self._line, path)
            self._line.sendall(ask.encode())
        except OSError as error:
            self._line.close()
            raise NotWatched("the camera is not watched") from error

    def sights(self) -> Iterator[Sight]:
        """Until `stop` is set, or the other side has no more."""
        format_: StreamFormat | None = None
        hidden: tuple[Polygon, ...] | None = None
        while (message := self.message()) is not None:
            kind, body = message
            if kind == FORMAT:
                format_ = decode_format(body)
            elif kind == HIDDEN:
                hidden = decode_hidden(body)
            elif kind == PACKET and format_ is not None and hidden is not None:
                yield Sight(decode_packet(body, format_), hidden)
            else:
                raise NoPictures(body.decode() if kind == NONE else "the watch is of another version")

    def message(self) -> tuple[int, bytes] | None:
        """The next one's kind and body; None once `stop` is set. What is too long has no body."""
        head = self._read(HEAD.size)
        if head is None:
            return None
        kind, size = HEAD.unpack(head)
        body = self._read(size) if size <= MESSAGE_MAX_BYTES else b""
        return None if body is None else (kind, body)

    def close(self) -> None:
        """Let go."""
        self._line.close()

    def _read(self, size: int) -> bytes | None:
        """None once `stop` is set. NoPictures if the other side has ended, or is silent."""
        read, got = bytearray(size), 0
        heard = self._clock.monotonic()
        while got < size:
            if self._stop.is_set():
                return None
            try:
                more = self._line.recv_into(memoryview(read)[got:])
            except TimeoutError:
                if self._clock.monotonic() - heard > self._silent_s:
                    raise NoPictures(f"no picture for {self._silent_s:.0f} s") from None
                continue
            except OSError as error:
                raise NotWatched("the watch has ended") from error
            if not more:
                raise NotWatched("the watch has ended")
            got, heard = got + more, self._clock.monotonic()
        return bytes(read)
