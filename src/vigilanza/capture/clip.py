"""Recordings as files that people can play: without re-encoding where nothing must be hidden."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vigilanza.capture.decode import compressed
from vigilanza.capture.mask import Cover, masked_i420
from vigilanza.capture.packet import Packet
from vigilanza.capture.pictures import pictures
from vigilanza.capture.ring import Recording
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import RecordingError

_TICKS = 90000
_SEAM_SECONDS = 1.0
"""Camera time and arrival time part by more than this only where one connection ends and another begins."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A written clip: first and last picture's time (UTC, Unix seconds) and how many there are.

    `masked`: part of it is black; `covered`: a cover made it so, for some of its time.
    """

    start: float
    end: float
    frames: int
    reencoded: bool
    covered: bool = False
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Still:
    """A picture as JPEG; `covered` as in Clip, `at` when it was taken (UTC, Unix seconds)."""

    jpeg: bytes
    at: float
    covered: bool


def write_clip(
    recording: Recording,
    path: Path,
    masks: Sequence[Polygon],
    covers: Sequence[Cover] = (),
    *,
    for_browsers: bool = False,
) -> Clip:
    """Write an MP4 that begins to play before it is fully loaded, without sound.

    Without masks the camera's own bytes are kept. With masks (polygons in 0..1 of the picture), with covers whose time
    it touches, or where the stream changed its format in between, every picture is encoded anew as H.264, black inside
    the masks and those covers that hold when it was taken; `for_browsers` does so also with H.265, which Chromium and
    Firefox do not play. `path` appears only when complete.
    RecordingError if the recording is empty or no picture in it can be decoded.
    """
    if not recording.packets:
        raise RecordingError("there is nothing to write: the recording is empty")
    part = path.with_name(path.name + ".part")
    formats = {packet.format for packet in recording.packets}
    keepable = ("h264",) if for_browsers else ("h264", "hevc")
    first, last = min(packet.at for packet in recording.packets), max(packet.at for packet in recording.packets)
    covers = [cover for cover in covers if cover.touches(first, last)]
    reencode = bool(masks or covers) or len(formats) > 1 or recording.packets[0].format.codec not in keepable
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as output:
            frames = _encode(recording, output, masks, covers) if reencode else remux(recording, output)
        part.replace(path)
    except av.FFmpegError as error:
        raise RecordingError(f"{path.name}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return Clip(recording.start, recording.end, frames, reencode, bool(covers), bool(masks or covers))


def still(recording: Recording, at: float, masks: Sequence[Polygon], *, width_px: int | None = None) -> bytes:
    """JPEG of the picture nearest to `at` (UTC, Unix seconds), black inside the masks. RecordingError if none.

    `width_px`: made smaller if it is wider.
    """
    return covered_still(recording, at, masks, (), width_px=width_px).jpeg


def covered_still(
    recording: Recording,
    at: float,
    masks: Sequence[Polygon],
    covers: Sequence[Cover],
    *,
    width_px: int | None = None,
) -> Still:
    """The same, black also inside the covers that hold when the picture was taken."""
    groups = [i for i, packet in enumerate(recording.packets) if packet.is_keyframe and packet.at <= at]
    packets = recording.packets[groups[-1] if groups else 0 :]
    nearest: tuple[float, VideoFrame] | None = None
    for taken, picture in pictures(packets):
        if nearest is None or abs(taken - at) < abs(nearest[0] - at):
            nearest = (taken, picture)
        if taken >= at:
            break
    if nearest is None:
        raise RecordingError("no picture in this recording can be decoded")
    taken, picture = nearest
    shut = _holding(covers, taken)
    shown = cv2.cvtColor(masked_i420(picture, [*masks, *shut]), cv2.COLOR_YUV2BGR_I420)
    if width_px is not None and shown.shape[1] > width_px:
        height_px = round(shown.shape[0] * width_px / shown.shape[1])
        shown = cv2.resize(shown, (width_px, height_px), interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", shown)
    if not done:
        raise RecordingError("the picture cannot be written as JPEG")
    return Still(jpeg.tobytes(), taken, bool(shut))


def _holding(covers: Sequence[Cover], at: float) -> list[Polygon]:
    return [cover.outline for cover in covers if cover.touches(at, at)]


def remux(recording: Recording, output: OutputContainer) -> int:
    """Write the camera's own bytes, of one format; how many pictures. RecordingError if no key frame can be read."""
    with described(recording) as template:
        stream = output.add_stream_from_template(template.streams.video[0])
    stream.time_base = Fraction(1, _TICKS)
    if recording.packets[0].format.codec == "hevc":
        stream.codec_context.codec_tag = "hvc1"  # Apple's players know H.265 only by this name
    for packet, pts, dts in _timeline(recording.packets):
        raw = compressed(packet)
        raw.stream, raw.time_base, raw.pts, raw.dts = stream, Fraction(1, _TICKS), pts, dts
        output.mux(raw)
    return len(recording.packets)


def described(recording: Recording) -> InputContainer:
    """One key frame as a stream of its own, to learn size and parameter sets from; the first that is not damaged."""
    format_ = recording.packets[0].format
    for packet in recording.packets:
        if packet.is_keyframe:
            try:
                container = av.open(io.BytesIO(format_.extradata + packet.data), "r", format=format_.codec)
            except av.FFmpegError:
                continue
            if container.streams.video and container.streams.video[0].codec_context.width:
                return container
            container.close()
    raise RecordingError("no key frame in this recording can be read")


def _timeline(packets: Sequence[Packet]) -> Iterator[tuple[Packet, int, int]]:
    """(packet, pts, dts) in ticks: one strictly rising dts, also over reconnections, whose gaps are kept as gaps."""
    origin = previous = None
    shift = 0.0
    last_dts = -(2**40)
    reordered = any(a.pts > b.pts for a, b in pairwise(packets) if not b.is_keyframe)
    for packet in packets:
        if previous is None or abs((packet.seconds - previous.seconds) - (packet.at - previous.at)) > _SEAM_SECONDS:
            origin = packets[0].at if origin is None else origin
            shift = (packet.at - origin) - packet.seconds
        previous = packet
        pts = round((packet.seconds + shift) * _TICKS)
        dts = round((float(packet.dts * packet.time_base) + shift) * _TICKS) if reordered else pts
        last_dts = max(dts, last_dts + 1)
        yield packet, max(pts, last_dts), last_dts


def _encode(recording: Recording, output: OutputContainer, masks: Sequence[Polygon], covers: Sequence[Cover]) -> int:
    stream: VideoStream | None = None
    frames, last = 0, -1
    for at, picture in pictures(recording.packets):
        if stream is None:
            stream = output.add_stream("libx264", options={"preset": "veryfast", "crf": "20"})
            stream.width, stream.height = picture.width // 2 * 2, picture.height // 2 * 2
            stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, _TICKS)
            stream.codec_context.time_base = Fraction(1, _TICKS)
            stream.codec_context.thread_count = 1  # the other cores belong to the eyes
        if (picture.width // 2 * 2, picture.height // 2 * 2) != (stream.width, stream.height):
            picture = picture.reformat(stream.width, stream.height)
        covered = VideoFrame.from_ndarray(masked_i420(picture, [*masks, *_holding(covers, at)]), format="yuv420p")
        last = max(last + 1, round((at - recording.start) * _TICKS))
        covered.pts, covered.time_base = last, Fraction(1, _TICKS)
        output.mux(stream.encode(covered))
        frames += 1
    if stream is None:
        raise RecordingError("no picture in this recording can be decoded")
    output.mux(stream.encode(None))
    return frames
