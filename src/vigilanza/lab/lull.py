"""A recording with a lull before it, as a source: most of a camera's day, which recordings of events leave out."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet


class LullSource:
    """The recording at `path`, whose first group of pictures was repeated for about `seconds` before it.

    `start_at` (UTC, Unix seconds) is the time of the recording's own first picture; the lull comes before that.
    """

    def __init__(self, *, path: Path, start_at: float, seconds: float) -> None:
        self._recording = FileSource(path=path, start_at=start_at)
        self._seconds = seconds

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """See Source.packets."""
        group: list[Packet] = []
        rest = self._recording.packets(stop)
        for packet in rest:
            if packet.is_keyframe and group:
                length = packet.at - group[0].at
                for turn in range(-round(self._seconds / length), 0):
                    yield from (_moved(one, turn * length) for one in group)
                yield from group
                yield packet
                yield from rest
                return
            group.append(packet)
        yield from group


def _moved(packet: Packet, seconds: float) -> Packet:
    ticks = round(seconds / packet.time_base)
    return replace(packet, at=packet.at + seconds, pts=packet.pts + ticks, dts=packet.dts + ticks)
