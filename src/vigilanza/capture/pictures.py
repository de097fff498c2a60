"""All pictures of a piece of recording, in full colour and at full rate."""

from collections.abc import Iterator, Sequence

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from vigilanza.capture.decode import compressed, open_codec
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.domain.errors import RecordingError, SourceRefused


def pictures(packets: Sequence[Packet]) -> Iterator[tuple[float, VideoFrame]]:
    """(UTC Unix seconds, picture) of all that can be decoded, in picture order; damaged packets are left out.

    A change of format gets a new decoder. RecordingError if there is none for it.
    """
    codec: VideoCodecContext | None = None
    times: dict[int, float] = {}
    previous: Packet | None = None
    for packet in packets:
        if codec is None or previous is None or packet.format != previous.format:
            yield from _decode(codec, None, times)
            codec, times = _open(packet.format), {}
        previous = packet
        times[packet.pts] = packet.at
        yield from _decode(codec, packet, times)
    yield from _decode(codec, None, times)


def _open(format_: StreamFormat) -> VideoCodecContext:
    try:
        return open_codec(format_)
    except SourceRefused as error:
        raise RecordingError(str(error)) from error


def _decode(
    codec: VideoCodecContext | None, packet: Packet | None, times: dict[int, float]
) -> Iterator[tuple[float, VideoFrame]]:
    if codec is None:
        return
    try:
        decoded = codec.decode(None if packet is None else compressed(packet))
    except av.FFmpegError:
        return
    for picture in decoded:
        at = None if picture.pts is None else times.get(picture.pts)
        if at is not None:
            yield at, picture
