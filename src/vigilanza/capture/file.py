"""A recording as a source."""

import threading
from collections.abc import Iterator
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.video.stream import VideoStream

from vigilanza.capture.demuxed import demuxed
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.clock import Clock
from vigilanza.domain.errors import RecordingError

_TO_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


class FileSource:
    """The first video stream of a file, whose first picture was taken at `start_at` (UTC, Unix seconds).

    With a clock the packets come in real time, without one as fast as they are asked for.
    """

    def __init__(self, *, path: Path, start_at: float, clock: Clock | None = None) -> None:
        self._path, self._start_at, self._clock = path, start_at, clock

    def __repr__(self) -> str:
        return f"FileSource({self._path.name!r})"

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets. RecordingError if the file cannot be read, or ends before the length it announced."""
        try:
            with av.open(str(self._path)) as container:
                yield from self._paced(self._read(container), stop)
        except (av.FFmpegError, OSError) as error:
            raise RecordingError(f"{self._path}: {error}") from error

    def _paced(self, packets: Iterator[Packet], stop: threading.Event) -> Iterator[Packet]:
        clock, start = self._clock, None
        for packet in packets:
            if clock is not None:
                due = float(packet.dts * packet.time_base)
                start = clock.monotonic() - due if start is None else start
                clock.wait(max(0.0, start + due - clock.monotonic()), stop)
            if stop.is_set():
                return
            yield packet

    def _read(self, container: InputContainer) -> Iterator[Packet]:
        stream = next(iter(container.streams.video), None)
        if stream is None:
            raise RecordingError(f"{self._path}: no video in it")
        codec: object = stream.codec_context
        if codec is None:  # PyAV's way to say that FFmpeg has no decoder
            raise RecordingError(f"{self._path}: a codec we cannot read")
        annex_b = _TO_ANNEX_B.get(stream.codec_context.name)
        filtering = None if annex_b is None else BitStreamFilterContext(annex_b, stream)
        format_ = _format(stream, in_band=filtering is not None)
        zero: int | None = stream.start_time
        read = 0
        keyframe_seen = False
        for raw in demuxed(container, stream):
            if not raw.size:
                continue
            if raw.is_corrupt:
                raise RecordingError(f"{self._path}: breaks off after {read} pictures")
            read += 1
            keyframe_seen = keyframe_seen or raw.is_keyframe
            if not keyframe_seen:
                continue
            for packet in [raw] if filtering is None else filtering.filter(raw):
                pts = packet.pts if packet.pts is not None else packet.dts
                if pts is None:
                    raise RecordingError(f"{self._path}: its pictures carry no times")
                zero = pts if zero is None else zero
                dts = (pts if packet.dts is None else packet.dts) - zero
                pts -= zero
                base = packet.time_base
                at = self._start_at + float(pts * base)
                yield Packet(bytes(packet), at, None, pts, dts, base, packet.is_keyframe, format_)
        if read < stream.frames:
            raise RecordingError(f"{self._path}: breaks off after {read} of {stream.frames} pictures")


def _format(stream: VideoStream, *, in_band: bool) -> StreamFormat:
    """`in_band`: the bitstream filter has put the parameter sets into the key frames."""
    codec = stream.codec_context
    return StreamFormat(codec.name, codec.width, codec.height, b"" if in_band else bytes(codec.extradata or b""))
