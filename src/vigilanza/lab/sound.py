"""What a camera's microphone hears: a tone as G.711 µ-law over RTP (RFC 3551), for those who set it up."""

import math
import struct
from dataclasses import dataclass

RATE_HZ = 8000
PAYLOAD_TYPE = 0
PACKET_SAMPLES = 160
"""Twenty milliseconds, as is usual."""
_TONE_HZ, _LOUDNESS = 400, 8000
_BIAS, _CLIP = 0x84, 32635


def _ulaw(sample: int) -> int:
    """One sample of 16 bits as ITU-T G.711 writes it."""
    sign, level = (0x80 if sample < 0 else 0), min(abs(sample), _CLIP) + _BIAS
    exponent = level.bit_length() - 8
    return ~(sign | exponent << 4 | level >> exponent + 3 & 0x0F) & 0xFF


_PERIOD = bytes(
    _ulaw(round(_LOUDNESS * math.sin(2 * math.pi * _TONE_HZ * number / RATE_HZ))) for number in range(PACKET_SAMPLES)
)
"""A whole number of waves, so that packets follow one another without a click."""


@dataclass(slots=True)
class Sound:
    """Numbers and stamps the packets of one listener."""

    sent: int = 0

    def packets(self, seconds: float) -> list[bytes]:
        """Those that are due once so much was heard in all."""
        due = int(seconds * RATE_HZ) // PACKET_SAMPLES
        out = [self._packet(number) for number in range(self.sent, due)]
        self.sent = max(self.sent, due)
        return out

    def _packet(self, number: int) -> bytes:
        stamp = number * PACKET_SAMPLES & 0xFFFFFFFF
        return struct.pack(">BBHII", 0x80, PAYLOAD_TYPE, number & 0xFFFF, stamp, 0x50554C45) + _PERIOD
