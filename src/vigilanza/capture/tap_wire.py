"""How a tap and its client talk over a local stream socket.

The client says one line, `vigilanza tap 2 WANTED STREAM`, WANTED being `live`, `still` or `seen`, STREAM a camera's id
for its main stream, with `/sub` behind it for the small one. The answer is messages, each with a head of its kind and
size: NONE (why there are no pictures, then the end), FORMAT and HIDDEN (what must be black in the pictures, as JSON: a
list of outlines in 0..1 of the picture), both before the first packet and whenever they have changed, and PACKET; to
`seen` it is SEEN, as JSON. After a still's packet, and after SEEN, the answer ends.
"""

import json
import math
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from vigilanza.capture.packet import Packet, StreamFormat
from vigilanza.domain.door import Polygon

Wanted: TypeAlias = Literal["live", "still", "seen"]
NONE, FORMAT, PACKET, HIDDEN, SEEN = 1, 2, 3, 4, 5
HEAD = struct.Struct("<BI")
ASK_MAX_BYTES = 128
MESSAGE_MAX_BYTES = 64_000_000
_ASKED = re.compile(rb"vigilanza tap 2 (live|still|seen) ([A-Za-z0-9._-]{1,64}(?:/sub)?)\n")
_WANTED: Mapping[bytes, Wanted] = {b"live": "live", b"still": "still", b"seen": "seen"}
_FORMAT = struct.Struct("<16sHH")
_PACKET = struct.Struct("<qqIIdd?")


def small(camera: str) -> str:
    """The name of a camera's small stream."""
    return f"{camera}/sub"


def camera_of(stream: str) -> str:
    """Whose stream it is."""
    return stream.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a client wants of one stream of a camera."""

    wanted: Wanted
    camera: str

    def encode(self) -> bytes:
        """As the client's line."""
        return f"vigilanza tap 2 {self.wanted} {self.camera}\n".encode()

    @staticmethod
    def decode(line: bytes) -> "Ask":
        """ValueError for what is none."""
        found = _ASKED.fullmatch(line)
        if found is None:
            raise ValueError("no question of a tap: is it of another version?")
        return Ask(_WANTED[found[1]], found[2].decode())


def encode_none(why: str) -> bytes:
    """A whole message."""
    words = why.encode()
    return HEAD.pack(NONE, len(words)) + words


def encode_format(format_: StreamFormat) -> bytes:
    """A whole message."""
    body = _FORMAT.pack(format_.codec.encode(), format_.width_px, format_.height_px) + format_.extradata
    return HEAD.pack(FORMAT, len(body)) + body


def encode_seen(body: bytes) -> bytes:
    """A whole message."""
    return HEAD.pack(SEEN, len(body)) + body


def encode_hidden(hidden: Sequence[Polygon]) -> bytes:
    """A whole message."""
    body = json.dumps(hidden).encode()
    return HEAD.pack(HIDDEN, len(body)) + body


def encode_packet(packet: Packet) -> bytes:
    """The beginning of a message; the packet's data follow."""
    clock = math.nan if packet.camera_at is None else packet.camera_at
    base = packet.time_base
    said = _PACKET.pack(packet.pts, packet.dts, base.numerator, base.denominator, packet.at, clock, packet.is_keyframe)
    return HEAD.pack(PACKET, len(said) + len(packet.data)) + said


def decode_format(body: bytes) -> StreamFormat:
    """Of a message's body."""
    codec, width, height = _FORMAT.unpack_from(body)
    return StreamFormat(codec.rstrip(b"\0").decode(), width, height, body[_FORMAT.size :])


def decode_hidden(body: bytes) -> tuple[Polygon, ...]:
    """Of a message's body."""
    return tuple(tuple((float(x), float(y)) for x, y in outline) for outline in json.loads(body))


def decode_packet(body: bytes, format_: StreamFormat) -> Packet:
    """Of a message's body."""
    pts, dts, numerator, denominator, at, clock, key = _PACKET.unpack_from(body)
    camera_at = None if math.isnan(clock) else clock
    return Packet(body[_PACKET.size :], at, camera_at, pts, dts, Fraction(numerator, denominator), key, format_)
