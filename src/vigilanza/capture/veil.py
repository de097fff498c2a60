"""A live stream encoded anew as H.264, black inside the masks."""

from collections import OrderedDict
from collections.abc import Sequence
from fractions import Fraction

import av
from av.codec.context import ThreadType
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from vigilanza.capture.decode import compressed, open_codec
from vigilanza.capture.mask import masked_i420
from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.capture.parametersets import parameter_sets
from vigilanza.domain.door import Polygon
from vigilanza.domain.errors import NoPictures, SourceRefused, StreamChanged

TICKS = 90_000
KEY_EVERY_S = 1.5
"""Whoever joins waits at most so long for a picture; also where a camera sends few of them."""
_IN_FLIGHT = 64
_RATE_FPS = Fraction(25)
"""Each picture has its own time; this bounds the level that is announced, which hardware decoders look at."""
_OPTIONS = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "profile": "high",
    "crf": "23",
    "maxrate": "4M",
    "bufsize": "4M",
    "g": "100000",  # key frames come when we ask for them
    "forced-idr": "1",
}


class Veil:
    """Takes one stream's packets in decoding order, gives masked ones. On the caller's thread, one picture at a time.

    Only what was decoded, blackened and encoded here is ever given: what cannot be, is left out and counted.
    `pictures` counts those encoded, `spoilt` packets and pictures left out because they were damaged.
    """

    def __init__(self) -> None:
        self._decoder: VideoCodecContext | None = None
        self._encoder: VideoCodecContext | None = None
        self._decoded_format: StreamFormat | None = None
        self._given_format: StreamFormat | None = None
        self._times: OrderedDict[int, float] = OrderedDict()
        self._tainted = True
        self._last_ticks, self._key_at = -1, float("-inf")
        self._past = float("-inf")
        self.pictures = self.spoilt = 0

    def packets(self, packet: Packet, masks: Sequence[Polygon]) -> list[Packet]:
        """What this packet completes, black inside `masks` (polygons in 0..1 of the picture).

        NoPictures if it cannot be decoded or encoded at all, StreamChanged if its size has changed.
        """
        timed = [(self._time_of(picture, packet.at), picture) for picture in self._decode(packet)]
        return [given for at, picture in timed if at > self._past for given in self._encode(picture, at, masks)]

    def follow(self, packet: Packet) -> None:
        """Take a packet whose picture was shown already, so that the next ones can be decoded."""
        self._decode(packet)
        self._past = max(self._past, packet.at)

    def _time_of(self, picture: VideoFrame, now: float) -> float:
        return now if picture.pts is None else self._times.pop(picture.pts, now)

    def _decode(self, packet: Packet) -> list[VideoFrame]:
        if packet.is_keyframe and packet.format != self._decoded_format:
            self._decoder, self._decoded_format = _decoder(packet.format), packet.format
            self._times.clear()
        if self._decoder is None:
            return []
        self._times[packet.pts] = packet.at
        if len(self._times) > _IN_FLIGHT:
            self._times.popitem(last=False)
        try:
            decoded = self._decoder.decode(compressed(packet))
        except av.FFmpegError:
            self._tainted = True
            self.spoilt += 1
            return []
        return [picture for picture in decoded if self._is_good(picture)]

    def _is_good(self, picture: VideoFrame) -> bool:
        """What is made of a damaged picture is damaged too, up to the next key frame."""
        self._tainted = picture.is_corrupt or (self._tainted and not picture.key_frame)
        self.spoilt += self._tainted
        return not self._tainted

    def _encode(self, picture: VideoFrame, at: float, masks: Sequence[Polygon]) -> list[Packet]:
        width, height = picture.width // 2 * 2, picture.height // 2 * 2
        if self._encoder is None:
            self._encoder = _encoder(width, height)
        if (self._encoder.width, self._encoder.height) != (width, height):
            raise StreamChanged("the pictures have another size now")
        covered = VideoFrame.from_ndarray(masked_i420(picture, masks), format="yuv420p")
        self._last_ticks = max(self._last_ticks + 1, round(at * TICKS))
        covered.pts, covered.time_base = self._last_ticks, Fraction(1, TICKS)
        if at - self._key_at >= KEY_EVERY_S:
            covered.pict_type, self._key_at = PictureType.I, at
        self.pictures += 1
        try:
            return [self._given(bytes(raw), raw.is_keyframe, raw.pts, at) for raw in self._encoder.encode(covered)]
        except av.FFmpegError as error:
            raise NoPictures("the pictures cannot be encoded") from error

    def _given(self, data: bytes, is_keyframe: bool, pts: int | None, at: float) -> Packet:
        """Without look-ahead each picture comes out as it goes in."""
        assert self._encoder is not None
        if self._given_format is None:
            sets = parameter_sets("h264", data)
            self._given_format = StreamFormat("h264", self._encoder.width, self._encoder.height, sets)
        ticks = self._last_ticks if pts is None else pts
        return Packet(data, at, None, ticks, ticks, Fraction(1, TICKS), is_keyframe, self._given_format)


def _decoder(format_: StreamFormat) -> VideoCodecContext:
    try:
        return open_codec(format_)
    except SourceRefused as error:
        raise NoPictures(f"{format_.codec} cannot be decoded") from error


def _encoder(width_px: int, height_px: int) -> VideoCodecContext:
    try:
        encoder = av.CodecContext.create("libx264", "w")
    except (av.FFmpegError, ValueError) as error:
        raise NoPictures("there is no encoder for masked pictures") from error
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.options = Fraction(1, TICKS), _RATE_FPS, _OPTIONS
    encoder.thread_type, encoder.thread_count = ThreadType.NONE, 1  # the other cores belong to the eyes
    return encoder
