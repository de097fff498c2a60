"""A show as those see it who watch from outside."""

import threading
from collections.abc import Callable, Iterator
from typing import Literal

from vigilanza.app.show import Show
from vigilanza.bridge.rtsp.programme import AccessUnit, Format
from vigilanza.bridge.rtsp.rtp import CLOCK_HZ
from vigilanza.capture.packet import Packet
from vigilanza.capture.parametersets import parameter_sets
from vigilanza.capture.picturesize import size_px
from vigilanza.domain.errors import NoPictures

LOOK_S = 0.2
BEHIND_S = 10.0
"""What is older than the newest key frame by so much is not live: whoever takes too little goes on with that one."""
_SEAM_S = 1.0
"""Camera time and arrival time part by more than this only where one connection ends and another begins."""


class LiveProgramme:
    """See Programme."""

    def __init__(self, *, open_show: Callable[[], Show]) -> None:
        """`open_show` gives the show of the moment. NoPictures if the camera gives none."""
        self._open = open_show
        self._format = format_of(open_show().first())

    @property
    def format(self) -> Format:
        """See Programme."""
        return self._format

    def units(self, stop: threading.Event) -> Iterator[AccessUnit]:
        """See Programme; each caller gets all of it. It ends with pictures of another codec or size."""
        try:
            show = self._open()
            show.first()
        except NoPictures:
            return
        follower, ticks, now = show.enter(), Ticks(), self._format
        try:
            while not stop.is_set():
                follower.skip(BEHIND_S)
                packet = follower.take(LOOK_S)
                if packet is None and show.over.is_set():
                    return
                if packet is None:
                    continue
                if packet.is_keyframe and (now := format_of(packet)).picture != self._format.picture:
                    return
                data = self._self_contained(packet, now)
                yield AccessUnit(data, packet.at, ticks.of(packet), packet.is_keyframe)
        except NoPictures:
            return
        finally:
            show.leave(follower)

    def _self_contained(self, packet: Packet, now: Format) -> bytes:
        """Where the parameter sets are no longer those of `format`, a key frame brings them."""
        known = now.parameter_sets == self._format.parameter_sets
        if known or not packet.is_keyframe or parameter_sets(now.codec, packet.data):
            return packet.data
        return now.parameter_sets + packet.data


class Ticks:
    """Presentation times of one viewing, in 1/90000 s; they go on over connections, each of which begins anew."""

    def __init__(self) -> None:
        self._previous: Packet | None = None
        self._shift = 0.0
        self._newest = float("-inf")

    def of(self, packet: Packet) -> int:
        """Of the next packet in decoding order; rises in the order in which pictures are shown."""
        previous, self._previous = self._previous, packet
        if previous is None or (packet.is_keyframe and self._is_seam(previous, packet)):
            self._shift = max(packet.at, self._newest + 1e-3) - packet.seconds
        shown = packet.seconds + self._shift
        self._newest = max(self._newest, shown)
        return round(shown * CLOCK_HZ)

    def _is_seam(self, previous: Packet, packet: Packet) -> bool:
        """Within a connection a key frame is later than all before it, by the camera's time as by ours."""
        passed = packet.seconds - previous.seconds
        return packet.seconds + self._shift <= self._newest or abs(passed - (packet.at - previous.at)) > _SEAM_S


def format_of(key: Packet) -> Format:
    """NoPictures if nothing says how large the pictures are."""
    codec: Literal["h264", "hevc"] = "hevc" if key.format.codec == "hevc" else "h264"
    width, height = size_px(key)
    if codec != key.format.codec or not width or not height:
        raise NoPictures("a stream that nobody describes")
    return Format(codec, width, height, parameter_sets(codec, key.data) or key.format.extradata)
