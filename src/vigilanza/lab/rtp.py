"""Access units as RTP packets (RFC 3550, 6184, 7798) and the RTCP sender report that carries the camera's clock."""

import struct
from dataclasses import dataclass, field
from random import Random

from vigilanza.lab.footage import AccessUnit

MTU_BYTES = 1400
_NTP_FROM_UNIX = 2208988800
_CLOCK_HZ = 90000


def fragments(codec: str, nals: tuple[bytes, ...]) -> list[bytes]:
    """RTP payloads of one access unit: whole NAL units where they fit, FU-A (H.264) or FU (H.265) where not."""
    payloads: list[bytes] = []
    for nal in nals:
        if len(nal) <= MTU_BYTES:
            payloads.append(nal)
            continue
        if codec == "h264":
            prefix, kind, body = bytes([(nal[0] & 0xE0) | 28]), nal[0] & 0x1F, nal[1:]
        else:
            prefix, kind, body = bytes([(nal[0] & 0x81) | (49 << 1), nal[1]]), (nal[0] >> 1) & 0x3F, nal[2:]
        step = MTU_BYTES - 3
        for start in range(0, len(body), step):
            flags = (0x80 if start == 0 else 0) | (0x40 if start + step >= len(body) else 0)
            payloads.append(prefix + bytes([flags | kind]) + body[start : start + step])
    return payloads


@dataclass(slots=True)
class RtpSender:
    """Numbers and stamps the packets of one viewer; `random` makes its start values reproducible."""

    codec: str
    random: Random
    ssrc: int = field(init=False)
    sequence: int = field(init=False)
    base: int = field(init=False)
    sent: int = 0
    octets: int = 0

    def __post_init__(self) -> None:
        self.ssrc = self.random.getrandbits(32)
        self.sequence = self.random.getrandbits(16)
        self.base = self.random.getrandbits(31)

    def packets(self, unit: AccessUnit, at: float) -> list[bytes]:
        """The RTP packets of a unit shown `at` seconds after the stream's beginning; the last has the marker."""
        payloads = fragments(self.codec, unit.nals)
        out: list[bytes] = []
        for index, payload in enumerate(payloads):
            self.sequence = (self.sequence + 1) & 0xFFFF
            self.sent += 1
            self.octets += len(payload)
            marker = 0x80 if index == len(payloads) - 1 else 0
            out.append(struct.pack(">BBHII", 0x80, 96 | marker, self.sequence, self._stamp(at), self.ssrc) + payload)
        return out

    def report(self, at: float, camera_clock: float) -> bytes:
        """Sender report with name: the picture at `at` was taken when the camera's own clock (Unix s) said so."""
        ntp = camera_clock + _NTP_FROM_UNIX
        counts = (self.sent & 0xFFFFFFFF, self.octets & 0xFFFFFFFF)
        head = (0x80, 200, 6, self.ssrc, int(ntp) & 0xFFFFFFFF, int(ntp % 1 * 2**32))
        sender = struct.pack(">BBHIIIIII", *head, self._stamp(at), *counts)
        return sender + struct.pack(">BBHIBB3sBxx", 0x81, 202, 3, self.ssrc, 1, 3, b"sim", 0)

    def _stamp(self, at: float) -> int:
        return (self.base + round(at * _CLOCK_HZ)) & 0xFFFFFFFF
