"""Pictures as RTP packets (RFC 3550, 6184, 7798) and the RTCP sender report that carries the time they were taken."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

MTU_BYTES = 1400
CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
_NTP_FROM_UNIX = 2208988800


def fragments(codec: str, nals: Sequence[bytes]) -> list[bytes]:
    """RTP payloads of one picture: whole NAL units where they fit, FU-A (H.264) or FU (H.265) where not."""
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
    """Numbers and stamps the packets of one viewer; `random` makes its start values reproducible.

    `ticks` are presentation times in 1/CLOCK_HZ s, from any origin.
    """

    codec: str
    name: str
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

    @property
    def next_sequence(self) -> int:
        """Number of the next packet."""
        return (self.sequence + 1) & 0xFFFF

    def packets(self, nals: Sequence[bytes], ticks: int) -> list[bytes]:
        """The RTP packets of a picture, given its NAL units without start codes; the last has the marker."""
        payloads = fragments(self.codec, nals)
        out: list[bytes] = []
        for index, payload in enumerate(payloads):
            self.sequence = self.next_sequence
            self.sent += 1
            self.octets += len(payload)
            marker = 0x80 if index == len(payloads) - 1 else 0
            head = (0x80, PAYLOAD_TYPE | marker, self.sequence, self._stamp(ticks), self.ssrc)
            out.append(struct.pack(">BBHII", *head) + payload)
        return out

    def report(self, ticks: int, taken_at: float) -> bytes:
        """Sender report with name: the picture at `ticks` was taken at `taken_at` (UTC, Unix seconds)."""
        ntp = taken_at + _NTP_FROM_UNIX
        counts = (self.sent & 0xFFFFFFFF, self.octets & 0xFFFFFFFF)
        head = (0x80, 200, 6, self.ssrc, int(ntp) & 0xFFFFFFFF, int(ntp % 1 * 2**32))
        sender = struct.pack(">BBHIIIIII", *head, self._stamp(ticks), *counts)
        return sender + self._description()

    def _description(self) -> bytes:
        """RFC 3550 6.5: one chunk with a CNAME, ended by at least one zero and filled up to whole words."""
        name = self.name.encode("ascii", "replace")[:255]
        chunk = struct.pack(">IBB", self.ssrc, 1, len(name)) + name
        chunk += bytes(4 - len(chunk) % 4)
        return struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk

    def _stamp(self, ticks: int) -> int:
        return (self.base + ticks) & 0xFFFFFFFF
