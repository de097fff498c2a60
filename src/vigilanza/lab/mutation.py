"""Bytes of a camera spoilt by chance, the same for the same seed: RTSP, SDP, RTP and RTCP alike."""

import re
import struct
from dataclasses import dataclass, field
from random import Random

_EXTREMES = (0, 1, 2, 3, 0x7F, 0x80, 0xFF)
_NUMBERS = (b"0", b"-1", b"1", b"65536", b"99999999999", b"2147483647", b"4294967295", b"")
_CHANGES_MAX = 4
_LENGTH = re.compile(rb"content-length: *\d+", re.IGNORECASE)
_LINES = (
    *(
        b"m=video 0 RTP/AVP 255",
        b"m=video 0 RTP/AVP",
        b"m=audio 0 RTP/AVP 0",
        b"c=IN IP6 ::1",
        b"c=IN IP4 224.0.0.1/127/3",
    ),
    *(
        b"a=rtpmap:96 H264/0",
        b"a=rtpmap:96 H265/-1",
        b"a=rtpmap:96 X-QT/90000",
        b"a=framerate:1e999",
        b"a=range:npt=-1--1",
    ),
    *(
        b"a=fmtp:96 sprop-parameter-sets=",
        b"a=fmtp:96 sprop-vps=AAAA; sprop-sps=,; sprop-pps==",
        b"a=framesize:96 99999-99999",
    ),
    *(
        b"a=control:",
        b"a=control:rtsp://[",
        b"a=control:../..",
        b"a=fmtp:96 " + b"x=y;" * 500,
        b"a=" + b"A" * 4000,
        b"b=AS:-1",
    ),
)
"""Of a session description (RFC 8866), as nobody should write them."""


@dataclass(slots=True)
class Mutation:
    """What happens to one connection: nothing, now and then, or to every chunk; some only to the conversation."""

    random: Random
    share: float = field(init=False)
    only_text: bool = field(init=False)

    def __post_init__(self) -> None:
        self.share = self.random.choice((0.01, 0.05, 0.3, 1.0))
        self.only_text = self.random.random() < 0.3

    def __call__(self, data: bytes) -> bytes:
        """The chunk as it arrives; EOFError breaks the connection off."""
        if self.random.random() >= self.share or (self.only_text and data[:1] == b"$"):
            return data
        spoilt = bytearray(data)
        for _ in range(self.random.randint(1, _CHANGES_MAX)):
            self._change(spoilt)
        return bytes(spoilt)

    def _change(self, data: bytearray) -> None:
        random = self.random
        if not data:
            return
        at = random.randrange(len(data))
        match random.randrange(10):
            case 0:
                data[at] ^= 1 << random.randrange(8)
            case 1:
                data[at] = random.choice(_EXTREMES)
            case 2:
                data[at : at + random.randint(1, 64)] = b""
            case 3:
                data[at:at] = random.randbytes(random.randint(1, 64))
            case 4:
                data[at:at] = data[at : at + random.randint(1, 2000)]
            case 5:
                del data[at:]
            case 6 if random.random() < 0.2:
                raise EOFError
            case 7 if not self._change_description(data):
                self._change_number(data)
            case 8:
                self._change_length(data)
            case _:
                self._change_packet(data)

    def _change_description(self, data: bytearray) -> bool:
        """A line of an SDP, whose length is told rightly afterwards; False if there is none."""
        head, gap, body = bytes(data).partition(b"\r\n\r\n")
        if not body.startswith(b"v="):
            return False
        random, lines = self.random, body.split(b"\r\n")
        at = random.randrange(len(lines))
        match random.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines[at] = random.choice(lines)
            case 2:
                lines.insert(at, random.choice(_LINES))
            case _:
                line = bytearray(lines[at])
                self._change_number(line)
                lines[at] = bytes(line)
        body = b"\r\n".join(lines)
        data[:] = _LENGTH.sub(b"Content-Length: %d" % len(body), head) + gap + body
        return True

    def _change_number(self, data: bytearray) -> None:
        """A number in text: Content-Length, CSeq, ports, payload types, clock rates, session times."""
        numbers = list(re.finditer(rb"\d+", data[:4000]))
        if numbers:
            one = self.random.choice(numbers)
            data[one.start() : one.end()] = self.random.choice(_NUMBERS)

    def _change_length(self, data: bytearray) -> None:
        """The length of an interleaved packet (RFC 2326, 10.12)."""
        frames = _frames(data)
        if frames:
            struct.pack_into(">H", data, self.random.choice(frames) + 2, self.random.randrange(65536))

    def _change_packet(self, data: bytearray) -> None:
        """A byte of the head of an RTP or RTCP packet, or of the payload's beginning."""
        frames = _frames(data)
        if frames:
            at = self.random.choice(frames) + 4 + self.random.randrange(20)
            if at < len(data):
                data[at] = self.random.choice((*_EXTREMES, self.random.randrange(256)))


def _frames(data: bytearray) -> list[int]:
    """Where interleaved packets begin, as far as they follow each other."""
    found, at = [], 0
    while at + 4 <= len(data) and data[at] == ord("$"):
        found.append(at)
        at += 4 + int(struct.unpack_from(">H", data, at + 2)[0])
    return found
