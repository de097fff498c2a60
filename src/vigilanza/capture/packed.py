"""Groups of pictures that have ended, kept in few large pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isnan, nan
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from struct import Struct

from vigilanza.capture.packet import Packet, StreamFormat

BLOCK_BYTES = 256 * 1024
"""Pages of its own, which go back to the system when it is freed. From malloc it might lie in a hole of the heap,
however large it is, and what is freed around it would stay."""
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


class Packer:
    """Packs one group after the other, into one block as long as it has room. For one thread at a time."""

    def __init__(self) -> None:
        self._block: mmap | None = None

    def pack(self, packets: Sequence[Packet]) -> PackedGroup:
        """Packets that begin with their only key frame, and have that one's format and time base."""
        size, key = sum(len(one.data) for one in packets), packets[0]
        block = self._with_room(size + _HEAD.size * len(packets))
        earliest, offset = min(one.at for one in packets), block.tell()
        for one in packets:
            told = nan if one.camera_at is None else one.camera_at
            block.write(_HEAD.pack(one.at, told, one.pts, one.dts, len(one.data)))
            block.write(one.data)
        return PackedGroup(key.at, earliest, size, len(packets), key.time_base, key.format, block, offset)

    def _with_room(self, size_bytes: int) -> mmap:
        if self._block is None or len(self._block) - self._block.tell() < size_bytes:
            self._block = mmap(-1, max(BLOCK_BYTES, size_bytes), flags=MAP_PRIVATE | MAP_ANONYMOUS)
        return self._block
