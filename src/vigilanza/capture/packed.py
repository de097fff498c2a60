"""Groups of pictures that have ended, kept in few large pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isnan, nan
from mmap import MAP_ANONYMOUS, MAP_POPULATE, MAP_PRIVATE, mmap
from struct import Struct

from vigilanza.capture.packet import Packet, StreamFormat

BLOCK_BYTES = 256 * 1024
"""Worth pages of its own, which go back to the system when it is freed. From malloc it might lie in a hole of the heap,
however large it is, and what is freed around it would stay."""
_PAGES = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
_HEAD = Struct("<ddqqI")
"""Before each packet's data: at, camera_at (NaN for none), pts, dts, size in bytes."""


@dataclass(frozen=True, slots=True)
class PackedGroup:
    """One group of pictures in a block that it may share with its neighbours, and that goes with the last of them."""

    start: float
    """UTC, Unix seconds, of the key frame."""
    earliest: float
    """The same of whichever picture was taken first."""
    size_bytes: int
    """Of all packets' data."""
    count: int
    """How many packets."""
    time_base: Fraction
    format: StreamFormat
    block: mmap
    offset: int

    @property
    def packets(self) -> list[Packet]:
        """Made anew, equal to those that were packed."""
        packets, end = [], self.offset
        for number in range(self.count):
            at, camera_at, pts, dts, size = _HEAD.unpack_from(self.block, end)
            begin = end + _HEAD.size
            end = begin + size
            told = None if isnan(camera_at) else camera_at
            data = self.block[begin:end]
            packets.append(Packet(data, at, told, pts, dts, self.time_base, number == 0, self.format))
        return packets


def pack(groups: Sequence[Sequence[Packet]]) -> list[PackedGroup]:
    """All in one block. Each group begins with its only key frame, and has that one's format and time base."""
    sizes = [sum(len(one.data) for one in packets) for packets in groups]
    block = mmap(-1, sum(sizes) + _HEAD.size * sum(map(len, groups)), flags=_PAGES)
    return [_written(packets, size, block) for packets, size in zip(groups, sizes, strict=True)]


def _written(packets: Sequence[Packet], size_bytes: int, block: mmap) -> PackedGroup:
    offset, key, earliest = block.tell(), packets[0], min(one.at for one in packets)
    for one in packets:
        told = nan if one.camera_at is None else one.camera_at
        block.write(_HEAD.pack(one.at, told, one.pts, one.dts, len(one.data)))
        block.write(one.data)
    return PackedGroup(key.at, earliest, size_bytes, len(packets), key.time_base, key.format, block, offset)
