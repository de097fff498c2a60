"""Those who look at a camera, each by another way: how bright a part of each picture was that they were shown."""

import io
import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeAlias
from urllib.parse import quote

import av
import cv2
import httpx
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from vigilanza.clock import SystemClock

Looks: TypeAlias = Iterator[tuple[float, NDArray[np.uint8]]]
"""When (UTC, Unix seconds) and how bright."""
Look: TypeAlias = Callable[[threading.Event], Looks]
CLOCK = SystemClock()
EVERY_S = 0.4
AWAY = (OSError, av.FFmpegError, httpx.HTTPError, ConnectionClosed, InvalidStatus)
"""A part is started again, or the camera gives nothing yet."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture somebody was shown: when it was taken, or came (UTC, Unix seconds); of the part its brightest pixel
    and its mean.
    """

    at: float
    brightest: float
    mean: float

    @staticmethod
    def of(at: float, grey: NDArray[np.uint8], part: NDArray[np.bool_]) -> "Shot":
        inside = grey[part]
        return Shot(at, float(inside.max()), float(inside.mean()))


@dataclass
class Looker:
    """Looks from `with` to its end, on a thread of its own. `look` gives what comes over one connection."""

    look: Look
    part: NDArray[np.bool_]
    shots: list[Shot] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Looker":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(60)

    def saw(self, count: int, after: float) -> bool:
        """Whether it was shown so many pictures later than that."""
        return sum(shot.at > after for shot in self.shots) >= count

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(*AWAY):
                for at, grey in self.look(self._stop):
                    self.shots.append(Shot.of(at, grey, self.part))
            CLOCK.wait(EVERY_S, self._stop)


def shots_of(kind: str, start: float, content: bytes, part: NDArray[np.bool_]) -> Iterator[Shot]:
    """Of a file that was kept, which begins at `start`."""
    if kind == "still":
        yield Shot.of(start, grey_of(content), part)
        return
    with av.open(io.BytesIO(content)) as container:
        for picture in only_pictures(container).decode(video=0):
            grey = np.asarray(picture.to_ndarray(format="gray"), np.uint8)
            yield Shot.of(start + (picture.time or 0.0), grey, part)


def only_pictures(container: InputContainer | OutputContainer) -> InputContainer:
    """A container to be read, that has no sound nor anything else beside its pictures."""
    assert isinstance(container, InputContainer)
    assert [stream.type for stream in container.streams] == ["video"]
    return container


def grey_of(jpeg: bytes) -> NDArray[np.uint8]:
    """Brightness of a still."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def stills(
    ask: Callable[[], httpx.Response],
) -> Look:
    """Asked for now and then; timed when they were asked for."""

    def look(stop: threading.Event) -> Looks:
        while not CLOCK.wait(EVERY_S, stop):
            at, answer = CLOCK.now(), ask()
            if answer.status_code == httpx.codes.OK:
                yield at, grey_of(answer.content)

    return look


def rtsp(port: int, camera: str, account: str, password: str) -> Look:
    """FFmpeg's player; timed when they came."""
    url = f"rtsp://{account}:{quote(password)}@127.0.0.1:{port}/{camera}"

    def look(stop: threading.Event) -> Looks:
        with av.open(url, options={"rtsp_transport": "tcp"}, timeout=20.0) as container:
            for picture in only_pictures(container).decode(video=0):
                yield CLOCK.now(), np.asarray(picture.to_ndarray(format="gray"), np.uint8)
                if stop.is_set():
                    return

    return look


def page(url: str, camera: str, cookie: str, *, query: str = "") -> Look:
    """What the page gets over its line; timed when they were taken."""

    def look(stop: threading.Event) -> Looks:
        address = f"{url.replace('http', 'ws')}/api/cameras/{camera}/live{query}"
        headers = {"Cookie": cookie}
        with connect(address, origin=url, additional_headers=headers, compression=None, proxy=None) as line:  # type: ignore[arg-type]
            film: _Film | None = None
            while not stop.is_set():
                said = line.recv(20.0)
                if isinstance(said, str):
                    word = json.loads(said)
                    if word["kind"] == "none":
                        return
                    film = _Film() if word["kind"] == "video" else None
                    continue
                line.send("+")
                if film is None:
                    (at, _), jpeg = struct.unpack_from("<dd", said), said[16:]
                    yield at, grey_of(jpeg)
                else:
                    yield from film.take(said)

    return look


class _Film:
    """Plays fragments as they come, with one decoder."""

    def __init__(self) -> None:
        self._head: bytes | None = None
        self._codec: VideoCodecContext | None = None
        self._began: float | None = None

    def take(self, said: bytes) -> Looks:
        if self._head is None:
            self._head = said
            return
        at, until = struct.unpack_from("<dd", said)
        with av.open(io.BytesIO(self._head + said[16:])) as container:
            film = only_pictures(container)
            stream = film.streams.video[0]
            self._codec = self._codec or _decoder(stream.codec_context.extradata)
            packets = [packet for packet in film.demux(stream) if packet.size]
        for packet in packets:
            assert packet.pts is not None
            seconds = float(packet.pts * packet.time_base)
            self._began = seconds if self._began is None else self._began
            raw = av.Packet(bytes(packet))
            for picture in self._codec.decode(raw):
                yield at - until + seconds - self._began, np.asarray(picture.to_ndarray(format="gray"), np.uint8)


def _decoder(extradata: bytes | None) -> VideoCodecContext:
    codec = av.CodecContext.create("h264", "r")
    assert isinstance(codec, VideoCodecContext)
    codec.extradata = extradata
    return codec
