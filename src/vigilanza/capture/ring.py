"""The last minutes of one stream, compressed."""

import threading
from collections import deque
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeAlias

from vigilanza.capture.follower import Follower
from vigilanza.capture.packed import PackedGroup, Packer
from vigilanza.capture.packet import Packet


@dataclass(frozen=True, slots=True)
class Recording:
    """A piece of one stream: packets in decoding order, beginning with a key frame (or none at all)."""

    packets: tuple[Packet, ...]

    @property
    def start(self) -> float:
        """UTC, Unix seconds, of the first picture. IndexError if there is none."""
        return self.packets[0].at

    @property
    def end(self) -> float:
        """UTC, Unix seconds, of the latest picture; -inf if there is none."""
        return max((packet.at for packet in self.packets[-64:]), default=float("-inf"))

    @property
    def size_bytes(self) -> int:
        """Of all packets' data."""
        return sum(len(packet.data) for packet in self.packets)


@dataclass(slots=True)
class _Gop:
    start: float
    packets: list[Packet]
    size_bytes: int

    @property
    def earliest(self) -> float:
        return min(packet.at for packet in self.packets)

    @property
    def count(self) -> int:
        return len(self.packets)


_Group: TypeAlias = PackedGroup | _Gop


class GopRing:
    """Keeps whole groups of pictures: at least the last `seconds`, never more than `max_bytes`. Thread-safe.

    The newest one is kept as it came, those before it are packed: they live for minutes, and in thousands of small
    pieces they would leave the heap full of holes. What has aged out of a block stays as long as the rest of it.

    Ageing out is no loss. `dropped_packets` counts what the bound in bytes cost, and packets that came before any key
    frame; while it grows, the ring reaches back less than `seconds`.
    """

    def __init__(self, *, seconds: float, max_bytes: int) -> None:
        self._seconds, self._max_bytes = seconds, max_bytes
        self._lock = threading.Lock()
        self._packed: deque[PackedGroup] = deque()
        self._loose: deque[_Gop] = deque()
        """Behind those: the newest group, and the one that ended with it until it is packed."""
        self._packer = Packer()
        self._size_bytes = 0
        self._dropped = 0
        self._broken = True  # until the next key frame there is no group to add to
        self._followers: tuple[Follower, ...] = ()
        self.sought = threading.Event()
        """Set when somebody begins to follow; who heeds it clears it."""

    @property
    def dropped_packets(self) -> int:
        """Packets not kept although young enough."""
        return self._dropped

    @property
    def size_bytes(self) -> int:
        """Of all packets' data now held."""
        return self._size_bytes

    @property
    def reaches_back(self) -> float:
        """Seconds between the oldest and the newest picture held; 0.0 if empty."""
        with self._lock:
            if not self._loose:
                return 0.0
            return self._loose[-1].packets[-1].at - (self._packed or self._loose)[0].start

    @property
    def newest_at(self) -> float:
        """UTC, Unix seconds, of the packet kept last; -inf if there is none."""
        with self._lock:
            return self._loose[-1].packets[-1].at if self._loose else float("-inf")

    def append(self, packet: Packet) -> None:
        """Keep a packet, in the order the source gave it."""
        size = len(packet.data)
        with self._lock:
            for follower in self._followers:
                follower.put(packet)
            if packet.is_keyframe:
                self._broken = False
                self._loose.append(_Gop(packet.at, [packet], size))
            elif self._broken:
                self._dropped += 1
                return
            else:
                self._loose[-1].packets.append(packet)
                self._loose[-1].size_bytes += size
            self._size_bytes += size
            self._age(packet.at)
            self._shrink()
            if packet.is_keyframe:
                self._pack()

    def clear(self) -> None:
        """Hold nothing, and take from those who follow what they have not taken yet, up to the next key frame."""
        with self._lock:
            self._packed.clear()
            self._loose.clear()
            self._packer = Packer()
            self._size_bytes, self._broken = 0, True
            for follower in self._followers:
                follower.clear()

    def recording(self, start: float, end: float) -> Recording:
        """From the last key frame at or before `start` (or the oldest held) up to `end`, UTC in Unix seconds.

        Empty if nothing held was taken by `end`.
        """
        with self._lock:
            loose = [replace(gop, packets=list(gop.packets)) for gop in self._loose]
            groups: list[_Group] = [*self._packed, *loose]
        first = max((i for i, group in enumerate(groups) if group.start <= start), default=0)
        behind = max((i for i, group in enumerate(groups) if group.earliest <= end), default=-1) + 1
        packets = [packet for group in groups[first:behind] for packet in group.packets]
        last = max((i for i, packet in enumerate(packets) if packet.at <= end), default=-1)
        return Recording(tuple(packets[: last + 1]))

    def follow(self) -> Follower:
        """From the newest key frame held, if there is one, all that comes, without a hole or a copy; until `leave`."""
        with self._lock:
            follower = Follower(self._loose[-1].packets if self._loose else ())
            self._followers = (*self._followers, follower)
        self.sought.set()
        return follower

    def leave(self, follower: Follower) -> None:
        """Give it nothing any more."""
        with self._lock:
            self._followers = tuple(one for one in self._followers if one is not follower)

    @property
    def followed(self) -> bool:
        """Whether somebody follows."""
        return bool(self._followers)

    @property
    def newest_key(self) -> Packet | None:
        """The newest key frame held."""
        with self._lock:
            return self._loose[-1].packets[0] if self._loose else None

    def _age(self, now: float) -> None:
        while (second := self._second()) is not None and second.start <= now - self._seconds:
            self._drop()

    def _shrink(self) -> None:
        while self._size_bytes > self._max_bytes:
            self._dropped += self._drop().count
            self._broken = not self._loose

    def _second(self) -> _Group | None:
        groups: chain[_Group] = chain(self._packed, self._loose)
        return next(islice(groups, 1, None), None)

    def _drop(self) -> _Group:
        oldest: _Group = (self._packed or self._loose).popleft()
        self._size_bytes -= oldest.size_bytes
        return oldest

    def _pack(self) -> None:
        while len(self._loose) > 1:
            self._packed.append(self._packer.pack(self._loose.popleft().packets))
