"""A video file as the access units a camera would send, without re-encoding."""

import base64
import itertools
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import av
from av.bitstream import BitStreamFilterContext

from vigilanza.bridge.rtsp.nal import nal_type, nal_units
from vigilanza.domain.errors import RecordingError

Ending: TypeAlias = Literal["loop", "hold", "close"]
"""After the last picture: begin again; repeat the last group of pictures, or less of it; end the connection."""

_TIMES = 4
_TO_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One compressed picture; `pts`, `dts` in seconds from the file's first dts; `nals` without start codes."""

    pts: float
    dts: float
    is_keyframe: bool
    nals: tuple[bytes, ...]


Shown: TypeAlias = tuple[float, AccessUnit]
"""Seconds to add to the unit's own times, and the unit."""


@dataclass(frozen=True, slots=True)
class Footage:
    """All access units of one H.264 or H.265 file; `seconds` is its length."""

    codec: str
    units: tuple[AccessUnit, ...]
    seconds: float

    @staticmethod
    def load(path: Path) -> "Footage":
        """Read a whole file into memory. RecordingError if it is not H.264 or H.265 video."""
        try:
            with av.open(str(path)) as container:
                stream = next(iter(container.streams.video), None)
                if stream is None or stream.codec_context.name not in _TO_ANNEX_B:
                    raise RecordingError(f"{path.name}: a simulated camera sends H.264 or H.265 only")
                codec = stream.codec_context.name
                annex_b = BitStreamFilterContext(_TO_ANNEX_B[codec], stream)
                filtered = [out for packet in container.demux(stream) if packet.size for out in annex_b.filter(packet)]
                rate = float(stream.average_rate or 10)
        except (av.FFmpegError, OSError) as error:
            raise RecordingError(f"{path.name}: {error}") from error
        timed = [(p, p.pts, p.dts) for p in filtered]
        first = next((dts for _, _, dts in timed if dts is not None), 0)
        units = tuple(
            AccessUnit(
                float((pts - first) * p.time_base),
                float((dts - first) * p.time_base),
                p.is_keyframe,
                nal_units(bytes(p)),
            )
            for p, pts, dts in timed
            if pts is not None and dts is not None
        )
        if not units or not units[0].is_keyframe:
            raise RecordingError(f"{path.name}: the first picture is no key frame")
        return Footage(codec, units, max(units[-1].dts + 1.0 / rate, len(units) / rate))

    def nal_type(self, nal: bytes) -> int:
        """The NAL unit's type number in this codec."""
        return nal_type(self.codec, nal)

    def schedule(self, position: float, ending: Ending) -> Iterator[Shown]:
        """From `position` seconds on; endless unless ending is close. Before second 0 the first group is repeated."""
        keys = [number for number, unit in enumerate(self.units) if unit.is_keyframe]
        if position < 0:
            second = (*keys, len(self.units))[1]
            opening, length = self._again(0, second)
            rounds = math.ceil(-position / length)
            yield from _from(position, opening, [-again * length for again in range(rounds, 0, -1)])
        yield from ((0.0, unit) for unit in self.units[bisect_left(self.units, position, key=lambda unit: unit.dts) :])
        if ending == "close":
            return
        whole = [(0.0, unit) for unit in self.units]
        cycle, length = (whole, self.seconds) if ending == "loop" else self._again(keys[-1], len(self.units))
        passed = max(0.0, (position - self.seconds) // length) * length
        begins = self.seconds + passed - cycle[0][1].dts
        yield from _from(position, cycle, itertools.count(begins, length))

    def _again(self, first: int, last: int) -> tuple[list[Shown], float]:
        """The pictures from number `first` to before `last` several times, each time one fewer, and for how long.

        Always the same ones would be a frozen camera for whoever looks at times that suit.
        """
        shown: list[Shown] = []
        start, length = self.units[first].dts, 0.0
        for end in range(last, max(first, last - _TIMES), -1):
            shown += [(length, unit) for unit in self.units[first:end]]
            length += (self.units[end].dts if end < len(self.units) else self.seconds) - start
        return shown, length

    def sdp_media(self) -> str:
        """The session description's lines about this video (RFC 6184, RFC 7798)."""
        sets: dict[int, bytes] = {}
        for unit in self.units[:3]:
            for nal in unit.nals:
                sets.setdefault(self.nal_type(nal), nal)

        def b64(kind: int) -> str:
            return base64.b64encode(sets.get(kind, b"")).decode()

        if self.codec == "h264":
            profile = sets.get(7, b"\0\x42\xc0\x1f")[1:4].hex()
            parameters = f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={b64(7)},{b64(8)}"
            return f"a=rtpmap:96 H264/90000\r\na=fmtp:96 {parameters}\r\n"
        return f"a=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-vps={b64(32)};sprop-sps={b64(33)};sprop-pps={b64(34)}\r\n"


def _from(position: float, cycle: Sequence[Shown], begins: Iterable[float]) -> Iterator[Shown]:
    """The cycle at each of these times, without what is shown before `position`."""
    for begin in begins:
        yield from ((begin + shift, unit) for shift, unit in cycle if begin + shift + unit.dts >= position)
