"""What somebody who follows a ring has not taken yet, bounded."""

import threading
from collections import deque
from collections.abc import Sequence

from vigilanza.capture.packet import Packet

WAITING_MAX_BYTES = 16_000_000
"""Ten seconds of any stream that is worth sending on."""


class Follower:
    """Packets of one stream from a key frame on. `put` never waits; one thread takes.

    Of one who is too slow everything that waits is given up, up to the next key frame; `lost_packets` counts it. So
    what is taken begins with a key frame, and behind every hole comes one.
    """

    def __init__(self, held: Sequence[Packet] = (), *, max_bytes: int = WAITING_MAX_BYTES) -> None:
        """`held`: what came before, from a key frame on."""
        self._max_bytes = max_bytes
        self._came = threading.Condition()
        self._waiting: deque[Packet] = deque()
        self._waiting_bytes = 0
        self._broken = True  # until the next key frame nothing can be added
        self.lost_packets = 0
        for packet in held:
            self.put(packet)

    def put(self, packet: Packet) -> None:
        """In the order the source gave it."""
        with self._came:
            if packet.is_keyframe:
                self._broken = False
            elif self._broken:
                self.lost_packets += 1
                return
            self._waiting.append(packet)
            self._waiting_bytes += len(packet.data)
            if self._waiting_bytes > self._max_bytes:
                self._give_up()
            self._came.notify()

    def take(self, timeout: float) -> Packet | None:
        """The next packet, waited for up to `timeout` seconds; None if none came."""
        with self._came:
            if not self._waiting and not self._came.wait_for(lambda: bool(self._waiting), timeout):
                return None
            packet = self._waiting.popleft()
            self._waiting_bytes -= len(packet.data)
            return packet

    def skip(self, behind: float) -> None:
        """Give up what waits before the newest key frame, if that is `behind` seconds or more younger."""
        with self._came:
            keys = [index for index, packet in enumerate(self._waiting) if packet.is_keyframe]
            newest = keys[-1] if keys else 0
            if newest == 0 or self._waiting[newest].at - self._waiting[0].at < behind:
                return
            for _ in range(newest):
                self._waiting_bytes -= len(self._waiting.popleft().data)
            self.lost_packets += newest

    def clear(self) -> None:
        """Give up all that waits, up to the next key frame."""
        with self._came:
            self.lost_packets += len(self._waiting)
            self._waiting.clear()
            self._waiting_bytes, self._broken = 0, True

    def _give_up(self) -> None:
        """A key frame that has just come begins anew what is worth sending."""
        newest = self._waiting[-1]
        kept = [newest] if newest.is_keyframe and len(newest.data) <= self._max_bytes else []
        self.lost_packets += len(self._waiting) - len(kept)
        self._waiting, self._broken = deque(kept), not kept
        self._waiting_bytes = sum(len(packet.data) for packet in kept)
