"""Stills of what the cameras see now, for the ONVIF device: who may watch live may have them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from vigilanza.app.video import viewer
from vigilanza.capture.clip import still
from vigilanza.capture.ring import Recording
from vigilanza.capture.tap_client import newest_key
from vigilanza.clock import Clock
from vigilanza.config import Camera, OnvifDevice, Video
from vigilanza.domain.errors import NoPictures, RecordingError
from vigilanza.store.viewings import ViewingBook

FRESH_S = 1.0
"""Who asks again within this time gets the same picture: cameras give a key frame every second or two."""


class LiveStills:
    """See Stills. Of each camera the last picture is kept, as JPEG, in memory."""

    def __init__(
        self,
        *,
        cameras: Sequence[Camera],
        taps: Mapping[str, Path],
        allowed: Mapping[str, AbstractSet[str] | None],
        book: ViewingBook,
        clock: Clock,
    ) -> None:
        """`allowed`: by account the cameras it may see, None for all; accounts that are not there see none."""
        self._cameras = {camera.id: camera for camera in cameras}
        self._taps, self._allowed, self._book, self._clock = taps, allowed, book, clock
        self._kept: dict[str, tuple[float, bytes]] = {}

    def may_see(self, account: str, camera: str) -> bool:
        """See Stills."""
        if account not in self._allowed:
            return False
        cameras = self._allowed[account]
        return cameras is None or camera in cameras

    def newest(self, camera: str) -> bytes:
        """See Stills."""
        now = self._clock.monotonic()
        made, jpeg = self._kept.get(camera, (float("-inf"), b""))
        if now - made >= FRESH_S:
            jpeg = self._make(camera)
            self._kept[camera] = (now, jpeg)
        return jpeg

    def write_down(self, account: str, camera: str, peer: str) -> None:
        """See Stills."""
        self._book.write(viewer(account), "still.viewed", camera, {"peer": peer})

    def _make(self, camera: str) -> bytes:
        packet = newest_key(self._taps[camera], camera, clock=self._clock)
        try:
            return still(Recording((packet,)), packet.at, self._cameras[camera].masks)
        except RecordingError as error:
            raise NoPictures(str(error)) from error


def allowed_cameras(device: OnvifDevice, video: Video) -> dict[str, AbstractSet[str] | None]:
    """Of the accounts of the device those that may watch live: the same name and the same password."""
    watching = {(one.name, one.password): one.cameras for one in video.accounts}
    known = [(one.name, one.password) for one in device.accounts]
    return {name: watching[name, password] for name, password in known if (name, password) in watching}
