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
    reported as damaged or swallowed without a word; none of them is yielded. `decoded_frames` counts all good
    pictures, also those left out by rate.
    """

    def __init__(self, *, camera: str, rate_hz: float) -> None:
        self._camera = camera
        self._rate = RateSelector(rate_hz=rate_hz)
        self._codec: VideoCodecContext | None = None
        self._format: StreamFormat | None = None
        self._times: OrderedDict[int, float] = OrderedDict()
        self._last_at = float("-inf")
        self.decode_errors = 0
        self.corrupt_frames = 0
        self.decoded_frames = 0

    def reset(self) -> None:
        """A new connection begins: forget the old one; decoding starts at the next key frame."""
        self._codec = self._format = None
        self._times.clear()
        self._rate.reset()
        self._last_at = float("-inf")

    def frames(self, packet: Packet) -> list[Frame]:
        """The pictures that this packet completes, in picture order, after selection; none before a key frame.

        `at` is that of the packet the picture came in, and never steps back. SourceRefused if there is no decoder.
        """
        held: list[Frame] = []
        if self._codec is None or packet.format != self._format:
            if not packet.is_keyframe:
                return []
            held = self._drain()
            self._codec, self._format = open_codec(packet.format), packet.format
            self._rate.reset()
        self._times[packet.pts] = packet.at
        if len(self._times) > _IN_FLIGHT:
            self._times.popitem(last=False)
        try:
            decoded = self._codec.decode(compressed(packet))
        except av.FFmpegError:
            self.decode_errors += 1
            self._times.pop(packet.pts, None)
            return held
        return held + self._select(decoded)

    def flush(self) -> list[Frame]:
        """The pictures the codec still held back, at a recording's end; afterwards as after `reset`."""
        held = self._drain()
        self.reset()
        return held

    def _drain(self) -> list[Frame]:
        if self._codec is None:
            return []
        try:
            held = self._select(self._codec.decode(None))
        except av.FFmpegError:
            self.decode_errors += 1
            held = []
        self._times.clear()
        return held

    def _select(self, decoded: Sequence[VideoFrame]) -> list[Frame]:
        chosen: list[Frame] = []
        for picture in decoded:
            at = self._time_of(picture)
            if picture.is_corrupt:
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


def open_codec(format_: StreamFormat) -> VideoCodecContext:
    """A decoder on the caller's own thread: FFmpeg's frame threads would hold pictures back."""
    try:
        codec = av.CodecContext.create(format_.codec, "r")
    except (av.FFmpegError, ValueError) as error:
        raise SourceRefused(f"no decoder for {format_.codec}") from error
    if not isinstance(codec, VideoCodecContext):
        raise SourceRefused(f"{format_.codec} is no video")
    codec.thread_type, codec.thread_count = ThreadType.NONE, 1
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
