"""What each camera sees now, as JPEG, masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilanza.capture.clip import still
from vigilanza.capture.ring import Recording
from vigilanza.capture.tap_client import newest_key
from vigilanza.capture.tap_wire import small
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.domain.errors import NoPictures, RecordingError

FRESH_S = 1.0
"""Who asks again within this time gets the same picture: cameras give a key frame every second or two."""


@dataclass(frozen=True, slots=True)
class Still:
    """`at`: when it was taken, UTC in Unix seconds."""

    at: float
    jpeg: bytes


class NewestStills:
    """Of each camera the last picture is kept, in memory. Any thread may ask."""

    def __init__(
        self,
        *,
        cameras: Sequence[Camera],
        taps: Mapping[str, Path],
        clock: Clock,
        width_px: int | None = None,
        small_ones: bool = False,
    ) -> None:
        """`width_px`: wider ones are made smaller; `small_ones`: of the small streams, of cameras that have one."""
        self._cameras = {camera.id: camera for camera in cameras}
        self._taps, self._clock, self._width_px, self._small_ones = taps, clock, width_px, small_ones
        self._kept: dict[str, tuple[float, Still]] = {}

    def of(self, camera: str) -> Still:
        """NoPictures if there is none now."""
        if camera not in self._cameras:
            raise NoPictures("there is no such camera")
        now = self._clock.monotonic()
        kept = self._kept.get(camera)
        if kept is not None and now - kept[0] < FRESH_S:
            return kept[1]
        made = self._make(self._cameras[camera], None if kept is None else kept[1])
        self._kept[camera] = (now, made)
        return made

    def _make(self, camera: Camera, last: Still | None) -> Still:
        stream = small(camera.id) if self._small_ones and camera.substream is not None else camera.id
        packet = newest_key(self._taps[camera.id], stream, clock=self._clock)
        if last is not None and last.at == packet.at:
            return last
        try:
            return Still(packet.at, still(Recording((packet,)), packet.at, camera.masks, width_px=self._width_px))
        except RecordingError as error:
            raise NoPictures(str(error)) from error
