"""How a stream groups its pictures: whether a part of it can be decoded on its own, and how long that part is."""

from collections import deque

from vigilanza.capture.packet import Packet

LONGEST_S = 4.5
"""Four seconds and some jitter. Of a longer group the first picture alone is no watch: too much is over too soon."""
_KNOWN_GROUPS = 5
_START_CODE = b"\x00\x00\x01"
_H264_IDR = 5
_H265_CRA = 21


class GopMeter:
    """Measures the groups of pictures of one connection as its packets come."""

    def __init__(self) -> None:
        self._lengths: deque[float] = deque(maxlen=_KNOWN_GROUPS)
        self._began: float | None = None
        self._newest = float("-inf")
        self._pictures = self._bytes = 0
        self.rate_hz = self.kilobits = 0.0
        """Pictures and 1000 bits a second in the last group that has ended."""
        self.open = False
        """True if the last group was open: its first pictures need the group before it."""

    def reset(self) -> None:
        """A new connection begins."""
        self._lengths.clear()
        self._began, self._newest, self.open = None, float("-inf"), False
        self._pictures = self._bytes = 0
        self.rate_hz = self.kilobits = 0.0

    def measure(self, packet: Packet) -> None:
        """Take in the next packet, in decoding order."""
        self._newest = max(self._newest, packet.at)
        if packet.is_keyframe:
            if self._began is not None:
                self._close(packet.at - self._began)
            self._began, self.open = packet.at, is_open(packet)
        self._pictures += 1
        self._bytes += len(packet.data)

    def _close(self, seconds: float) -> None:
        self._lengths.append(seconds)
        if seconds > 0:
            self.rate_hz, self.kilobits = self._pictures / seconds, self._bytes * 8e-3 / seconds
        self._pictures = self._bytes = 0

    @property
    def seconds(self) -> float:
        """Of the longest of the last groups, also of the one that has not ended; 0.0 before the first picture."""
        running = 0.0 if self._began is None else self._newest - self._began
        return max([running, *self._lengths])

    @property
    def measured(self) -> bool:
        """True once a group has ended."""
        return bool(self._lengths)

    @property
    def complaint(self) -> str | None:
        """What the technician should set otherwise in the camera; None if its groups suit, or are not known yet."""
        if self.seconds > LONGEST_S:
            return (
                f"a key frame only every {self.seconds:.0f} s, so every picture must be decoded: "
                "set the I-frame interval (GOP) to 2 s and switch 'smart codec' (H.264+, H.265+, Zipstream) off"
            )
        if self.open:
            return "open groups of pictures, so every picture must be decoded: set 'closed GOP', or B-frames to 0"
        return None


def is_open(packet: Packet) -> bool:
    """True if a key frame does not stop pictures after it from needing some before it.

    H.264: an I picture that is no IDR (ITU-T H.264 7.4.1.2.4); H.265: a CRA picture (ITU-T H.265 7.4.2.2).
    """
    if packet.format.codec == "h264":
        return not any(nal & 0x1F == _H264_IDR for nal in _nal_heads(packet.data))
    if packet.format.codec == "hevc":
        return any((nal >> 1) & 0x3F == _H265_CRA for nal in _nal_heads(packet.data))
    return False


def _nal_heads(data: bytes) -> list[int]:
    """First byte of every NAL unit (Annex B)."""
    heads = []
    found = data.find(_START_CODE)
    while 0 <= found < len(data) - len(_START_CODE):
        heads.append(data[found + len(_START_CODE)])
        found = data.find(_START_CODE, found + len(_START_CODE))
    return heads
