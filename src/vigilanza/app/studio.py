"""Who has the live pictures of all cameras of this box."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigilanza.app.leasedtaps import LeasedTaps
from vigilanza.app.programme import LiveProgramme
from vigilanza.app.share import Share, shares_of
from vigilanza.app.show import Show, ShowCounts, TapLine
from vigilanza.capture.tap_wire import small
from vigilanza.clock import Clock
from vigilanza.config import Camera, Config
from vigilanza.domain.errors import NoPictures


def tap_of(config: Config, share: Share) -> Path:
    """Where the process that watches a share offers its pictures."""
    return config.storage.state / f"live{share.suffix}.socket"


def taps(config: Config) -> Mapping[str, Path]:
    """By camera."""
    shares = shares_of(config)
    if config.sharing is not None:
        return LeasedTaps(config, shares, tap_of)
    return {camera.id: tap_of(config, share) for share in shares for camera in share.of(config.cameras)}


class LiveStudio:
    """See Studio. All who watch a camera share its show."""

    def __init__(
        self, *, cameras: Sequence[Camera], taps: Mapping[str, Path], clock: Clock, small_ones: bool = False
    ) -> None:
        """`small_ones`: the small streams, of cameras that have one."""
        self._small_ones = small_ones
        self._cameras = {camera.id: camera for camera in cameras}
        self._taps, self._clock = taps, clock
        self._lock = threading.Lock()
        self._shows: dict[str, Show] = {}
        self.counts = {camera: ShowCounts() for camera in self._cameras}

    def cameras(self) -> Sequence[str]:
        """See Studio."""
        return tuple(self._cameras)

    def open(self, camera: str) -> LiveProgramme:
        """See Studio."""
        return LiveProgramme(open_show=lambda: self.show(camera))

    def viewers(self, camera: str) -> int:
        """How many look at it."""
        with self._lock:
            show = self._shows.get(camera)
        return 0 if show is None else show.viewers

    def close(self) -> None:
        """End all shows."""
        with self._lock:
            for show in self._shows.values():
                show.close()

    def show(self, camera: str) -> Show:
        """The one that runs, or else a new one. NoPictures if there is no such camera."""
        if camera not in self._cameras:
            raise NoPictures("there is no such camera")
        with self._lock:
            show = self._shows.get(camera)
            if show is None or show.over.is_set():
                one = self._cameras[camera]
                stream = small(camera) if self._small_ones and one.substream is not None else camera
                line = TapLine(self._taps[camera], stream)
                show = Show(line=line, masks=one.masks, clock=self._clock, counts=self.counts[camera])
                self._shows[camera] = show
                show.start()
            return show
