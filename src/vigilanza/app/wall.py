"""The live pictures of all cameras of this box, as the page shows them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from vigilanza.app.newest import NewestStills
from vigilanza.app.programme import Ticks
from vigilanza.app.show import Show
from vigilanza.app.studio import LiveStudio
from vigilanza.capture.fragments import START, Fragments
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.domain.errors import NotPlayable, StreamChanged
from vigilanza.web.seen import Piece

BEHIND_S = 1.5
"""Who takes so much too little goes on with the newest key frame."""
PIECE_MAX_BYTES = 1_000_000
STILL_WIDTH_PX = 640
"""Stills are for what a line, a browser or a crowded page cannot carry otherwise."""


class LiveCameras:
    """See Cameras. Small streams and main ones are two studios: each is read only while somebody watches it."""

    def __init__(self, *, cameras: Sequence[Camera], taps: Mapping[str, Path], clock: Clock) -> None:
        self.large = LiveStudio(cameras=cameras, taps=taps, clock=clock)
        self.small = LiveStudio(cameras=cameras, taps=taps, clock=clock, small_ones=True)
        self._stills = NewestStills(cameras=cameras, taps=taps, clock=clock, width_px=STILL_WIDTH_PX, small_ones=True)
        self._two = {camera.id for camera in cameras if camera.substream is not None}

    def names(self) -> Sequence[str]:
        """See Cameras."""
        return self.large.cameras()

    def open(self, camera: str, *, large: bool) -> "LiveViewing":
        """See Cameras."""
        if large and camera in self._two:
            try:
                return LiveViewing(self.large.show(camera))
            except NotPlayable:
                pass  # many cameras send H.265 as main stream and H.264 as small one
        return LiveViewing(self.small.show(camera))

    def still(self, camera: str) -> Piece:
        """See Cameras."""
        still = self._stills.of(camera)
        return Piece(still.at, 0.0, still.jpeg)

    def close(self) -> None:
        """End all shows."""
        self.large.close()
        self.small.close()


class LiveViewing:
    """See Viewing."""

    def __init__(self, show: Show) -> None:
        key = show.first()
        self._fragments, self._format = Fragments(key), key.format
        self.mime, self.head = self._fragments.mime, self._fragments.head
        self._show, self._follower = show, show.enter()
        self._ticks, self._origin = Ticks(), 0

    def take(self, timeout: float) -> Piece | None:
        """See Viewing."""
        self._follower.skip(BEHIND_S)
        packet = self._follower.take(timeout)
        if packet is None:
            if self._show.over.is_set():
                raise self._show.ended()
            return None
        data = b""
        while packet is not None and len(data) < PIECE_MAX_BYTES:
            if packet.format != self._format:
                raise StreamChanged("the pictures are of another format now")
            newest, ticks = packet, self._ticks.of(packet)
            self._origin = self._origin or ticks - START
            data += self._fragments.of(packet, ticks - self._origin)
            packet = self._follower.take(0.0) if len(data) < PIECE_MAX_BYTES else None
        return Piece(newest.at, self._fragments.seconds(ticks - self._origin), data) if data else None

    def close(self) -> None:
        """See Viewing."""
        self._show.leave(self._follower)
        self._fragments.close()
