"""Packets of a sleeping camera that are far larger than all that came while it was quiet: something moves."""

from collections import deque

from vigilanza.capture.packet import Packet

FACTOR = 3.0
"""So many times the largest packet of the quiet groups. An encoder that holds its rate never comes near that: it fills
up what it may, whatever there is to see.
"""
LARGE = 2
"""So many packets of one group: a single one is as often a whim of the encoder's."""
KNOWN_GROUPS, _GROUPS = 5, 30
FACTOR_MAX = 96.0


class Surge:
    """Of one stream. Key frames do not count: they are large, and looked at anyway.

    Who wakes a camera in vain is believed half as much from then on, until once there was a reason.
    """

    def __init__(self) -> None:
        self._factor = FACTOR
        self.reset()

    def reset(self) -> None:
        """A new connection begins."""
        self._quiet: deque[int] = deque(maxlen=_GROUPS)
        self._largest: int | None = None
        """Of the group that runs; None if the camera was awake in it."""
        self._large = 0

    def rises(self, packet: Packet, *, asleep: bool) -> bool:
        """Take in the next packet; True if the camera should wake for it."""
        if packet.is_keyframe:
            if asleep and self._largest is not None:
                self._quiet.append(self._largest)
            self._largest, self._large = 0 if asleep else None, 0
            return False
        if not asleep or self._largest is None:
            self._largest = None
            return False
        size = len(packet.data)
        self._largest = max(self._largest, size)
        self._large += len(self._quiet) >= KNOWN_GROUPS and size > self._factor * max(self._quiet)
        return self._large >= LARGE

    def learn(self, *, in_vain: bool) -> None:
        """What came of waking the camera."""
        self._factor = min(2.0 * self._factor, FACTOR_MAX) if in_vain else FACTOR
