"""Packets to pictures, at the rate the analysis asks for."""

from collections import OrderedDict
from collections.abc import Sequence

import av
import numpy as np
from av.codec.context import ThreadType
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.rate import RateSelector
from vigilanza.domain.errors import SourceRefused
from vigilanza.domain.frame import Frame

_PLANAR = ("yuv420p", "yuvj420p")
_IN_FLIGHT = 64
"""More pictures than any codec holds back for reordering (H.264 and H.265: 16)."""


class Decoder:
    """One stream's decoder; yields at most `rate_hz` pictures per second of picture time.

    Damaged data never raises: `decode_errors` counts packets the codec rejected, `corrupt_frames` pictures it
    reported as damaged or swallowed without a word, and those made of damaged ones, up to the next key frame; none of
    them is yielded. `decoded_frames` counts all good pictures, also those left out by rate.
    """

    def __init__(self, *, camera: str, rate_hz: float) -> None:
        self._camera = camera
        self._rate = RateSelector(rate_hz=rate_hz)
        self._codec: VideoCodecContext | None = None
        self._opened_for: tuple[StreamFormat, bool] | None = None
        self._times: OrderedDict[int, float] = OrderedDict()
        self._last_at = float("-inf")
        self._needs_key = True
        self._tainted = False
        """Since a damaged picture: what follows is made of it, up to the next key frame, and FFmpeg does not say so."""
        self.coarse = False
        """Leave out the loop filter from the next key frame on: a third cheaper, blocks show."""
        self.decode_errors = 0
        self.corrupt_frames = 0
        self.decoded_frames = 0

    def reset(self) -> None:
        """A new connection begins: forget the old one; decoding starts at the next key frame."""
        self._codec = self._opened_for = None
        self._times.clear()
        self._rate.reset()
        self._last_at = float("-inf")
        self._needs_key, self._tainted = True, False

    def frames(self, packet: Packet) -> list[Frame]:
        """The pictures that this packet completes, in picture order, after selection; none before a key frame.

        `at` is that of the packet the picture came in, and never steps back. SourceRefused if there is no decoder.
        """
        if (self._needs_key or packet.format != self._format) and not packet.is_keyframe:
            return []
        held = self._open(packet) if packet.is_keyframe else []
        self._times[packet.pts] = packet.at
        if len(self._times) > _IN_FLIGHT:
            self._times.popitem(last=False)
        decoded = self._decode(packet)
        if decoded is None:
            self._times.pop(packet.pts, None)
            return held
        return held + self._select(decoded)

    def still(self, packet: Packet) -> Frame | None:
        """The picture of a key frame on its own, whatever the rate; None if damaged. Afterwards as after `reset`.

        The codec is not kept: it would hold 0.7 MB of pictures until the next one, and is opened in 0.1 ms.
        """
        self.reset()
        self._open(packet)
        pictures = [*(self._decode(packet) or []), *(self._decode(None) or [])]
        self.reset()
        good = [picture for picture in pictures if not picture.is_corrupt]
        self.corrupt_frames += len(pictures) - len(good)
        self.decoded_frames += len(good)
        return Frame(self._camera, packet.at, *planes(good[0])) if good else None

    def flush(self) -> list[Frame]:
        """The pictures the codec still held back, at a recording's end; afterwards as after `reset`."""
        held = self._drain()
        self.reset()
        return held

    @property
    def _format(self) -> StreamFormat | None:
        return None if self._opened_for is None else self._opened_for[0]

    def _open(self, packet: Packet) -> list[Frame]:
        """At a key frame: a codec for its format, and the pictures that the one before still held back."""
        held: list[Frame] = []
        if self._opened_for != (packet.format, self.coarse):
            held = self._drain()
            self._codec, self._opened_for = open_codec(packet.format, coarse=self.coarse), (packet.format, self.coarse)
            self._rate.reset()
        self._needs_key = False
        return held

    def _decode(self, packet: Packet | None) -> list[VideoFrame] | None:
        """What comes out; with None what was held back. None if the codec rejects it, which is counted."""
        if self._codec is None:
            return []
        try:
            return self._codec.decode(None if packet is None else compressed(packet))
        except av.FFmpegError:
            self.decode_errors += 1
            self._tainted = True
            return None

    def _drain(self) -> list[Frame]:
        held = self._select(self._decode(None) or [])
        self._times.clear()
        return held

    def _select(self, decoded: Sequence[VideoFrame]) -> list[Frame]:
        chosen: list[Frame] = []
        for picture in decoded:
            at = self._time_of(picture)
            self._tainted = picture.is_corrupt or (self._tainted and not picture.key_frame)
            if self._tainted:
                self.corrupt_frames += 1
                continue
            self.decoded_frames += 1
            if self._rate.takes(at):
                chosen.append(Frame(self._camera, at, *planes(picture)))
        return chosen

    def _time_of(self, picture: VideoFrame) -> float:
        """The time of its packet; pictures come in order, so older ones still awaited will never come."""
        at = next(reversed(self._times.values()), self._last_at)
        if picture.pts is not None:
            at = self._times.pop(picture.pts, at)
            swallowed = [pts for pts in self._times if pts < picture.pts]
            self.corrupt_frames += len(swallowed)
            for pts in swallowed:
                del self._times[pts]
        self._last_at = max(at, self._last_at)
        return self._last_at


def open_codec(format_: StreamFormat, *, coarse: bool = False) -> VideoCodecContext:
    """A decoder on the caller's own thread: FFmpeg's frame threads would hold pictures back.

    `coarse` leaves out the loop filter. SourceRefused if FFmpeg has no such decoder.
    """
    try:
        codec = av.CodecContext.create(format_.codec, "r")
    except (av.FFmpegError, ValueError) as error:
        raise SourceRefused(f"no decoder for {format_.codec}") from error
    if not isinstance(codec, VideoCodecContext):
        raise SourceRefused(f"{format_.codec} is no video")
    codec.thread_type, codec.thread_count = ThreadType.NONE, 1
    if coarse:
        codec.options = {"skip_loop_filter": "all"}
    if format_.extradata:
        codec.extradata = format_.extradata
    return codec


def compressed(packet: Packet) -> "av.Packet[av.stream.Stream]":
    """The packet as PyAV takes it."""
    raw = av.Packet(packet.data)
    raw.pts, raw.dts, raw.time_base, raw.is_keyframe = packet.pts, packet.dts, packet.time_base, packet.is_keyframe
    return raw


def planes(picture: VideoFrame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(luma (H, W), chroma (2, H // 2, W // 2)) as own, read-only copies; other pixel formats are converted."""
    if picture.format.name not in _PLANAR:
        picture = picture.reformat(format="yuv420p")
    width, height = picture.width, picture.height
    luma = _plane(picture.planes[0], width, height).copy()
    chroma = np.stack([_plane(plane, width // 2, height // 2) for plane in picture.planes[1:3]])
    luma.flags.writeable = chroma.flags.writeable = False
    return luma, chroma


def _plane(plane: VideoPlane, width: int, height: int) -> NDArray[np.uint8]:
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return rows[: rows.size // plane.line_size * plane.line_size].reshape(-1, plane.line_size)[:height, :width]
