"""A live stream as fragmented MP4, which browsers play while it comes; the bytes of the pictures stay as they are."""

from fractions import Fraction

import av

from vigilanza.capture.clip import described
from vigilanza.capture.decode import compressed
from vigilanza.capture.packet import Packet
from vigilanza.capture.parametersets import parameter_sets
from vigilanza.capture.ring import Recording
from vigilanza.domain.errors import NoPictures, NotPlayable, RecordingError

TICKS = 90_000
START = TICKS
"""Room for what has to be decoded before the first picture is shown."""
_FLAGS = "frag_every_frame+empty_moov+default_base_moof+skip_trailer"


class Fragments:
    """One viewing. A picture's fragment is complete when the next picture comes, because only then its length is known.

    `mime` is what a browser is asked whether it can play it; `head` comes before all fragments.
    """

    def __init__(self, key: Packet) -> None:
        """`key`: the key frame it begins with. NotPlayable if it is not H.264, NoPictures if it cannot be read."""
        if key.format.codec != "h264":
            raise NotPlayable(f"browsers do not play {key.format.codec}")
        self._written = bytearray()
        self.mime = f'video/mp4; codecs="{_codec_of(key)}"'
        try:
            self._output = av.open(_Pipe(self._written), "w", format="mp4", options={"movflags": _FLAGS})
            with described(Recording((key,))) as template:
                self._stream = self._output.add_stream_from_template(template.streams.video[0])
            self._stream.time_base = Fraction(1, TICKS)
            self._output.start_encoding()
        except (av.FFmpegError, RecordingError) as error:
            raise NoPictures("the pictures cannot be put into fragments") from error
        self._first_dts: int | None = None
        self._last_dts = -1
        self.head = self._take()

    def of(self, packet: Packet, ticks: int) -> bytes:
        """What is complete now: the fragment of the picture before.

        `ticks`: when this one is shown, in 1/90000 s, from START on. Packets come in decoding order, beginning with a
        key frame. NoPictures if it cannot be written.
        """
        ahead = round(float((packet.pts - packet.dts) * packet.time_base) * TICKS)
        dts = self._last_dts = max(ticks - max(ahead, 0), self._last_dts + 1)
        if self._first_dts is None:
            self._first_dts = dts
        raw = compressed(packet)
        raw.stream, raw.time_base, raw.pts, raw.dts = self._stream, Fraction(1, TICKS), max(ticks, dts), dts
        try:
            self._output.mux_one(raw)
        except av.FFmpegError as error:
            raise NoPictures("the pictures cannot be put into fragments") from error
        return self._take()

    def seconds(self, ticks: int) -> float:
        """When a picture is shown on the time line of the fragments, which begins where the first one is decoded."""
        return (ticks - (self._first_dts or 0)) / TICKS

    def close(self) -> None:
        """Let go of it."""
        self._output.close()

    def _take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


class _Pipe:
    """Where the fragments come out."""

    def __init__(self, written: bytearray) -> None:
        self._written = written

    def write(self, data: bytes) -> int:
        """All of it."""
        self._written += data
        return len(data)


def _codec_of(key: Packet) -> str:
    """As RFC 6381 names it, by the first bytes of the SPS."""
    sets = parameter_sets("h264", key.data) or parameter_sets("h264", key.format.extradata)
    found = [unit for unit in sets.split(b"\0\0\0\1") if unit and unit[0] & 0x1F == 7]
    if not found or len(found[0]) < 4:
        raise NoPictures("a stream that nobody describes")
    return f"avc1.{found[0][1:4].hex()}"
